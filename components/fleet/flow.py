"""Who may reach what: the words in which a network of machines is described. Pure, and knows no bridge."""

from dataclasses import dataclass
from typing import Literal

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Group:
    """Machines that are treated alike, by a name."""

    name: str


@dataclass(frozen=True)
class Network:
    """Addresses outside, as a CIDR."""

    cidr: str


@dataclass(frozen=True)
class Ports:
    """A range of ports."""

    protocol: Literal["tcp", "udp"]
    first: int
    last: int


def tcp(first: int, last: int | None = None) -> Ports:
    """Return a range of TCP ports."""
    return Ports("tcp", first, last or first)


def udp(port: int) -> Ports:
    """Return a UDP port."""
    return Ports("udp", port, port)


@dataclass(frozen=True)
class Flow:
    """Something that is let through: who opens the connection, to whom, on which ports. Answers come back."""

    source: Group | Network
    target: Group | Network
    ports: Ports
    why: str
    """A few words, for the one who reads the firewall."""
