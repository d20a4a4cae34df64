"""Subnets of a new VPC: a private and a public one per zone. Pure.

A zone's subnets follow from the letter of its name, so zones can be added anywhere in a list.
"""

from ipaddress import IPv4Network

ZONES = 8
"""Letters a to h."""


def private(vpc: IPv4Network, zone: str) -> IPv4Network:
    """Return the private subnet of a zone: a sixteenth of the VPC, in its lower half."""
    return _part(vpc, 4, _index(zone))


def public(vpc: IPv4Network, zone: str) -> IPv4Network:
    """Return the public subnet of a zone: a 256th of the VPC, at the beginning of its upper half."""
    return _part(vpc, 8, 128 + _index(zone))


def gateway(subnet: IPv4Network) -> str:
    """Return the address of a zone's NAT gateway in the public subnet; AWS uses the four before it."""
    return str(subnet.network_address + 4)


def _part(vpc: IPv4Network, bits: int, index: int) -> IPv4Network:
    prefix = vpc.prefixlen + bits
    return IPv4Network((int(vpc.network_address) + (index << (32 - prefix)), prefix))


def _index(zone: str) -> int:
    return ord(zone[-1]) - ord("a")
