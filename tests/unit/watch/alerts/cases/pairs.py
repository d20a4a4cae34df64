"""Cases of the alerts on pairs, and on how many of them can vote."""

from components.watch.metrics import contract_series as contract
from components.watch.metrics import exporter_series as node
from tests.unit.watch.alerts.cases.case import EN, NO_RESERVE, SCN, about, critical, criticals, warning, warnings
from tests.unit.watch.alerts.world import NODES, PERIOD, change, of_machine, of_node, of_pair

BOTH_ENS = (*of_machine("pair-1-en"), *of_pair("pair-1"), *of_machine("pair-2-en"), *of_pair("pair-2"))
POWER = (
    critical(
        "BridgeThresholdLost",
        calm=(*of_machine("pair-1-en"), *of_pair("pair-1")),
        bad=BOTH_ENS,
        where=({},),
        also=warnings("BridgeMachineGone", "BridgePairDisconnected", "BridgeAnchoringLate"),
        calm_also=NO_RESERVE | warnings("BridgeMachineGone", "BridgePairDisconnected", "BridgeAnchoringLate"),
    ),
    critical(  # one hostile owner is enough: the threshold of the contract counts, not that of the settings
        "BridgeThresholdLost",
        calm=(change(contract.THRESHOLD, 2),),
        bad=(change(contract.THRESHOLD, 3),),
        where=({},),
        alone=True,
    ),
    critical(  # no contract can be read any more: the last known threshold counts
        "BridgeThresholdLost",
        calm=(change(contract.THRESHOLD, None, chain="child"),),
        bad=tuple(one for name in NODES for one in of_machine(name)),
        where=({},),
        also=warnings("BridgeMachineGone") | criticals("BridgeChainUnreadable"),
    ),
    warning(
        "BridgeNoReserveLeft",
        calm=(change(node.SUBSCRIBED, 0, node=SCN, chain="none"),),
        bad=(change(node.LAST_RUN, lambda value, *_: value), *of_node(EN), *of_pair("pair-1")),
        where=({},),
        also=warnings("BridgeNodeDown", "BridgePairDisconnected", "BridgeAnchoringLate"),
    ),
)
PAIRS = (
    warning(
        "BridgePairDisconnected",
        calm=(change(node.PEERS, 1, node=SCN),),
        bad=(change(node.MAIN_BRIDGES, 0, node=SCN), change(node.RIGHT_MAIN_BRIDGE, 0, node=SCN)),
        where=(about(SCN),),
        also=NO_RESERVE,
    ),
    warning(
        "BridgePairDisconnected",
        calm=(change(node.RIGHT_MAIN_BRIDGE, None, node=SCN),),
        bad=(change(node.RIGHT_MAIN_BRIDGE, 0, node=SCN),),
        where=(about(SCN),),
        also=NO_RESERVE,
    ),
    warning(
        "BridgeNotSubscribed",
        calm=(change(node.PENDING, 1, node=SCN),),
        bad=(change(node.SUBSCRIBED, 0, node=SCN),),
        where=(about(SCN),),
        also=NO_RESERVE,
    ),
    warning(
        "BridgeOperatorLocked",
        calm=(change(node.PENDING, 1, node=SCN),),
        bad=(change(node.OPERATOR_UNLOCKED, 0, node=SCN, side="child"),),
        where=({**about(SCN), "side": "child"},),
        also=NO_RESERVE,
    ),
    warning(
        "BridgeScnSilent",
        calm=(change(node.PENDING, None, node=SCN),),
        bad=tuple(
            change(one, None, node=SCN)
            for one in (node.MAIN_BRIDGES, node.RIGHT_MAIN_BRIDGE, node.REGISTERED, node.SUBSCRIBED)
        ),
        where=(about(SCN),),
        also=NO_RESERVE,
    ),
    warning(
        "BridgePoolFull",
        calm=(change(node.PENDING, 1000, node=SCN),),
        bad=(change(node.PENDING, 1001, node=SCN),),
        where=(about(SCN),),
    ),
    warning(
        "BridgeAnchoringLate",
        calm=(change(node.ANCHORED_BLOCK, lambda value, *_: value - 3 * PERIOD - 20, node=SCN),),
        bad=(change(node.ANCHORED_BLOCK, lambda value, *_: value - 3 * PERIOD - 31, node=SCN),),
        where=(about(SCN),),
    ),
    warning(  # an SCN that has just joined has anchored nothing
        "BridgeAnchoringLate",
        calm=(
            change(node.ANCHORED_BLOCK, 0, node=SCN),
            change(node.NODE_STARTED, lambda _, __, now: now - 50, node=SCN),
        ),
        bad=(change(node.ANCHORED_BLOCK, 0, node=SCN),),
        where=(about(SCN),),
    ),
    warning(
        "BridgeAnchoringOff",
        calm=(change(node.ANCHORING, 0, node="scn-3"),),
        bad=(change(node.ANCHORING, 0, node="scn-2"),),
        where=(about("scn-2"),),
    ),
)
