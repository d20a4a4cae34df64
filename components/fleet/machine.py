"""A machine as others ask for it: what it is called, how large it is, and with whom it belongs together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.fleet.flow import Group


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
