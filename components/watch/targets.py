"""What to read of a stack, and what is expected of it: from the resources in its state, secrets in the clear. Pure.

A state that an unfinished run has left, or that a run is writing at this moment, has fewer resources: what is not in it
is not read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from components.chain.rpc.endpoint import Endpoint
from components.domain.kni import node_id
from components.domain.networks import CHAIN_IDS, SIDES, PublicNetwork, Side
from components.domain.roles import SIDE_OF, Role
from components.domain.units import PEB

Outputs = Mapping[str, Any]


@dataclass(frozen=True)
class NodeTarget:
    """A node of the stack."""

    name: str
    role: Role
    chain_id: int
    endpoint: Endpoint
    seat: str = ""
    """SCN: its address as a validator, in lower case, where the stack gave it a seat."""
    forks: Mapping[str, int] | None = None
    """The forks of its genesis.json; None if the settings say nothing about them."""

    @property
    def side(self) -> Side:
        """Return its chain."""
        return SIDE_OF[self.role]

    @property
    def folder(self) -> str:
        """Return the folder of its chain data."""
        return str(PurePosixPath(self.endpoint.ipc).parent)


@dataclass(frozen=True)
class PairTarget:
    """A pair of the settings."""

    name: str
    en: str
    scn: str
    operators: Mapping[Side, str]
    main_bridge: str = ""
    """Public key of its EN's main bridge; empty where the state does not have it."""
    anchoring: bool | None = None
    """Whether it is to anchor; None where that is not declared, as on a node that was adopted."""
    per_day: int | None = None
    """Expected fees on the parent chain (peb per day)."""


@dataclass(frozen=True)
class TokenTarget:
    """A token in the contract of one chain. Addresses are in lower case."""

    name: str
    kind: str
    address: str
    counterpart: str


@dataclass(frozen=True)
class ContractTarget:
    """The bridge contract of one chain. None where something is not declared."""

    side: Side
    chain_id: int
    address: str
    owner: str
    operators: tuple[str, ...] = ()
    """Those that are to be registered, in lower case."""
    others: frozenset[str] = frozenset()
    """Those of nobody's pair that are kept, in lower case."""
    threshold: int | None = None
    configuration: int | None = None
    fees: Mapping[str, Any] | None = None
    """`receiver`, `coin` and `tokens`, as they were when they were accepted."""
    minimum: int | None = None
    """Coins that it has to hold (peb)."""
    tokens: tuple[TokenTarget, ...] = ()


@dataclass(frozen=True)
class Targets:
    """Everything of a stack that is read."""

    nodes: tuple[NodeTarget, ...]
    pairs: tuple[PairTarget, ...] = ()
    contracts: Mapping[Side, ContractTarget] = field(default_factory=dict)
    minima: Mapping[tuple[Side, str], int] = field(default_factory=dict)
    """Balances that accounts have to have (peb)."""
    threshold: int | None = None
    """Votes that a transfer is to need."""
    monitor: str = ""
    """URL of the Prometheus of the stack; empty where it has none."""
    unfinished: bool = False
    """Whether a run works on the stack at this moment, or was cut off."""

    @classmethod
    def of(cls, export: Mapping[str, Any]) -> "Targets":
        """Read an export of the state, secrets in the clear."""
        deployment = export.get("deployment") or {}
        found = _Resources(deployment.get("resources") or ())
        nodes = tuple(sorted(_nodes(found), key=lambda node: (list(SIDE_OF).index(node.role), node.name)))
        return cls(
            nodes=nodes,
            pairs=tuple(_pairs(found)),
            contracts={one.side: one for one in _contracts(found)},
            minima={
                (side, account): minimum
                for account, chain, minimum in _minima(found)
                if (side := _side_of(found, chain)) is not None
            },
            threshold=next((int(one["threshold"]) for one in found.of("Voters").values()), None),
            monitor=_monitor(found),
            unfinished=bool(deployment.get("pending_operations")),
        )

    def of_side(self, side: Side) -> list[NodeTarget]:
        """Return the nodes of a chain."""
        return [node for node in self.nodes if node.side == side]

    def accounts(self, side: Side) -> list[str]:
        """Return the accounts to read on a chain."""
        return sorted({*(pair.operators[side] for pair in self.pairs), *(a for s, a in self.minima if s == side)})

    @property
    def network(self) -> PublicNetwork | None:
        """Return which public network the parent chain is; None for a private one."""
        ids: dict[int, PublicNetwork] = {CHAIN_IDS["kairos"]: "kairos", CHAIN_IDS["mainnet"]: "mainnet"}
        return next((ids[node.chain_id] for node in self.nodes if node.role == "en" and node.chain_id in ids), None)


