"""A machine as others ask for it: its name, size and groups, and who may reach it. Pure; knows no bridge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ROOT_GIB = 30
"""Size of the root disk of a machine on AWS."""


@dataclass(frozen=True)
class Group:
    """A named group of machines that are treated alike."""

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
    """An allowed connection: who opens it, to whom, on which ports. Replies are allowed too."""

    source: Group | Outside
    target: Group | Outside
    ports: Ports
    why: str
    """A short description for the firewall rule."""


@dataclass(frozen=True)
class Size:
    """An instance and its data volume."""

    instance_type: str
    data_gib: int
    iops: int
    """IOPS of the data volume."""
    throughput: int
    """Throughput of the data volume in MiB/s; gp3 allows at most a quarter of its IOPS."""
    public_address: bool = False
    """An address that the internet can dial, besides the private one."""
    kms_key: str | None = None
    """Encrypts its disks instead of the key of the stack."""
    data_snapshot: str | None = None
    """Id of the snapshot that its data volume is made from."""


@dataclass(frozen=True)
class Machine:
    """A machine of the stack."""

    name: str
    role: str
    """Machines of one role are spread over the zones."""
    unit: str
    """Machines of one unit share a zone, so that a lost zone stops whole units."""
    size: Size
    groups: Sequence[Group]
    """Groups by which flows name it."""
