"""Input of a drill: nodes, pairs, zones and keys of a running stack, from an export of its state. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Literal

from pydantic import TypeAdapter

from components.chain.accounts.signer import AnySigner, KeySigner, Signer
from components.domain.networks import SIDES, Side
from components.domain.problems.operations.drills import NO_DRILL_HERE
from components.domain.problems.operations.state import STACK_NOT_UP
from components.domain.problems.problem import CodedError
from components.domain.roles import PROGRAMS, daemon_of
from components.watch.targets import NodeTarget, PairTarget, Targets
from toolchain.ops.state import by_name, resources_of, targets_of

Place = Literal["local", "existing", "aws"]
"""Where the machines are."""


class Refused(CodedError):
    """The stack cannot be drilled, or not with that fault; the message says why."""


@dataclass(frozen=True)
class DrilledNode:
    """A node, and how it is started again."""

    target: NodeTarget
    address: str = ""
    """By which its peers reach it; empty where the state does not have it as an IP address."""
    start: str | None = None
    """The program's command that starts it on its machine; None for a node of somebody else."""
    zone: str = ""
    """AWS: its availability zone."""

    @property
    def name(self) -> str:
        """Return its name."""
        return self.target.name

    @property
    def unit(self) -> str:
        """Return its systemd unit, where systemd runs it."""
        return f"{daemon_of(PROGRAMS[self.target.role])}.service"


@dataclass(frozen=True)
class Scene:
    """Everything that a drill acts on."""

    stack: str
    place: Place
    targets: Targets
    nodes: Mapping[str, DrilledNode]
    owners: Mapping[Side, Signer]
    """Who requests the transfers on each chain."""
    operators: Mapping[str, Mapping[Side, KeySigner]] = field(default_factory=dict)
    """Keys of the operators that the state has, by pair."""

    @property
    def pairs(self) -> Sequence[PairTarget]:
        """Return the pairs."""
        return self.targets.pairs

    @property
    def zones(self) -> Mapping[str, tuple[str, ...]]:
        """Return the nodes of each availability zone."""
        names = sorted({node.zone for node in self.nodes.values() if node.zone})
        return {name: tuple(node.name for node in self.nodes.values() if node.zone == name) for name in names}

    def pairs_of(self, nodes: Sequence[str]) -> tuple[str, ...]:
        """Return the pairs that one of these nodes is in."""
        return tuple(pair.name for pair in self.pairs if {pair.en, pair.scn} & {*nodes})

    def views(self, without: Sequence[str] = ()) -> Mapping[Side, NodeTarget]:
        """Return a node of each chain by which transfers are requested and looked at, none of those named.

        Validators of the parent chain and SCNs of no pair come first: drills leave them alone. Raises Refused.
        """
        paired = {name for pair in self.pairs for name in (pair.en, pair.scn)}
        found: dict[Side, NodeTarget] = {}
        for side in SIDES:
            left = [node for node in self.targets.of_side(side) if node.name not in without]
            if not left:
                raise Refused(NO_DRILL_HERE(f"no node of the {side} chain is left to look at it by"))
            found[side] = min(left, key=lambda node: node.name in paired)
        return found

    @classmethod
    def of(cls, stack: str, export: Mapping[str, Any]) -> "Scene":
        """Read an export. Raises Refused unless it has pairs, contracts, and owners whose keys are not on a node."""
        found, targets = resources_of(export), targets_of(export)
        outputs: Mapping[str, Any] = next(
            (one["outputs"] for one in found if one["type"] == "pulumi:pulumi:Stack" and one.get("outputs")), {}
        )
        if not targets.pairs or len(targets.contracts) != len(SIDES):
            raise Refused(STACK_NOT_UP("the stack has no pairs or no contracts yet; run make up first"))
        contracts = by_name(found, "servicechain:BridgeContract")
        return cls(
            stack=stack,
            place=_place(found),
            targets=targets,
            nodes=_nodes(found, targets, outputs),
            owners={side: _signer(side, contracts[f"{side}-bridge"].get("signer")) for side in SIDES},
            operators=_operators(found, targets),
        )


def _place(found: Sequence[Mapping[str, Any]]) -> Place:
    running = by_name(found, "servicechain:RunningNode").keys() | by_name(found, "servicechain:AdoptedNode").keys()
    if running <= by_name(found, "servicechain:LocalHost").keys():
        return "local"
    return "aws" if by_name(found, "aws:ec2/instance:Instance") else "existing"


def _nodes(
    found: Sequence[Mapping[str, Any]], targets: Targets, outputs: Mapping[str, Any]
) -> Mapping[str, DrilledNode]:
    starts = by_name(found, "servicechain:RunningNode")
    zones = next(iter(by_name(found, "servicechain:Placement").values()), {}).get("zone_of") or {}
    shown = [half for pair in (outputs.get("pairs") or {}).values() for half in (pair["en"], pair["scn"])]
    addresses = {str(half["name"]): str(half.get("address") or "") for half in shown}
    return {
        node.name: DrilledNode(
            node,
            _ip(addresses.get(node.name) or node.endpoint.host),
            starts.get(node.name, {}).get("start"),
            str(zones.get(node.name, "")),
        )
        for node in targets.nodes
    }


def _ip(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def _signer(side: Side, signer: object) -> Signer:
    """Return who signs as the owner. Raises Refused if that is a node."""
    if not isinstance(signer, Mapping) or "node" in signer:
        words = f"the owner of the contract on the {side} chain is an account of a node, which cannot request transfers"
        raise Refused(NO_DRILL_HERE(words))
    found: TypeAdapter[Signer] = TypeAdapter(AnySigner)
    return found.validate_python(signer)


def _operators(found: Sequence[Mapping[str, Any]], targets: Targets) -> Mapping[str, Mapping[Side, KeySigner]]:
    keys = {
        str(one["address"]).lower(): str(one["private_key"])
        for one in by_name(found, "servicechain:Account").values()
        if one.get("private_key")
    }
    return {
        pair.name: {side: KeySigner(private_key=keys[pair.operators[side]]) for side in SIDES}
        for pair in targets.pairs
        if all(pair.operators[side] in keys for side in SIDES)
    }
