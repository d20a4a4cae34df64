"""Alerts on the two chains: they stop, cannot be read, slow down, split, or have a fork ahead."""

from collections.abc import Iterator

from components.chain.rpc.head import HALTED_SECONDS, NEAR_BLOCKS
from components.domain.forks import Fork
from components.domain.units import DAY
from components.watch.alerts.alert import Alert, Runbook, Severity
from components.watch.alerts.declared import NETWORK, NODE, fork_moment, forks, version_number
from components.watch.alerts.promql import EN, PARENT, Scope, asked
from components.watch.alerts.recorded import CHECKPOINT_HASH, HEAD, HEAD_AGE
from components.watch.metrics.exporter_series import (
    BEST_PEER_BLOCK,
    CHECKPOINT,
    CHECKPOINT_BLOCK,
    NODE_VERSION,
    VALIDATORS,
    VALIDATORS_NEEDED,
)

SLOW_MINUTES, SLOW_PART = 5, 0.5
"""A chain of a block per second is slow if it makes less than this part of its blocks, over so long a time."""
FORK_DAYS: tuple[tuple[Severity, int], ...] = (("warning", 14), ("critical", 3))

_STOPPED = Runbook(
    symptom="No node of the chain has a newer block. All transfers and anchors wait; nothing is lost.",
    check="Run `make status`: how many validators answer, and how many the chain needs. On the child chain these are "
    "the SCNs; on a parent chain that the stack runs, its validator. On each machine: does the process run, is the "
    "disk full, is the clock right?",
    repair="`make up` starts nodes that are down; `make replace MACHINE=…` rebuilds a machine that is lost. Do not "
    "vote anybody out: a vote needs blocks.",
    escalation="If all validators run, are connected and have the right clock, and still make no block for ten "
    "minutes: restart them one after the other, and keep their logs for the developers of the node. On a public chain "
    "look at the announcements of the network first.",
)
_UNREADABLE = Runbook(
    symptom="No node of the chain reports anything, so nothing is known of the chain and of its contract.",
    check="Look which other alerts fire for its nodes: machines that are gone, nodes that are down, exporters that do "
    "not run. `make status` reads the nodes over SSH, without the monitor.",
    repair="If `make status` finds the nodes healthy, repair the monitor's way to them: `BridgeWatcherBlind`. If not, "
    "`make up` starts them.",
    escalation="If every machine is unreachable, ask whoever runs the network or the zone.",
)
_FORKED = Runbook(
    symptom="Nodes of one chain have different blocks at the same height. What they report of the contracts differs, "
    "and a transfer that one of them shows may not exist for the others.",
    check="Compare the hash of one block on all nodes, and on a node of somebody else: `eth_getBlockByNumber`. With "
    "`parentChain.referenceRpc`, `make refresh` names the node that differs. Compare the versions: a node that lacks "
    "a fork goes its own way.",
    repair="Stop the node that differs, so that it does not vote. Give it the version that knows the fork "
    "([Versions](versions.md)), or rebuild it with `make replace MACHINE=…`. Where a private parent chain has gone on "
    "from an older block, votes and anchors wait, because the SCNs count transactions that are lost: restart those of "
    "all pairs, one after the other (`systemctl restart kscnd` or `kscnd restart`). Transfers whose payment was lost "
    "are then paid once more. Requests that were lost do not come back. The next ones get their numbers, which the "
    "child chain has handled: these are not paid, and `make status` shows nothing of it. Pay their senders back.",
    escalation="If it is the child chain, stop all SCNs but those of one side at once: validators that signed two "
    "blocks of one height are broken or hostile. Ask the developers of the node.",
)
_SLOW = Runbook(
    symptom="Blocks come late, because rounds of consensus fail: each turn of a missing validator costs about 10 s. "
    "Transfers are late, none is lost.",
    check="`make status` shows which validators do not answer. If all do, look at the peers of each, and at the load "
    "of its machine and its disk.",
    repair="Start the missing validator: `make up`. One that was seated before it could take part has to catch up "
    "first.",
    escalation="If no validator is missing, compare the clocks and the round trip times between the machines.",
)
_AHEAD = Runbook(
    symptom="The network will have a fork that the EN does not know. The EN will stop at its block, and its pair will "
    "not vote.",
    check="`make status` names EN, fork, block and the version that is needed. Look at the announcement of the "
    "network: the day may have moved.",
    repair="Name a version that has the fork as `packages.ken` and run `make upgrade` ([Versions](versions.md)). It "
    "restarts one node at a time, pair by pair. If the EN has stopped already, run `make up`: `make upgrade` refuses "
    "while a node is not healthy.",
    escalation="If no such version can be used in time: lose this pair knowingly, while others hold the threshold.",
)


