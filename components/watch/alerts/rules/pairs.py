"""Alerts on pairs: how many can vote, and why one cannot; anchoring."""

from collections.abc import Iterator

from components.watch.alerts.alert import Alert, Runbook
from components.watch.alerts.declared import ANCHORS, NODE
from components.watch.alerts.promql import PAIRS, SCN, THRESHOLD, Scope, asked
from components.watch.alerts.recorded import ABLE, SPARE
from components.watch.judging.pairs import LATE_PERIODS, MANY_PENDING, RECEIPT_BLOCKS
from components.watch.metrics.exporter_series import (
    ANCHORED_BLOCK,
    ANCHORING,
    ANCHORING_PERIOD,
    HEAD_BLOCK,
    LAST_RUN,
    MAIN_BRIDGES,
    NODE_STARTED,
    NODE_UP,
    OPERATOR_UNLOCKED,
    PENDING,
    REGISTERED,
    RIGHT_MAIN_BRIDGE,
    SUBSCRIBED,
)

_LOST = Runbook(
    symptom="Fewer pairs can vote than a transfer needs. All transfers wait; nothing is lost. Where gas costs, each "
    "recovery check costs every operator a transaction for each request.",
    check="`make status`: its verdict counts the pairs, and each finding says why one cannot vote. Or read the other "
    "alerts: machines, nodes, connections.",
    repair="Bring one pair back: `make up` starts nodes that are down, registers and subscribes. A dead machine: "
    "`make replace MACHINE=…`. Requests are then handled in order.",
    escalation="If no pair can be brought back within hours, lower `bridge.threshold` to the number of pairs that "
    "work, knowingly: fewer operators then decide. It needs the owners' keys.",
)
_RESERVE = Runbook(
    symptom="Transfers are paid, and the loss of one more pair stops them.",
    check="`make status` says which pairs cannot vote, and why.",
    repair="As for the pair that is missing: `make up`, or `make replace MACHINE=…`. Change nothing else until it is "
    "back, and restart nothing.",
    escalation="If it cannot be brought back within a day, add a pair on other machines ([Changing a running "
    "bridge](changing.md)).",
)
_DISCONNECTED = Runbook(
    symptom="The SCN is not connected to its EN, or not to its own. The pair does not vote and does not anchor.",
    check="Is the EN running? Can port 50505 of the EN be reached from the SCN? Has another SCN taken its only slot "
    "(`mainbridge.peers` on the EN)? After the sudden death of a machine it takes 60 s to connect again.",
    repair="`make up` disconnects a wrong EN and dials the right one. Open 50505 for the paired SCN, and for nobody "
    "else.",
    escalation="If the slot is taken by an address that you do not know, close the port at once: whoever has the slot "
    "gets the whole public API of the EN.",
)
_UNSUBSCRIBED = Runbook(
    symptom="The SCN is connected and does not serve the bridge contracts: it sees no requests and does not vote.",
    check="Does `subbridge.listBridge` on the SCN show both contracts, and as subscribed? After a restart without its "
    "EN, the marks in the list stay while nothing is in memory.",
    repair="`make up` registers and subscribes. After an error of registerBridge restart the SCN first.",
    escalation="If it stays so: stop the SCN, remove `bridge_addrs.rlp` in its data folder, start it, and run `make "
    "up`.",
)
_LOCKED = Runbook(
    symptom="The SCN cannot sign with its operator's key: it does not vote on that chain.",
    check="Was `lockParentOperator` or `lockChildOperator` called, to take the pair out? Are keystore and password "
    "still in the data folder (`parent_bridge_account`, `child_bridge_account`)?",
    repair="If nobody meant it, restart the SCN: it unlocks both at its start. If a key file is missing, "
    "`make refresh` and `make up` write those of nodes that the stack runs.",
    escalation="If somebody else has locked it, somebody else reaches the console of this SCN: find out who.",
)
_SILENT = Runbook(
    symptom="The SCN answers about its chain and not about its bridge: its half of the bridge hangs, and it does not "
    "vote. A block that arrived between two requests to its EN may do this.",
    check="`kscn attach --exec subbridge.peers` on its machine does not come back, and its log has no more lines with "
    "`VT :`.",
    repair="Restart it: `systemctl restart kscnd`, or `kscnd restart`. `make replace` is not needed.",
    escalation="If it hangs again within a day, look at the round trip time between SCN and EN: a short one makes it "
    "rare.",
)
_POOL = Runbook(
    symptom="Transactions of the SCN wait for the parent chain: votes and anchors are late. The pool keeps 8192 and "
    "then refuses.",
    check="Does the operator have coins (`BridgeOperatorCannotPay`)? Is the EN in sync? Is the gas price of the chain "
    "above what the node offers?",
    repair="Give the operator coins, or repair the EN. The SCN sends what waits, up to 1000 at once.",
    escalation="If it does not shrink, restart the SCN: its transactions are kept on its disk.",
)
_LATE = Runbook(
    symptom="The SCN has not anchored for three periods. Transfers are not affected. Blocks that pass while its EN is "
    "away are never anchored later.",
    check="Does its parent operator have coins? Is the pair connected? How many transactions wait "
    "(`subbridge.txPendingCount`)?",
    repair="Connect the pair again: `make up`. If the operator lacks coins, send some, or run `make refresh`, then "
    "`make up`.",
    escalation="If other pairs anchor, the blocks are anchored. If none does, tell those who rely on the anchors "
    "which blocks have none.",
)
_OFF = Runbook(
    symptom="Anchoring is declared for the pair and switched off on its SCN.",
    check="`subbridge.getAnchoring` on the SCN. It is switched in memory, and the conf decides at each start.",
    repair="`make refresh`, then `make up`: it switches anchoring on again, without a restart. At once: "
    "`subbridge.anchoring(true)` in the console of the SCN.",
    escalation="If nobody of yours switched it, somebody else reaches the console of this SCN: find out who.",
)


