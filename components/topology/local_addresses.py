"""Addresses of local hosts. Pure: they follow from the name of a host and the id of its network."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from components.domain.addresses import LOCAL_PREFIX, SHARED_RANGE
from components.topology.placement import place


def checked_subnet(text: str) -> IPv4Network:
    """Parse a subnet; raises ValueError unless it is a private IPv4 network of a sensible size."""
    try:
        subnet = IPv4Network(text)
    except ValueError:
        subnet = None
    if not subnet or not 16 <= subnet.prefixlen <= 26 or not (subnet.is_private or subnet.subnet_of(SHARED_RANGE)):
        msg = f"{text} is not a private IPv4 network between /16 and /26, such as 100.64.8.0/22"
        raise ValueError(msg)
    return subnet


def default_subnet(network: str) -> IPv4Network:
    """Return the subnet of a network id of 8 hex digits, one of 4096."""
    size = 1 << (32 - LOCAL_PREFIX)
    index = int(network, 16) % (SHARED_RANGE.num_addresses // size)
    return IPv4Network((int(SHARED_RANGE.network_address) + index * size, LOCAL_PREFIX))


def addresses(names: Sequence[str], subnet: IPv4Network) -> dict[str, IPv4Address]:
    """Return the address of each host: the hash of its name decides, or the next free one.

    An appended name never moves another one. The first address is this machine's. Raises ValueError if a name occurs
    twice or the subnet is too small.
    """
    places = subnet.num_addresses - 3  # without the network's own, this machine's and the broadcast address
    if len(set(names)) != len(names):
        msg = "two hosts have the same name"
        raise ValueError(msg)
    if len(names) > places:
        msg = f"{len(names)} hosts do not fit into {subnet}"
        raise ValueError(msg)
    taken: dict[int, str] = {}
    for name in names:
        if (free := place(name, places, taken)) is not None:  # there are enough
            taken[free] = name
    return {name: subnet.network_address + 2 + at for at, name in taken.items()}
