"""Alerts on nodes: down, behind, alone, restarting, without metrics."""

from collections.abc import Iterator

from components.chain.rpc.head import NEAR_BLOCKS
from components.watch.alerts.alert import Alert, Runbook
from components.watch.alerts.declared import NODE
from components.watch.alerts.promql import EN, NODES, Scope
from components.watch.alerts.recorded import BEHIND, UPTIME
from components.watch.metrics.exporter_series import NODE_UP, PEERS, VALIDATORS
from components.watch.metrics.machine_series import UP

MANY_RESTARTS = 3
RESTARTS_OVER = "30m"

_DOWN = Runbook(
    symptom="The machine answers and the node on it does not. Its pair does not vote; an SCN is missing as a "
    "validator, so every fourth block of four SCNs takes 11 s.",
    check="On the machine: `systemctl status kscnd` (`kend` on an EN), and the end of the log in `data/logs`. Is the "
    "disk full? A process that runs and does not answer hangs.",
    repair="`make up` starts it. If the process hangs, kill it; under systemd it starts again by itself.",
    escalation="If it ends again right after its start: the last lines of its log say why. If its data are damaged, "
    "`make replace MACHINE=…` rebuilds it.",
)
_BEHIND = Runbook(
    symptom="The node lacks blocks of its chain. Its pair counts as unable to vote, and what it reports is old.",
    check="Is its number of blocks rising (dashboard of the nodes)? Then it catches up, as it does after a restart. "
    "If it stands still: does it have peers, is its disk slow, does its version know all forks?",
    repair="Wait while it catches up. If it stands still, restart it. If it stays at one block that its peers have "
    "passed, it lacks a fork: name a newer version ([Versions](versions.md)).",
    escalation="If it falls behind all the time, its machine is too small: [AWS](aws.md#sizes) has sizes that do.",
)
_ALONE = Runbook(
    symptom="The node is connected to no other node of its chain. It gets no blocks.",
    check="On its machine: can the port of another node be reached? Do both have the same network id and genesis "
    "block? Nodes that differ in one of these never connect, and only the log says so.",
    repair="Open the way between the machines, or correct `networkId`. If the list of nodes was edited, `make "
    "refresh` and `make up` write it again.",
    escalation="If the port can be reached and the values are the same, keep the logs of both nodes.",
)
_RESTARTING = Runbook(
    symptom=f"The node was started {MANY_RESTARTS} times or more within {RESTARTS_OVER}. Each start of an SCN costs "
    "rounds of consensus, and its pair votes late.",
    check="The end of the log before each start; `journalctl -u kscnd`; memory: was it killed by the kernel?",
    repair="Remove the cause that the log names. After an upgrade that does not run: `make rollback`.",
    escalation="Stop the node and leave it stopped while other pairs hold the threshold, and keep its data and logs.",
)
_METRICS = Runbook(
    symptom="The node answers and its own metrics do not. The bridge works; dashboards have gaps.",
    check="Are `METRICS=1` and `PROMETHEUS=1` in the conf of the node? Does `curl localhost:61001/metrics` answer on "
    "the machine? May the monitor reach port 61001?",
    repair="`make refresh`, then `make up`, which writes the conf of nodes that the stack runs. Change that of an "
    "adopted node by hand.",
    escalation="None is needed: no alert depends on these metrics.",
)


def node_alerts(scope: Scope) -> Iterator[Alert]:
    """Yield the alerts on nodes."""
    of, fresh = scope.of, scope.fresh
    yield Alert(
        name="BridgeNodeDown",
        severity="warning",
        hold="1m",
        expr=f"{fresh(NODE_UP)} == 0",
        summary="{{ $labels.stack }}: the node on {{ $labels.node }} does not answer",
        description="{{ $labels.node }} ({{ $labels.role }} of the {{ $labels.chain }} chain) answers, and its node "
        "does not. " + scope.power,
        runbook=_DOWN,
        cause="stop the node (SIGTERM), or hang it (SIGSTOP)",
    )
    yield Alert(
        name="BridgeNodeBehind",
        severity="warning",
        hold="2m",
        expr=f"{of(BEHIND)} > {NEAR_BLOCKS}",
        summary="{{ $labels.stack }}: {{ $labels.node }} is behind the {{ $labels.chain }} chain",
        description="{{ $labels.node }} lacks {{ $value }} blocks of the {{ $labels.chain }} chain. " + scope.power,
        runbook=_BEHIND,
        cause="cut an EN off its validator for some minutes",
    )
    # An EN is no validator, and a council of several has nodes that may be those of others.
    council = f"max by (stack, chain) ({fresh(VALIDATORS)}) > 1"
    others = f"count by (stack, chain) ({of(NODE)}) > 1 or count by (stack, chain) ({of(NODE, EN)}) or {council}"
    yield Alert(
        name="BridgeNodeAlone",
        severity="warning",
        hold="5m",
        expr=f"{fresh(PEERS)} == 0 and on (stack, chain) ({others})",
        summary="{{ $labels.stack }}: {{ $labels.node }} has no peers",
        description="{{ $labels.node }} is connected to no other node of the {{ $labels.chain }} chain.",
        runbook=_ALONE,
        cause="close the port of the chain's peers on one machine",
    )
    yield Alert(
        name="BridgeNodeRestarting",
        severity="warning",
        hold="0s",
        expr=f"resets({of(UPTIME)}[{RESTARTS_OVER}]) >= {MANY_RESTARTS}",
        summary="{{ $labels.stack }}: {{ $labels.node }} restarts again and again",
        description=f"{{{{ $labels.node }}}} was started {{{{ $value }}}} times within {RESTARTS_OVER}.",
        runbook=_RESTARTING,
        cause="restart one node three times",
    )
    yield Alert(
        name="BridgeNodeMetricsGone",
        severity="warning",
        hold="10m",
        expr=f"{of(UP, NODES)} == 0 and on (stack, node) {fresh(NODE_UP)} == 1",
        summary="{{ $labels.stack }}: no metrics of the node on {{ $labels.node }}",
        description="The node on {{ $labels.node }} answers on its socket, and not on {{ $labels.instance }}.",
        runbook=_METRICS,
        cause="close port 61001 on one machine",
    )
