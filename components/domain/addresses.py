"""Ranges of IPv4 addresses. Pure data."""

from ipaddress import IPv4Network

SHARED_RANGE = IPv4Network("100.64.0.0/10")
"""Reserved for carriers (RFC 6598): the private range that home, office and container networks use least."""
PRIVATE_RANGES = (*map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")), SHARED_RANGE)

LOCAL_PREFIX = 22
"""Prefix length of the subnet of a stack's local hosts."""

ANYWHERE = "0.0.0.0/0"
WIDEST_NAMED = 8
"""Prefix length of the widest network that may be let in by name; a wider one counts as the whole internet."""
