"""Checks of machines on AWS: their sizes, and the quotas of an account."""

from collections.abc import Iterator, Mapping
from typing import get_args

from pydantic import TypeAdapter

from components.domain.problems.problem import Message
from components.domain.problems.settings import AWS_NETWORK, MACHINE_SIZE, PUBLIC_ADDRESSES, SHARED_ZONE, UNNEEDED_KEY
from components.domain.quorum import FAULT_TOLERANT, spare
from components.domain.roles import Role
from components.settings.model import Settings
from components.settings.rules.raw import Raw, parsed, section
from components.settings.rules.sections import parent_chain
from components.settings.sections.aws import MachineSettings
from components.settings.sentences import at
from components.topology.flows import flows, way_out
from components.topology.machines import machines
from components.topology.sizes import merged

ADDRESS_QUOTA = 5
"""Public addresses that a new AWS account may have per region."""


IOPS_PER_MIB, IOPS_PER_GIB = 4, 500
"""Limits of gp3: at least so many IOPS per MiB/s of throughput, at most so many per GiB of size."""


def problems(raw: Raw) -> Iterator[Message]:
    """Return a message for each machine on AWS that cannot be made as it is configured."""
    parent = parent_chain(raw)
    yield from _machines(raw, section(raw, "aws"), public=bool(parent and parent.public))


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
    wanted = machines(settings)
    public = sum(machine.size.public_address for machine in wanted)
    gates = 1 if aws.network.nat == "one" else zones
    gates = gates if aws.network.new and way_out(wanted, flows(settings, aws)) else 0
    if (count := public + gates + aws.own_bastion) > ADDRESS_QUOTA:
        yield PUBLIC_ADDRESSES(
            f"{count} public addresses are needed (ENs {public}, NAT gateways {gates}, bastion "
            f"{int(aws.own_bastion)}); a new account may have {ADDRESS_QUOTA} in a region"
        )


def _enough(scns: int, zones: int) -> str:
    fitting = next((more for more in range(scns, scns + 25) if -(-more // zones) <= spare(more)), None)
    return f"{fitting} SCNs in {zones} zones survive that" if fitting else "SCNs in 3 or more zones can survive that"


def _machines(raw: Raw, aws: Raw, *, public: bool) -> Iterator[Message]:
    places: list[tuple[str, Role, Raw]] = [(f"aws.{role}", role, section(aws, role)) for role in get_args(Role)]
    pairs = raw.get("pairs")
    for index, pair in enumerate(pairs if isinstance(pairs, list) else []):
        own = section(pair, "machines") if isinstance(pair, Mapping) else {}
        places += [(f"pairs[{index}].machines.{role}", role, section(own, role)) for role in ("en", "scn")]
    network = section(aws, "network")
    for where, role, given in places:
        machine, of_role = (parsed(TypeAdapter(MachineSettings), one) for one in (given, section(aws, role)))
        if not machine or not of_role:
            continue
        if machine.public_address and role != "en":
            yield at(f"{where}.publicAddress", UNNEEDED_KEY("only ENs have peers on the internet; remove this key"))
        elif machine.public_address and network.get("vpc") is not None and not network.get("publicSubnets"):
            yield at(
                f"{where}.publicAddress", AWS_NETWORK("needs a public subnet; list some in aws.network.publicSubnets")
            )
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