def _monitor(found: "_Resources") -> str:
    shown = next(iter(found.of("Stack").values()), {})
    return str((shown.get("monitor") or {}).get("prometheus") or "")


class _Resources:
    """Outputs of resources, by kind and name. Those that wait for their deletion are left out."""

    def __init__(self, resources: Iterable[Mapping[str, Any]]) -> None:
        self._by_kind: dict[str, dict[str, Outputs]] = {}
        for one in resources:
            if one.get("outputs") and not one.get("delete"):
                kind, name = str(one["type"]).rpartition(":")[2], str(one["urn"]).rpartition("::")[2]
                self._by_kind.setdefault(kind, {})[name] = one["outputs"]

    def of(self, *kinds: str) -> dict[str, Outputs]:
        """Return the outputs of all resources of these kinds, by name."""
        return {name: one for kind in kinds for name, one in self._by_kind.get(kind, {}).items()}


def _nodes(found: _Resources) -> Iterable[NodeTarget]:
    seats = {str(one["node"]["node"]): str(one["address"]) for one in found.of("ChildValidator").values()}
    for one in found.of("RunningNode", "AdoptedNode").values():
        endpoint = Endpoint.model_validate(one["node"])
        seat = seats.get(endpoint.node, "").lower()
        forks = one.get("forks")
        wanted = None if forks is None else {name: int(block) for name, block in forks.items()}
        yield NodeTarget(endpoint.node, one["role"], int(one["chain_id"]), endpoint, seat, wanted)


def _pairs(found: _Resources) -> Iterable[PairTarget]:
    running = {str(one["node"]["node"]): one for one in found.of("RunningNode", "AdoptedNode").values()}
    shown = next(iter(found.of("Stack").values()), {})
    per_pair = (shown.get("fees") or {}).get("perPair") or {}
    for voters in found.of("Voters").values():
        for one in voters["voters"]:
            scn = running.get(str(one["scn"]["node"]), {})
            kni = scn.get("dialled") or scn.get("peer") or ""
            yield PairTarget(
                name=str(one["pair"]),
                en=str(one["en"]["node"]),
                scn=str(one["scn"]["node"]),
                operators={"parent": str(one["parent"]).lower(), "child": str(one["child"]).lower()},
                main_bridge=node_id(str(kni)) if kni else "",
                anchoring=scn.get("anchoring"),
                per_day=int(Decimal(per_pair[one["pair"]]) * PEB) if one["pair"] in per_pair else None,
            )


def _contracts(found: _Resources) -> Iterable[ContractTarget]:
    made = found.of("BridgeContract")
    for side in SIDES:
        if (one := made.get(f"{side}-bridge")) is None:
            continue
        address = str(one["address"]).lower()
        fees = _with_bridge(found, "TransferFees", address)
        others = _with_bridge(found, "OtherOperators", address)
        yield ContractTarget(
            side=side,
            chain_id=int(one["chain_id"]),
            address=address,
            owner=str(one["owner"]).lower(),
            operators=tuple(str(vote["operator"]).lower() for vote in _with_bridge(found, "BridgeOperator", address)),
            others=frozenset(str(other).lower() for one in others for other in one.get("others") or ()),
            threshold=_threshold(_with_bridge(found, "OperatorThreshold", address)),
            configuration=_threshold(_with_bridge(found, "ConfigurationThreshold", address)),
            fees=next((one.get("fees") for one in fees), None),
            minimum=next((low for account, _, low in _minima(found, "Liquidity") if account == address), None),
            tokens=tuple(_tokens(found, side, address)),
        )


def _tokens(found: _Resources, side: Side, bridge: str) -> Iterable[TokenTarget]:
    for name, one in found.of("TokenRegistration").items():
        if str(one["bridge"]).lower() == bridge:
            token, counterpart = str(one["token"]).lower(), str(one["counterpart"]).lower()
            yield TokenTarget(name.removesuffix(f"-{side}-registration"), str(one["kind"]), token, counterpart)


def _with_bridge(found: _Resources, kind: str, address: str) -> list[Outputs]:
    return [one for one in found.of(kind).values() if str(one.get("bridge")).lower() == address]


def _threshold(resources: Sequence[Outputs]) -> int | None:
    return next((int(one["threshold"]) for one in resources), None)


def _minima(found: _Resources, kind: str = "Funding") -> list[tuple[str, int, int]]:
    """Return account, chain id and least balance of each."""
    return [(str(one["account"]).lower(), int(one["chain_id"]), int(one["minimum"])) for one in found.of(kind).values()]


def _side_of(found: _Resources, chain_id: int) -> Side | None:
    """Return which of the two chains has that id."""
    sides = {int(one["chain_id"]): SIDE_OF[one["role"]] for one in found.of("RunningNode", "AdoptedNode").values()}
    return sides.get(chain_id)
