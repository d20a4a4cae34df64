"""Placement: the zone and the address of each machine. Decided once per machine, and kept.

It also is the one resource that an `up` changes when a machine leaves, before the engine deletes what the machine had.
So it makes the snapshots of data volumes that are deleted. An input of the volume could not: a volume is deleted with
the inputs of an earlier run, and a new input would be a change in every state that has volumes.
"""

import sys
from collections.abc import Mapping
from ipaddress import IPv4Network

import pulumi
from pulumi.dynamic import Resource
from pulumi.output import UNKNOWN
from pydantic import BaseModel, ConfigDict

from components.domain.problems.aws.snapshots import DATA_LEAVES
from components.domain.roles import PROGRAMS
from components.dynamic.base import Inputs, Props, Provider
from components.dynamic.machines import final_snapshots
from components.dynamic.machines.final_snapshots import DataVolumes
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
    """Whether data volumes that are deleted leave a snapshot; None: those of machines that leave."""
    data_volumes: DataVolumes | None = None
    """How to find them. Only used when a machine leaves, so another value is no change."""


class PlacementProvider(Provider[PlacementInputs]):
    """Keeps every decision: an added machine takes what is free, and no other machine moves."""

    inputs_type = PlacementInputs

    def identify(self, inputs: PlacementInputs) -> str:  # noqa: ARG002
        """One per stack."""
        return "placement"

    def complete(self, olds: Props, news: Props) -> Props:
        """Decide for new machines.

        Raises ValueError when an earlier decision is not possible any more.
        """
        if pulumi.contains_unknowns(news):
            return {**news, "zone_of": UNKNOWN, "address_of": UNKNOWN}
        inputs = self._parse(news)
        if leaving := _leaving(olds, inputs):
            words = f"the data volume of {' and of '.join(leaving)} is deleted, after a snapshot of it"
            print(f"warning: {DATA_LEAVES(words)}", file=sys.stderr)
        machines = [Machine(one.name, one.role, one.unit, _ANY, ()) for one in inputs.machines]
        zone_of = placement.zones(machines, inputs.zones, olds.get("zone_of") or {})
        subnet_of = {
            one.name: IPv4Network(one.subnets[zone_of[one.name]]) for one in inputs.machines if one.subnets is not None
        }
        address_of = placement.addresses(list(subnet_of), subnet_of, olds.get("address_of") or {})
        return {**news, "zone_of": zone_of, "address_of": address_of}

    def differs(self, name: str, old: object, new: object) -> bool:
        """Return whether it is a change."""
        return name != "data_volumes" and old != new

    def converge(self, inputs: PlacementInputs, known: Props) -> Props:
        """Keep the data of machines that leave: this run deletes their volumes, and the engine deletes at the end."""
        if inputs.data_volumes and (leaving := _leaving(known, inputs)):
            final_snapshots.make(inputs.data_volumes, leaving)
        return {}


def _leaving(olds: Props, inputs: PlacementInputs) -> list[str]:
    """Return the machines with chain data that the settings no longer have, and whose data are to be kept."""
    if inputs.final_snapshot is False:
        return []
    staying = {one.name for one in inputs.machines}
    return [one["name"] for one in olds.get("machines") or () if one["role"] in PROGRAMS and one["name"] not in staying]


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
        data_volumes: Mapping[str, object] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "machines": machines,
            "zones": zones,
            "zone_of": None,
            "address_of": None,
            "final_snapshot": final_snapshot,
            "data_volumes": data_volumes,
        }
        super().__init__(PlacementProvider(), name, props, opts)
