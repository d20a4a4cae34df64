"""Alerts on machines, and on the watcher itself: gone, full, wrong clock, blind."""

from collections.abc import Iterator

from components.watch.alerts.alert import Alert, Runbook, Severity
from components.watch.alerts.declared import NODE
from components.watch.alerts.promql import MACHINES, Scope
from components.watch.alerts.recorded import BLIND
from components.watch.judging.nodes import CLOCK_SECONDS, FREE_BYTES, FREE_PART
from components.watch.metrics.exporter_series import DATA_FREE, DATA_SIZE, NODE_UP, UNANSWERED
from components.watch.metrics.machine_series import ALERTS_FAILED, CLOCK, UP

GIB = 2**30
EARLY = 2
"""The first alert on a disk comes at so many times the limits of `make status`."""

_GONE = Runbook(
    symptom="The monitor gets nothing from the machine: it is dead, or the way to it is cut. The pair of its node "
    "does not vote, if it is dead.",
    check="Can you log in (`make rpc NODE=…` uses the same way)? Does the console of the provider show it as running? "
    "`make status` looks at the machine from your computer: if it is healthy there, only the monitor's way is cut.",
    repair="Start the machine, or repair the way; `make up` starts its node. A dead machine: `make replace "
    "MACHINE=…`, which keeps the identity of its node.",
    escalation="If machines of several pairs are gone, ask whoever runs the zone or the network, before you rebuild "
    "any.",
)
_DISK = Runbook(
    symptom="The disk of the node's data is nearly full. A node that cannot write stops, and keeps its data.",
    check="`df -h` and `du -sh` in the folder of the node: is it the chain, the logs, or something that does not "
    "belong there? The dashboard of the nodes shows how fast it grows. A full disk may stop the exporter too: while "
    "`BridgeWatcherBlind` fires, the number is the last one known.",
    repair="Grow the volume: `dataGib` ([AWS](aws.md)), then `make up`. Remove old releases and logs in the meantime. "
    "Never delete files in `data/`.",
    escalation="If it will be full before the volume can be grown, stop this node in good order while others hold the "
    "threshold: a node that dies while it writes may have to be rebuilt.",
)
_CLOCK = Runbook(
    symptom="The machine's clock differs from that of the monitor. A validator with a wrong clock makes blocks that "
    "others refuse, and ages in `make status` are wrong.",
    check="`timedatectl` on the machine and on the monitor: which of the two is wrong? If all machines are named, it "
    "is the monitor.",
    repair="Start the time service of the machine (chrony or systemd-timesyncd), and let it reach its server.",
    escalation="If the clock of a virtual machine runs away, ask its provider, and move the machine.",
)
_BLIND = Runbook(
    symptom="The machine answers and nothing is known of its node: the exporter does not run. Alerts about the "
    "node and its pair cannot fire, and its pair counts as able to vote.",
    check="On the machine: `systemctl status servicechain-ha-exporter.timer servicechain-ha-exporter`, and the time "
    "of the exporter's file. Is the disk full? `make status` shows the node without the exporter.",
    repair="`make up` writes and starts the exporter again.",
    escalation="Until it runs, look at `make status` every hour.",
)
_UNANSWERED = Runbook(
    symptom="The node answers, but not every question of the exporter. The alerts that need the missing values cannot "
    "fire.",
    check="Run the exporter by hand, as its unit does: it prints what is not answered. An SCN whose bridge hangs "
    "answers nothing about the bridge: see `BridgeScnSilent`.",
    repair="Restart the node if calls time out. If a call is unknown to its version, update the stack's program.",
    escalation="Report the call and the version of the node to the developers of this program.",
)
_UNSENT = Runbook(
    symptom="Alertmanager cannot deliver alerts to a receiver. What you read here has come another way, or not at all.",
    check="The log of alertmanager on the monitor names the receiver and the answer. Is the URL or key still valid? "
    "May the monitor reach the address?",
    repair="Correct the file of the secret that `monitoring.receivers` names, and run `make up`.",
    escalation="Tell whoever is on call, and have them look at `make status ARGS=--watch` until it is repaired.",
)


def machine_alerts(scope: Scope) -> Iterator[Alert]:
    """Yield the alerts on machines and on the watcher."""
    of, fresh = scope.of, scope.fresh
    yield Alert(
        name="BridgeMachineGone",
        severity="warning",
        hold=scope.hold(60),
        expr=f"{of(NODE)} unless on (stack, node) {of(UP, MACHINES)} == 1",
        summary="{{ $labels.stack }}: the machine {{ $labels.node }} is gone",
        description="The monitor gets nothing from {{ $labels.node }} ({{ $labels.role }} of the {{ $labels.chain }} "
        "chain). " + scope.power,
        runbook=_GONE,
        cause="kill a machine",
    )
    # Not only while the exporter runs: it writes to the same disk, so a full one would end the alert about itself.
    free, size = of(DATA_FREE), of(DATA_SIZE)
    stages: tuple[tuple[Severity, int], ...] = (("warning", EARLY), ("critical", 1))
    for severity, times in stages:
        yield Alert(
            name="BridgeDiskFull",
            severity=severity,
            hold="2m",
            expr=f"{free} / {GIB} < {FREE_BYTES * times / GIB:g} and {free} / {size} < {FREE_PART * times:g}\n"
            f"  and on (stack, node) {of(UP, MACHINES)} == 1",
            summary="{{ $labels.stack }}: the disk of {{ $labels.node }} is nearly full",
            description='{{ $value | printf "%.1f" }} GiB are free on the disk of the data of {{ $labels.node }}.',
            runbook=_DISK,
            cause="fill the disk of one machine with a file",
        )
    ahead = f"{of(CLOCK)} - timestamp({of(CLOCK)})"
    yield Alert(
        name="BridgeClockWrong",
        severity="warning",
        hold="2m",
        expr=f"abs({ahead}) > {CLOCK_SECONDS:g}",
        summary="{{ $labels.stack }}: the clock of {{ $labels.node }} is wrong",
        description="The clock of {{ $labels.node }} differs by {{ $value | humanizeDuration }} from that of the "
        "monitor.",
        runbook=_CLOCK,
        cause="cannot: network namespaces share the clock of this computer; the rule is tested with series alone",
        producible=False,
    )
    yield Alert(
        name="BridgeWatcherBlind",
        severity="warning",
        hold=scope.hold(180),
        expr=of(BLIND),
        summary="{{ $labels.stack }}: nothing is known of the node on {{ $labels.node }}",
        description=f"{{{{ $labels.node }}}} answers, and its exporter has not run for {scope.lately}.",
        runbook=_BLIND,
        cause="stop the exporter on one machine",
    )
    yield Alert(
        name="BridgeQuestionsUnanswered",
        severity="warning",
        hold="10m",
        expr=f"{fresh(UNANSWERED)} > 0 and on (stack, node) {fresh(NODE_UP)} == 1",
        summary="{{ $labels.stack }}: {{ $labels.node }} does not answer every question",
        description="{{ $labels.node }} leaves {{ $value }} questions of the exporter unanswered.",
        runbook=_UNANSWERED,
        cause="have the exporter ask a contract that is not there",
    )
    yield Alert(
        name="BridgeAlertsNotSent",
        severity="warning",
        hold="5m",
        expr=f"increase({of(ALERTS_FAILED)}[10m]) > 0",
        summary="{{ $labels.stack }}: alerts do not reach a receiver",
        description="Alertmanager has failed {{ $value | humanize }} times in 10 minutes to send by {{ "
        "$labels.integration }}.",
        runbook=_UNSENT,
        cause="give the webhook a URL where nobody listens",
    )
