"""Cases of the alerts on machines, and on the watcher itself."""

from components.watch.metrics import contract_series as contract
from components.watch.metrics import exporter_series as node
from components.watch.metrics.machine_series import ALERTS_FAILED, CLOCK, UP
from tests.unit.watch.alerts.cases.case import SCN, about, critical, warning, warnings
from tests.unit.watch.alerts.world import GIB, change, of_machine

FREE = {"node": SCN}
MACHINES = (
    warning(
        "BridgeMachineGone",
        calm=(change(UP, 0, node="scn-3", job="kaia"),),
        bad=of_machine("scn-3"),
        where=(about("scn-3"),),
    ),
    warning(
        "BridgeDiskFull",
        calm=(change(node.DATA_FREE, 9 * GIB, **FREE), change(node.DATA_SIZE, 80 * GIB, **FREE)),
        bad=(change(node.DATA_FREE, 9 * GIB, **FREE), change(node.DATA_SIZE, 100 * GIB, **FREE)),
        where=(about(SCN),),
    ),
    critical(
        "BridgeDiskFull",
        calm=(change(node.DATA_FREE, 6 * GIB, **FREE),),
        bad=(change(node.DATA_FREE, 4 * GIB, **FREE),),
        where=(about(SCN),),
        also=warnings("BridgeDiskFull"),
        calm_also=warnings("BridgeDiskFull"),
    ),
    critical(  # a full disk stops the exporter, and node_exporter serves its last values
        "BridgeDiskFull",
        calm=(change(node.DATA_FREE, 4 * GIB, **FREE), change(UP, 0, node=SCN, job="machine")),
        bad=(
            change(node.DATA_FREE, 4 * GIB, **FREE),
            change(node.LAST_RUN, lambda value, since, _: value - since, **FREE),
        ),
        where=(about(SCN),),
        takes=12,
        also=warnings("BridgeDiskFull", "BridgeWatcherBlind"),
        calm_also=warnings("BridgeMachineGone"),
    ),
    warning(
        "BridgeClockWrong",
        calm=(change(CLOCK, lambda value, *_: value - 4, node=SCN),),
        bad=(change(CLOCK, lambda value, *_: value - 6, node=SCN),),
        where=(about(SCN),),
    ),
    warning(  # node_exporter serves the old file: nothing in it counts, and the pair counts as able
        "BridgeWatcherBlind",
        calm=(change(node.UNANSWERED, 1, node=SCN),),
        bad=(
            change(node.LAST_RUN, lambda value, since, _: value - since, node=SCN),
            change(node.SUBSCRIBED, 0, node=SCN),
            change(node.HEAD_BLOCK, 1, node=SCN),
            change(contract.THRESHOLD, 9, node=SCN),
        ),
        alone=True,
        where=(about(SCN),),
    ),
    warning(
        "BridgeQuestionsUnanswered",
        calm=(change(node.UNANSWERED, 0, node=SCN),),
        bad=(change(node.UNANSWERED, 2, node=SCN),),
        where=(about(SCN),),
        takes=14,
    ),
    warning(
        "BridgeAlertsNotSent",
        calm=(),
        bad=(),
        where=({"node": "monitor", "role": "monitor", "integration": "webhook"},),
        takes=10,
        rest=12,
        extra={
            f'{ALERTS_FAILED}{{stack="dev",node="monitor",role="monitor",integration="webhook"}}': "0x29 1+1x9 10x30"
        },
    ),
)
