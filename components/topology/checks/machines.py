"""Checks of machines on AWS: their sizes, and the quotas of an account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from pydantic import TypeAdapter

from components.domain.problems.problem import Message
from components.domain.problems.settings import (
    AWS_NETWORK,
    DUPLICATE,
    MACHINE_SIZE,
    PUBLIC_ADDRESSES,
    SHARED_ZONE,
    UNKNOWN_NAME,
    UNNEEDED_KEY,
)
from components.domain.quorum import FAULT_TOLERANT, spare
from components.domain.roles import MONITOR, MachineRole, Role
from components.settings.model import Settings
from components.settings.rules.monitoring import monitored
from components.settings.rules.raw import Raw, items, parsed, section
from components.settings.rules.sections import Sections, roles, sections
from components.settings.sections.aws import Aws, MachineSettings, SingleMachineSettings
from components.settings.sections.monitoring import Monitoring
from components.settings.sentences import at, nearest
from components.topology.flows import flows, way_out
from components.topology.machines import machines
from components.topology.sizes import merged, monitor_gib

ADDRESS_QUOTA = 5
"""Public addresses that a new AWS account may have per region."""


IOPS_PER_MIB, IOPS_PER_GIB = 4, 500
"""Limits of gp3: at least so many IOPS per MiB/s of throughput, at most so many per GiB of size."""


@dataclass(frozen=True)
class PublicAddresses:
    """How many public addresses a stack has, and what for."""

    ens: int
    gates: int
    """NAT gateways."""
    bastion: int

    @property
    def total(self) -> int:
        """Return how many it has."""
        return self.ens + self.gates + self.bastion

    def __str__(self) -> str:
        return f"ENs {self.ens}, NAT gateways {self.gates}, bastion {self.bastion}"


def problems(raw: Raw) -> Iterator[Message]:
    """Return a message for each machine on AWS that cannot be made as it is configured."""
    found = sections(raw)
    yield from _machines(raw, found, public=bool(found.parent and found.parent.public))
    if found.target == "aws" and monitored(raw, found):
        yield from _retention(raw, found)


def warnings(settings: Settings) -> Iterator[Message]:
    """Return a message for everything on AWS that is allowed but risky."""
    aws = settings.aws
    if settings.target != "aws" or aws is None:
        return
    zones = len(aws.network.zones or aws.network.private_subnets)
    pairs, scns = len(settings.pairs), len(settings.service_chain.nodes)
    if pairs > 1 and zones < pairs:
        yield SHARED_ZONE(
            f"{pairs} pairs in {zones} zone(s): pairs share a zone, so one lost zone can stop more than one pair"
        )
    lost = -(-scns // zones)
    if scns >= FAULT_TOLERANT and lost > spare(scns):
        yield SHARED_ZONE(
            f"{scns} SCNs in {zones} zone(s): a lost zone stops up to {lost} of them, and the child chain stops until "
            f"it is back; {_enough(scns, zones)}"
        )
    if (needed := public_addresses(settings, aws)).total > ADDRESS_QUOTA:
        yield PUBLIC_ADDRESSES(
            f"{needed.total} public addresses are needed ({needed}); a new account may have {ADDRESS_QUOTA} in a region"
        )


def public_addresses(settings: Settings, aws: Aws) -> PublicAddresses:
    """Return the public addresses of a stack on AWS."""
    wanted = machines(settings)
    gates = 1 if aws.network.nat == "one" else len(aws.network.zones)
    return PublicAddresses(
        ens=sum(machine.size.public_address for machine in wanted),
        gates=gates if aws.network.new and way_out(wanted, flows(settings, aws)) else 0,
        bastion=int(aws.own_bastion),
    )


def _enough(scns: int, zones: int) -> str:
    fitting = next((more for more in range(scns, scns + 25) if -(-more // zones) <= spare(more)), None)
    return f"{fitting} SCNs in {zones} zones survive that" if fitting else "SCNs in 3 or more zones can survive that"


def _machines(raw: Raw, found: Sections, *, public: bool) -> Iterator[Message]:
    aws = section(raw, "aws")
    places: list[tuple[str, MachineRole, Raw]] = [
        (f"aws.{role}", role, section(aws, role)) for role in get_args(MachineRole)
    ]
    for index, pair in enumerate(items(raw.get("pairs"))):
        own = section(pair, "machines") if isinstance(pair, Mapping) else {}
        places += [(f"pairs[{index}].machines.{role}", role, section(own, role)) for role in ("en", "scn")]
    known, single = roles(found), section(aws, "machines")
    if known is not None:  # other rules report wrong names of machines
        yield from _names(single, known, _of_pairs(found))
        places += [(f"aws.machines.{name}", known[name], section(single, name)) for name in single if name in known]
    network = section(aws, "network")
    for where, role, given in places:
        machine, of_role = (parsed(TypeAdapter(SingleMachineSettings), one) for one in (given, section(aws, role)))
        if not machine or not of_role:
            continue
        if machine.public_address and role != "en":
            yield at(f"{where}.publicAddress", UNNEEDED_KEY("only ENs have peers on the internet; remove this key"))
        elif machine.public_address and network.get("vpc") is not None and not network.get("publicSubnets"):
            yield at(
                f"{where}.publicAddress", AWS_NETWORK("needs a public subnet; list some in aws.network.publicSubnets")
            )
        if machine.data_snapshot and role not in ("en", "scn"):
            yield at(f"{where}.dataSnapshot", UNNEEDED_KEY("only ENs and SCNs begin with a snapshot; remove this key"))
        elif machine.data_snapshot and role == "en" and section(raw, "packages").get("chaindata") is not None:
            words = (
                "packages.chaindata names data for new ENs too; remove one of both: ENs that run keep what they have"
            )
            yield at(f"{where}.dataSnapshot", UNNEEDED_KEY(words))
        size = merged(role, [of_role, machine], public=public)
        needed = size.throughput * IOPS_PER_MIB
        if (machine.throughput or machine.iops) and size.iops < needed:
            yield at(
                where,
                MACHINE_SIZE(f"throughput {size.throughput} needs iops {needed} or more, {IOPS_PER_MIB} per MiB/s"),
            )
        needed = -(-size.iops // IOPS_PER_GIB)
        if (machine.iops or machine.data_gib) and size.data_gib < needed:
            yield at(where, MACHINE_SIZE(f"iops {size.iops} needs dataGib {needed} or more, 1 GiB per {IOPS_PER_GIB}"))


def _retention(raw: Raw, found: Sections) -> Iterator[Message]:
    """Refuse a disk of the monitor that would be full before the first reading is old enough to go."""
    own: Monitoring | None = parsed(TypeAdapter(Monitoring), {**section(raw, "monitoring"), "receivers": {}})
    given: MachineSettings | None = parsed(TypeAdapter(MachineSettings), section(section(raw, "aws"), MONITOR))
    if own is None or given is None or (nodes := roles(found)) is None:
        return
    has, needed = (
        merged(MONITOR, [given], public=False).data_gib,
        monitor_gib(len(nodes), own.retention_days, own.interval),
    )
    if has < needed:
        words = (
            f"{len(nodes)} nodes that are read every {own.interval} s for {own.retention_days} days need about "
            f"{needed} GiB, and the disk of the monitor has {has}; raise it, or keep less"
        )
        yield at("aws.monitor.dataGib", MACHINE_SIZE(words))


def _of_pairs(found: Sections) -> dict[str, str]:
    """Return where the size of a machine is given with its pair, by its name."""
    given = {
        name: (f"pairs[{index}].machines.{role}", own)
        for index, pair in enumerate(found.pairs)
        if pair
        for name, role, own in ((pair.en, "en", pair.machines.en), (pair.scn, "scn", pair.machines.scn))
    }
    return {name: where for name, (where, own) in given.items() if own.model_fields_set}


def _names(single: Raw, known: Mapping[str, Role], of_pairs: Mapping[str, str]) -> Iterator[Message]:
    for name in single:
        where = f"aws.machines.{name}"
        if name not in known:
            yield at(where, UNKNOWN_NAME(f"is not a machine of this stack; {nearest(name, list(known))}"))
        elif name in of_pairs:
            yield at(where, DUPLICATE(f"{of_pairs[name]} has the size of this machine too; write it in one place"))
