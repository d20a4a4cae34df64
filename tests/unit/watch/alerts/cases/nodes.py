"""Cases of the alerts on nodes."""

from components.watch.metrics import exporter_series as node
from components.watch.metrics.machine_series import UP
from tests.unit.watch.alerts.cases.case import EN, NO_RESERVE, SCN, about, warning, warnings
from tests.unit.watch.alerts.world import Change, change, of_node


def lacking(blocks: float) -> Change:
    """Return what an EN reports that is behind."""
    return change(node.HEAD_BLOCK, lambda value, *_: value - blocks, node=EN)


NODES_ALONE = (
    warning(
        "BridgeNodeDown",
        calm=(change(node.NODE_UP, 1, node="scn-3"),),
        bad=of_node("scn-3"),
        where=(about("scn-3"),),
    ),
    warning(
        "BridgeNodeBehind",
        calm=(lacking(3),),
        bad=(lacking(64),),
        where=(about(EN),),
        also=NO_RESERVE,
    ),
    warning(  # what its peers tell, where no other node of the stack is ahead
        "BridgeNodeBehind",
        calm=(change(node.BEST_PEER_BLOCK, lambda value, *_: value + 3, node=EN),),
        bad=(change(node.BEST_PEER_BLOCK, lambda value, *_: value + 4, node=EN),),
        where=(about(EN),),
        also=NO_RESERVE,
    ),
    warning(
        "BridgeNodeAlone",
        calm=(change(node.PEERS, 1, node=SCN),),
        bad=(change(node.PEERS, 0, node=SCN),),
        where=(about(SCN),),
    ),
    warning(
        "BridgeNodeRestarting",
        calm=(change(node.NODE_STARTED, lambda _, since, now: now - since % 360, node=SCN),),
        bad=(change(node.NODE_STARTED, lambda _, since, now: now - since % 120, node=SCN),),
        where=(about(SCN),),
        rest=34,
    ),
    warning(
        "BridgeNodeMetricsGone",
        calm=(*of_node("scn-3"),),
        bad=(change(UP, 0, node=SCN, job="kaia"),),
        where=(about(SCN),),
        takes=14,
        calm_also=warnings("BridgeNodeDown"),
    ),
)