def pair_alerts(scope: Scope) -> Iterator[Alert]:
    """Yield the alerts on pairs."""
    yield from _power_alerts(scope)
    yield from _serving_alerts(scope)
    yield from _anchoring_alerts(scope)


def _power_alerts(scope: Scope) -> Iterator[Alert]:
    of = scope.of
    away = f"{{{{ range query `{of(ABLE)} == 0` }}}} {{{{ .Labels.pair }}}}{{{{ end }}}}"
    yield Alert(
        name="BridgeThresholdLost",
        severity="critical",
        hold="1m",
        expr=f"{of(SPARE)} < 0",
        summary="{{ $labels.stack }}: too few pairs can vote, and transfers wait",
        description=f"{scope.power} These cannot:{away}.",
        runbook=_LOST,
        cause="kill the ENs of so many pairs that fewer than the threshold are left",
    )
    yield Alert(
        name="BridgeNoReserveLeft",
        severity="warning",
        hold="2m",
        expr=f"{of(SPARE)} == 0 and {of(PAIRS)} > {of(THRESHOLD)}",
        summary="{{ $labels.stack }}: no further loss of a pair can be survived",
        description=f"{scope.power} These cannot:{away}.",
        runbook=_RESERVE,
        cause="kill the EN of one of two pairs",
    )


