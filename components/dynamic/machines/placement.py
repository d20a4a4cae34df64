"""Placement: the zone and the address of each machine. Decided once per machine, and kept."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

import pulumi
from pulumi.dynamic import Resource
from pulumi.output import UNKNOWN
from pydantic import BaseModel, ConfigDict

from components.domain.problems.aws.snapshots import DATA_UNDECIDED
from components.domain.roles import PROGRAMS
from components.dynamic.base import Inputs, Props, Provider
from components.topology import placement
from components.topology.machine import Machine, Size

_ANY = Size("", 0, 0, 0)


class Placeable(BaseModel):
    """What a decision takes into account about a machine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    role: str
    unit: str
    subnets: dict[str, str] | None = None
    """The subnet that it would be in, keyed by zone. None: the cloud assigns the addresses."""


class PlacementInputs(Inputs):
    """Machines and possible zones. The provider adds the decisions, which are known in previews."""

    machines: tuple[Placeable, ...]
    zones: tuple[str, ...]
    zone_of: dict[str, str] | None = None
    address_of: dict[str, str] | None = None
    final_snapshot: bool | None = None
    """Whether data volumes that are deleted leave a snapshot; None if nobody has said so."""


class PlacementProvider(Provider[PlacementInputs]):
    """Keeps every decision: an added machine takes what is free, and no other machine moves."""

    inputs_type = PlacementInputs

    def identify(self, inputs: PlacementInputs) -> str:  # noqa: ARG002
        """One per stack."""
        return "placement"

    def complete(self, olds: Props, news: Props) -> Props:
        """Decide for new machines.

        Raises ValueError when an earlier decision is not possible any more, and when chain data would be deleted of
        which nobody has said whether they are to be kept.
        """
        if pulumi.contains_unknowns(news):
            return {**news, "zone_of": UNKNOWN, "address_of": UNKNOWN}
        inputs = self._parse(news)
        if leaving := _leaving(olds, inputs):
            _require_decision(leaving, inputs.final_snapshot, known=bool(olds.get("final_snapshot")))
        machines = [Machine(one.name, one.role, one.unit, _ANY, ()) for one in inputs.machines]
        zone_of = placement.zones(machines, inputs.zones, olds.get("zone_of") or {})
        subnet_of = {
            one.name: IPv4Network(one.subnets[zone_of[one.name]]) for one in inputs.machines if one.subnets is not None
        }
        address_of = placement.addresses(list(subnet_of), subnet_of, olds.get("address_of") or {})
        return {**news, "zone_of": zone_of, "address_of": address_of}

    def converge(self, inputs: PlacementInputs, known: Props) -> Props:  # noqa: ARG002
        """Nothing to do: the decisions are in the inputs."""
        return {}


def _leaving(olds: Props, inputs: PlacementInputs) -> list[str]:
    """Return the machines with chain data that the settings no longer have, and whose volumes will be deleted."""
    staying = {one.name for one in inputs.machines}
    return [one["name"] for one in olds.get("machines") or () if one["role"] in PROGRAMS and one["name"] not in staying]


def _require_decision(leaving: Sequence[str], wanted: bool | None, *, known: bool) -> None:  # noqa: FBT001
    """Require that somebody has said what becomes of these data. `known`: the volumes already leave a snapshot."""
    where = f"servicechain-ha:aws.finalSnapshot: the data volumes of {', '.join(leaving)} would be deleted"
    if wanted is None:
        words = "write true to keep a snapshot of each, or false to keep nothing"
        raise ValueError(DATA_UNDECIDED(f"{where}: {words}"))
    if wanted and not known:
        words = "without a snapshot, because it was not true before: run make up with it, and remove them after that"
        raise ValueError(DATA_UNDECIDED(f"{where} {words}"))


class Placement(Resource, module="servicechain", name="Placement"):
    """Kept decisions, keyed by the names of machines."""

    zone_of: pulumi.Output[Mapping[str, str]]
    address_of: pulumi.Output[Mapping[str, str]]
    """Only machines whose subnets were given."""

    def __init__(
        self,
        name: str,
        machines: list[Props],
        zones: list[str],
        final_snapshot: bool | None = None,  # noqa: FBT001
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "machines": machines,
            "zones": zones,
            "zone_of": None,
            "address_of": None,
            "final_snapshot": final_snapshot,
        }
        super().__init__(PlacementProvider(), name, props, opts)
