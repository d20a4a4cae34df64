"""Zone and address of each machine. Pure. Earlier decisions are kept.

A machine that moved would lose its disk, which is bound to its zone, and the address that others know. So a decision is
made once per machine, from what exists at that time, and kept in the state (see dynamic/machines/placement.py).
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network

from components.domain.problems.settings import FULL_SUBNET, LOST_ZONE
from components.topology.machine import Machine

FIRST_ADDRESS = 10
"""AWS uses the first four addresses of a subnet and the last one; the next ones are reserved for manual use."""


def zones(machines: Sequence[Machine], known: Sequence[str], held: Mapping[str, str]) -> dict[str, str]:
    """Return the zone of each machine, out of the known ones.

    Units of two or more machines are spread first, each to the zone with the fewest such units, then with the fewest
    machines of its roles. A single machine goes to the zone with the fewest of its role; among equal ones not to where
    the next unit would go, so that machines of a role stay spread when units of new machines are added. A unit with a
    member that is already placed follows it. Raises ValueError if a kept zone is no longer known, because nothing may
    be moved.
    """
    names = {machine.name for machine in machines}
    placed = {name: zone for name, zone in held.items() if name in names}
    for name, zone in placed.items():
        if zone not in known:
            msg = f"{name} is in {zone}, which is no longer one of the zones {', '.join(known)}; add {zone} again"
            raise ValueError(LOST_ZONE(msg))
    units = _units(machines)
    for members in sorted(units.values(), key=lambda members: -len(members)):
        missing = [member for member in members if member.name not in placed]
        if not missing:
            continue
        zone = _zone_of(members, placed) or _emptiest(members, units, known, placed)
        placed.update({member.name: zone for member in missing})
    return placed


def _emptiest(
    members: Sequence[Machine],
    units: Mapping[str, Sequence[Machine]],
    known: Sequence[str],
    placed: Mapping[str, str],
) -> str:
    several = Counter(zone for unit in units.values() if len(unit) > 1 and (zone := _zone_of(unit, placed)) is not None)
    roles = {member.role for member in members}
    alike = Counter(
        placed[machine.name]
        for unit in units.values()
        for machine in unit
        if machine.role in roles and machine.name in placed
    )
    if len(members) > 1:
        return min(known, key=lambda zone: (several[zone], alike[zone]))
    return min(known, key=lambda zone: (alike[zone], -several[zone]))


def _zone_of(unit: Sequence[Machine], placed: Mapping[str, str]) -> str | None:
    return next((placed[member.name] for member in unit if member.name in placed), None)


def _units(machines: Sequence[Machine]) -> dict[str, list[Machine]]:
    found: dict[str, list[Machine]] = {}
    for machine in machines:
        found.setdefault(machine.unit, []).append(machine)
    return found


def addresses(names: Sequence[str], subnet_of: Mapping[str, IPv4Network], held: Mapping[str, str]) -> dict[str, str]:
    """Return the address of each machine in its subnet: the hash of its name decides, or the next free one.

    Raises ValueError when a subnet is full.
    """
    placed = {
        name: address for name, address in held.items() if name in names and IPv4Address(address) in subnet_of[name]
    }
    taken = {IPv4Address(address) for address in placed.values()}
    for name in names:
        if name in placed:
            continue
        subnet = subnet_of[name]
        places = subnet.num_addresses - FIRST_ADDRESS - 1
        first = subnet.network_address + FIRST_ADDRESS
        free = place(name, places, {int(address) - int(first) for address in taken})
        if free is None:
            raise ValueError(FULL_SUBNET(f"{subnet} has no free address for {name}"))
        placed[name] = str(first + free)
        taken.add(first + free)
    return placed


def place(name: str, places: int, taken: Container[int]) -> int | None:
    """Return the place of a name, from 0: the hash of the name, or the next free one; None if all are taken."""
    start = int.from_bytes(sha256(name.encode()).digest()[:8], "big") % places
    return next((one for step in range(places) if (one := (start + step) % places) not in taken), None)
