"""Cases of the alerts on chains."""

from components.watch.metrics import exporter_series as node
from tests.unit.watch.alerts.cases.case import EN, SCN, about, critical, criticals, warning, warnings
from tests.unit.watch.alerts.world import Change, change, of_node, of_pair


def stopped(chain: str, seconds: float) -> tuple[Change, ...]:
    """Return what nodes report of a chain whose newest block was made so many seconds before."""
    told = (node.HEAD_BLOCK, node.HEAD_TIME, node.BEST_PEER_BLOCK)
    return tuple(change(one, lambda value, since, _: value - since - seconds, chain=chain) for one in told)


def at_rest(part: float) -> tuple[Change, ...]:
    """Return what else nodes of the child chain report while it lacks a part of its blocks."""
    told = (node.BEST_PEER_BLOCK, node.ANCHORED_BLOCK)
    return tuple(change(one, lambda value, since, _: value - since * part, chain="child") for one in told)


def kairos(days: float) -> tuple[Change, ...]:
    """Return the heads of ENs so many days before a fork, which only one of them does not know."""
    block = 233_366_400 - days * 86_400
    heads = tuple(
        change(one, lambda _, since, __: block + since - 1_200, chain="parent")
        for one in (node.HEAD_BLOCK, node.BEST_PEER_BLOCK)
    )
    return (
        *heads,
        change(node.NODE_VERSION, 3_000_000, role="en"),
        change(node.NODE_VERSION, 2_002_002, node=EN),
    )


SLOW = warnings("BridgeRoundsFailing")
ALL_ENS = tuple(one for name in ("parent", "pair-1-en", "pair-2-en") for one in of_node(name))
CHAINS = (
    critical(
        "BridgeChainStopped",
        calm=(change(node.HEAD_TIME, lambda value, *_: value - 59, chain="child"),),
        bad=stopped("child", 1),
        where=({"chain": "child"},),
        rest=14,
    ),
    critical(  # all ENs of the stack catch up with a chain that goes on
        "BridgeChainStopped",
        calm=(
            change(node.HEAD_TIME, lambda value, *_: value - 600, chain="parent"),
            change(node.BEST_PEER_BLOCK, lambda value, *_: value + 600, chain="parent"),
        ),
        bad=stopped("parent", 1),
        where=({"chain": "parent"},),
        rest=14,
        calm_also=warnings("BridgeNodeBehind") | criticals("BridgeThresholdLost"),
    ),
    critical(  # one node of a chain that has stopped catches up, as one does that was rebuilt
        "BridgeChainStopped",
        calm=(change(node.HEAD_BLOCK, lambda value, *_: value - 600, node="scn-3"),),
        bad=(*stopped("child", 1), change(node.HEAD_BLOCK, lambda value, since, _: value - since - 601, node="scn-3")),
        where=({"chain": "child"},),
        rest=14,
        also=warnings("BridgeNodeBehind"),
        calm_also=warnings("BridgeNodeBehind"),
    ),
    critical(
        "BridgeChainUnreadable",
        calm=of_node("parent"),
        bad=(*ALL_ENS, *of_pair("pair-1"), *of_pair("pair-2")),
        where=({"chain": "parent"},),
        also=warnings("BridgeNodeDown", "BridgePairDisconnected", "BridgeAnchoringLate")
        | criticals("BridgeThresholdLost"),
        calm_also=warnings("BridgeNodeDown"),
    ),
    critical(
        "BridgeWrongFork",
        calm=(
            change(node.CHECKPOINT_BLOCK, lambda value, *_: value - 100, node=SCN),
            change(node.CHECKPOINT_HASH, lambda value, *_: value + 1, node=SCN),
        ),
        bad=(change(node.CHECKPOINT_HASH, lambda value, *_: value + 1, node=SCN),),
        where=(about(SCN),),
    ),
    critical(  # one half differs from the other: all are named
        "BridgeWrongFork",
        calm=(change(node.HEAD_BLOCK, lambda value, *_: value - 2, node=SCN),),
        bad=tuple(change(node.CHECKPOINT_HASH, lambda value, *_: value + 1, node=one) for one in ("scn-3", "scn-4")),
        where=tuple(about(f"scn-{number}") for number in (1, 2, 3, 4)),
    ),
    warning(
        "BridgeRoundsFailing",
        calm=(change(node.HEAD_BLOCK, lambda value, since, _: value - since * 0.4, chain="child"), *at_rest(0.4)),
        bad=(change(node.HEAD_BLOCK, lambda value, since, _: value - since * 0.77, chain="child"), *at_rest(0.77)),
        where=({"chain": "child"},),
        takes=18,
        rest=8,
    ),
    warning(
        "BridgeForkAhead",
        calm=kairos(14.1),
        bad=kairos(13.9),
        where=({**about(EN), "fork": "Permissionless"},),
        takes=20,
        network="kairos",
    ),
    critical(
        "BridgeForkAhead",
        calm=kairos(3.1),
        bad=kairos(2.9),
        where=({**about(EN), "fork": "Permissionless"},),
        takes=20,
        network="kairos",
        also=warnings("BridgeForkAhead"),
        calm_also=warnings("BridgeForkAhead"),
    ),
)
