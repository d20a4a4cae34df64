"""Whether an account and its region have room for the machines of a stack, and the machines for their disks. Pure.

Nothing here is certain: others in the account start machines too, and a quota can be raised at any time. So these are
warnings, and only about machines that do not run yet.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from components.domain.problems.aws.account import LOW_QUOTA, NOT_OFFERED, SLOW_MACHINE
from components.domain.problems.problem import Message
from components.domain.roles import MONITOR
from components.settings.sections.aws import LEAST_IOPS, SLOWEST_MIB
from components.topology.checks.machines import PublicAddresses
from components.topology.machine import Machine, Size

MIB = 1_048_576
_STANDARD = re.compile(r"(a|c|d|h|i|im|is|m|r|t|z)[0-9]")
"""Families that the quota of Running On-Demand Standard instances counts; others have quotas of their own."""


@dataclass(frozen=True)
class InstanceKind:
    """What an instance type is, as EC2 tells. Throughputs are MB/s (1,000,000 bytes) of all disks together."""

    vcpus: int
    baseline_throughput: float
    baseline_iops: int
    most_throughput: float
    """For 30 minutes a day, where it is more than the baseline."""
    most_iops: int


@dataclass(frozen=True)
class Room:
    """What an account has in a region; None where it could not be read."""

    kinds: Mapping[str, InstanceKind] = field(default_factory=dict)
    """By instance type: those of the stack, and of what runs there."""
    offered: Mapping[str, Collection[str]] | None = None
    """By instance type of the stack: the zones that have it."""
    others: Sequence[str] | None = None
    """Instance types of what runs there and is not of the stack, one for each machine."""
    vcpu_quota: int | None = None
    other_addresses: int | None = None
    """Public addresses that are not of the stack."""
    address_quota: int | None = None


def warnings(
    machines: Sequence[Machine],
    running: Mapping[str, str],
    zones: Sequence[str],
    addresses: PublicAddresses,
    room: Room,
) -> Iterator[Message]:
    """Return a message for each thing that machines which do not run yet may lack.

    `machines`: all of the stack, with the bastion. `running`: the instance types of those that run, by name.
    """
    new = [machine for machine in machines if running.get(machine.name) != machine.size.instance_type]
    if not new:
        return
    yield from _vcpus(machines, room)
    yield from _addresses(addresses, room)
    yield from _offers(new, zones, room)
    yield from _disks(new, room)


def _vcpus(machines: Sequence[Machine], room: Room) -> Iterator[Message]:
    if room.vcpu_quota is None or room.others is None:
        return
    needed, used = (_sum(types, room) for types in ([one.size.instance_type for one in machines], room.others))
    if needed + used > room.vcpu_quota:
        yield LOW_QUOTA(
            f"the stack needs {needed} vCPUs, other machines in the region have {used}, and the account may have "
            f"{room.vcpu_quota} (Running On-Demand Standard instances); ask for {needed + used} or more before make up"
        )


def _addresses(addresses: PublicAddresses, room: Room) -> Iterator[Message]:
    if room.address_quota is None or room.other_addresses is None:
        return
    if (count := addresses.total + room.other_addresses) > room.address_quota:
        yield LOW_QUOTA(
            f"the stack needs {addresses.total} public addresses ({addresses}), the region has "
            f"{room.other_addresses} others, and the account may have {room.address_quota} (EC2-VPC Elastic IPs); ask "
            f"for {count} or more before make up"
        )


def _offers(new: Sequence[Machine], zones: Sequence[str], room: Room) -> Iterator[Message]:
    if room.offered is None:
        return
    for kind in dict.fromkeys(machine.size.instance_type for machine in new):
        has = room.offered.get(kind, ())
        if lacking := [zone for zone in zones if zone not in has]:
            there = f"it is in {', '.join(sorted(has))}" if has else "no zone of the region has it"
            names = ", ".join(machine.name for machine in new if machine.size.instance_type == kind)
            yield NOT_OFFERED(f"{kind} ({names}) is not offered in {', '.join(lacking)}; {there}")


def _disks(new: Sequence[Machine], room: Room) -> Iterator[Message]:
    """Name the machines whose disk is faster than they are, those of one size together."""
    slow: dict[str, list[str]] = {}
    for machine in new:
        size, kind = machine.size, room.kinds.get(machine.size.instance_type)
        if not size.data_gib or kind is None or (machine.role == MONITOR and _least(size)):
            continue  # a monitor writes little, and no volume is slower than its own
        baseline, most = (int(mb * 1_000_000 / MIB) for mb in (kind.baseline_throughput, kind.most_throughput))
        if size.throughput > baseline or size.iops > kind.baseline_iops:
            words = (
                f"{size.instance_type} gives its disks {baseline} MiB/s and {kind.baseline_iops} IOPS all the time, "
                f"{most} MiB/s and {kind.most_iops} IOPS at most; the data volume has {size.throughput} MiB/s and "
                f"{size.iops} IOPS"
            )
            slow.setdefault(words, []).append(machine.name)
    for words, names in slow.items():
        yield SLOW_MACHINE(f"{', '.join(names)}: {words}")


def _least(size: Size) -> bool:
    return (size.iops, size.throughput) == (LEAST_IOPS, SLOWEST_MIB)


def _sum(types: Sequence[str], room: Room) -> int:
    return sum(room.kinds[kind].vcpus for kind in types if _STANDARD.match(kind) and kind in room.kinds)
