"""What the exporter of a node is to read: the contract of its chain, the operators there, its half of a bridge."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import pulumi

from components.domain.kni import node_id
from components.domain.networks import SIDES, Side
from components.settings.model import Settings
from components.stack.bridge.bridge import Bridge
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import BridgeSide, levels
from components.stack.bridge.tokens import Tokens
from components.stack.nodes.existing_node import AnyNode
from components.watch.metrics.exporter_file import Half, Observed, configuration
from components.watch.targets import ContractTarget, TokenTarget


class Declared:
    """Both contracts as they are declared. Known once the bridge is there."""

    def __init__(self, settings: Settings, bridge: Bridge, pairs: Sequence[BridgePair], tokens: Tokens | None) -> None:
        self._settings, self._pairs = settings, pairs
        own = {"parent": bridge.parent, "child": bridge.child}
        self._known = pulumi.Output.all(
            sides={name: _contract(side, bridge.fees[name].fees) for name, side in own.items()},
            operators={
                "parent": {pair.name: pair.operators.parent.address for pair in pairs},
                "child": {pair.name: pair.operators.child.address for pair in pairs},
            },
            knis={pair.scn: pair.kni for pair in pairs},
            tokens={
                name: {"kind": token.kind, "parent": token.parent, "child": token.child}
                for name, token in (tokens.by_name if tokens else {}).items()
            },
        )

    def exporter(self, node: AnyNode, side: Side, out: str) -> pulumi.Output[Mapping[str, Any]]:
        """Return the configuration of a node's exporter, which writes the file `out`."""
        return self._known.apply(lambda known: configuration(self._observed(node, side, out, known)))

    def _observed(self, node: AnyNode, side: Side, out: str, known: Mapping[str, Any]) -> Observed:
        bridge, operators = self._settings.bridge, known["operators"][side]
        # Gas is free on the child chain, so nothing is declared there.
        minimum = int(levels(bridge.operator_balance)["minimum"]) if side == "parent" else None
        kni = known["knis"].get(node.name)
        return Observed(
            node=node.name,
            ipc=node.ipc,
            data=str(PurePosixPath(node.ipc).parent),
            out=out,
            contract=self._target(side, known),
            operators={pair: str(address).lower() for pair, address in operators.items()},
            minima=dict.fromkeys(operators, minimum) if minimum is not None else {},
            half=Half({one: str(known["sides"][one]["address"]).lower() for one in SIDES}, node_id(str(kni)))
            if kni
            else None,
        )

    def _target(self, side: Side, known: Mapping[str, Any]) -> ContractTarget:
        found, bridge = known["sides"][side], self._settings.bridge
        other: Side = "child" if side == "parent" else "parent"
        return ContractTarget(
            side=side,
            chain_id=int(found["chain_id"]),
            address=str(found["address"]).lower(),
            owner=str(found["owner"]).lower(),
            operators=tuple(str(one).lower() for one in found["operators"]),
            others=frozenset(str(one).lower() for one in found["others"] or ()),
            threshold=_whole(found["threshold"]),
            configuration=_whole(found["configuration"]),
            fees=found["fees"],
            minimum=int(levels(bridge.liquidity)["minimum"]) if bridge.liquidity_set else None,
            tokens=tuple(
                TokenTarget(name, str(one["kind"]), str(one[side]).lower(), str(one[other]).lower())
                for name, one in known["tokens"].items()
            ),
        )


def _contract(side: BridgeSide, fees: pulumi.Input[object]) -> dict[str, object]:
    return {
        "chain_id": side.chain.chain_id,
        "address": side.contract.address,
        "owner": side.owner,
        "operators": [vote.operator for vote in side.operators],
        "others": side.others.others,
        "threshold": side.threshold.threshold,
        "configuration": side.configuration.threshold if side.configuration else None,
        "fees": fees,
    }


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value).removesuffix(".0"))