def _serving_alerts(scope: Scope) -> Iterator[Alert]:
    of, fresh = scope.of, scope.fresh
    yield Alert(
        name="BridgePairDisconnected",
        severity="warning",
        hold="2m",
        expr=f"{fresh(MAIN_BRIDGES)} != 1 or {fresh(RIGHT_MAIN_BRIDGE)} == 0",
        summary="{{ $labels.stack }}: the pair {{ $labels.pair }} is not connected",
        description="{{ $labels.node }} has "
        + asked(fresh(MAIN_BRIDGES, 'node="%s"'), "node")
        + " main bridges connected instead of that of its own EN. "
        + scope.power,
        runbook=_DISCONNECTED,
        cause="cut the link inside a pair, or stop its EN",
    )
    yield Alert(
        name="BridgeNotSubscribed",
        severity="warning",
        hold="2m",
        expr=f"{fresh(REGISTERED)} == 0 or {fresh(SUBSCRIBED)} == 0",
        summary="{{ $labels.stack }}: the pair {{ $labels.pair }} does not serve the contracts",
        description="{{ $labels.node }} has not registered the bridge contracts, or not subscribed to them. "
        + scope.power,
        runbook=_UNSUBSCRIBED,
        cause="call subbridge.unsubscribeBridge on one SCN",
    )
    yield Alert(
        name="BridgeOperatorLocked",
        severity="warning",
        hold="1m",
        expr=f"{fresh(OPERATOR_UNLOCKED)} == 0",
        summary="{{ $labels.stack }}: the {{ $labels.side }} operator of {{ $labels.pair }} is locked",
        description="The key of the {{ $labels.side }} operator on {{ $labels.node }} is locked. " + scope.power,
        runbook=_LOCKED,
        cause="call subbridge.lockParentOperator on one SCN",
    )
    scns = of(NODE, SCN, 'pair!=""')
    answering = f"{fresh(NODE_UP)} == 1"
    yield Alert(
        name="BridgeScnSilent",
        severity="warning",
        hold="2m",
        expr=f"{scns} and on (stack, node) {answering} unless on (stack, node) {fresh(MAIN_BRIDGES)}",
        summary="{{ $labels.stack }}: the bridge of {{ $labels.node }} hangs",
        description="{{ $labels.node }} answers, and not when asked about its bridge. " + scope.power,
        runbook=_SILENT,
        cause="cannot: the deadlock in the node needs a rare moment; the rule is tested with series alone",
        producible=False,
    )
    yield Alert(
        name="BridgePoolFull",
        severity="warning",
        hold="5m",
        expr=f"{fresh(PENDING)} > {MANY_PENDING}",
        summary="{{ $labels.stack }}: transactions of {{ $labels.node }} pile up",
        description="{{ $value }} transactions of {{ $labels.node }} wait for the parent chain.",
        runbook=_POOL,
        cause=f"take the coins from a parent operator, and request {MANY_PENDING} transfers",
    )


def _anchoring_alerts(scope: Scope) -> Iterator[Alert]:
    of, fresh = scope.of, scope.fresh
    patience = f"{LATE_PERIODS} * {fresh(ANCHORING_PERIOD)} + {RECEIPT_BLOCKS}"
    # An SCN that was just started has had no time to anchor: a block per second.
    running = f"{fresh(LAST_RUN)} - {fresh(NODE_STARTED)} > {patience}"
    late = f"{fresh(HEAD_BLOCK)} - {fresh(ANCHORED_BLOCK)} > {patience}"
    yield Alert(
        name="BridgeAnchoringLate",
        severity="warning",
        hold="2m",
        expr=f"{late}\n  and {running}\n  and {fresh(ANCHORING)} == 1",
        summary="{{ $labels.stack }}: {{ $labels.pair }} anchors late",
        description="{{ $labels.node }} has not anchored the last {{ $value }} blocks; its period is "
        + asked(fresh(ANCHORING_PERIOD, 'node="%s"'), "node")
        + " blocks.",
        runbook=_LATE,
        cause="take the coins from a parent operator",
    )
    yield Alert(
        name="BridgeAnchoringOff",
        severity="warning",
        hold="5m",
        expr=f"{fresh(ANCHORING)} == 0 and on (stack, pair) {of(ANCHORS)}",
        summary="{{ $labels.stack }}: {{ $labels.pair }} does not anchor",
        description="Anchoring is declared for {{ $labels.pair }} and is off on {{ $labels.node }}.",
        runbook=_OFF,
        cause="call subbridge.anchoring(false) on one SCN",
    )
