"""A machine as others ask for it: its name, size and groups, and who may reach it. Pure; knows no bridge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Group:
    """Machines that are treated alike, by a name."""

    name: str


@dataclass(frozen=True)
class Outside:
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

    source: Group | Outside
    target: Group | Outside
    ports: Ports
    why: str
    """A few words, for the one who reads the firewall."""


@dataclass(frozen=True)
class Size:
    """An instance and its data volume."""

    instance_type: str
    data_gib: int
    iops: int
    """Of the data volume, a second."""
    throughput: int
    """Of the data volume, in MiB/s; gp3 gives at most a quarter of its IOPS."""
    public_address: bool = False
    """An address that the internet can dial, besides the private one."""


@dataclass(frozen=True)
class Machine:
    """A machine to provide."""

    name: str
    role: str
    """Machines of one role are spread over the zones."""
    unit: str
    """Machines of one unit share a zone: when it is lost, so is the unit, and only once."""
    size: Size
    groups: Sequence[Group]
    """By which others name it in flows."""