def chain_alerts(scope: Scope) -> Iterator[Alert]:
    """Yield the alerts on chains."""
    of, fresh, chain = scope.of, scope.fresh, 'chain="%s"'
    # All nodes of the stack are behind what others have. One node that catches up says nothing about the chain.
    newest = f"max by (stack, chain) ({fresh(BEST_PEER_BLOCK)})"
    catching_up = f"({newest} - {of(HEAD)} > {NEAR_BLOCKS})"
    yield Alert(
        name="BridgeChainStopped",
        severity="critical",
        hold="30s",
        expr=f"{of(HEAD_AGE)} > {HALTED_SECONDS + scope.lag:g} unless on (stack, chain) {catching_up}",
        summary="{{ $labels.stack }}: the {{ $labels.chain }} chain has stopped",
        description="The newest block of the {{ $labels.chain }} chain is {{ $value | humanizeDuration }} old. It has "
        + asked(f"max({fresh(VALIDATORS, chain)})", "chain")
        + " validators and needs "
        + asked(f"max({fresh(VALIDATORS_NEEDED, chain)})", "chain")
        + ".",
        runbook=_STOPPED,
        cause="stop two of four SCNs",
    )
    yield Alert(
        name="BridgeChainUnreadable",
        severity="critical",
        hold=scope.hold(60),
        expr=f"count by (stack, chain) ({of(NODE)}) unless on (stack, chain) {of(HEAD)}",
        summary="{{ $labels.stack }}: no node of the {{ $labels.chain }} chain reports anything",
        description="None of the {{ $value }} nodes of the {{ $labels.chain }} chain answers, or no exporter runs.",
        runbook=_UNREADABLE,
        cause="stop all nodes of the parent chain",
    )
    # The median is the value of most nodes. Where one half differs from the other, all nodes are named.
    hashes = of(CHECKPOINT_HASH)
    yield Alert(
        name="BridgeWrongFork",
        severity="critical",
        hold="1m",
        expr=f"{hashes} != on (stack, chain) group_left () quantile by (stack, chain) (0.5, {hashes})",
        summary="{{ $labels.stack }}: {{ $labels.node }} has other blocks than the {{ $labels.chain }} chain",
        description="Block "
        + asked(fresh(CHECKPOINT_BLOCK, 'node="%s"'), "node", form='printf "%.0f"')
        + f" of {{{{ $labels.node }}}} is another one than that of the other nodes. Every {CHECKPOINT}th block is "
        "compared.",
        runbook=_FORKED,
        cause="give one node a genesis file with another fork block",
    )
    made = f"{of(HEAD)} - {of(HEAD)} offset {SLOW_MINUTES}m"
    yield Alert(
        name="BridgeRoundsFailing",
        severity="warning",
        hold=f"{SLOW_MINUTES}m",
        expr=f"({made}) < {int(SLOW_MINUTES * 60 * SLOW_PART)} and on (stack, chain) {of(NETWORK)}",
        summary="{{ $labels.stack }}: the {{ $labels.chain }} chain is slow",
        description=f"The {{{{ $labels.chain }}}} chain has made {{{{ $value }}}} blocks in {SLOW_MINUTES} minutes, "
        "instead of one per second.",
        runbook=_SLOW,
        cause="stop one of four SCNs",
    )
    for fork in forks(scope.settings):
        yield from _fork_alerts(scope, fork)


def _fork_alerts(scope: Scope, fork: Fork) -> Iterator[Alert]:
    """Yield one alert per stage: from the block, at a block per second, and from the day where one is known."""
    of, moment = scope.of, fork_moment(scope.settings, fork)
    lacking = f"{scope.fresh(NODE_VERSION, EN)} < {version_number(fork.since)}"
    left = f"({fork.block} - {of(HEAD, PARENT)}) / {DAY}"
    if moment is not None:
        left = f"clamp_max({left}, ({moment} - time()) / {DAY})"
    for severity, days in FORK_DAYS:
        yield Alert(
            name="BridgeForkAhead",
            severity=severity,
            hold="15m",
            expr=f"({lacking}) * 0 + on (stack) group_left () {left} < {days}",
            summary=f"{{{{ $labels.stack }}}}: {{{{ $labels.node }}}} does not know the fork {fork.name}",
            description=f"The fork {fork.name} comes at block {fork.block}, in {{{{ $value | humanize }}}} days; "
            f"{{{{ $labels.node }}}} has a version before {fork.since} and will stop there.",
            runbook=_AHEAD,
            cause="cannot: only the public networks have such forks; the rule is tested with series alone",
            producible=False,
            labels={"fork": fork.name},
        )
