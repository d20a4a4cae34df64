"""Alerts on the operators of pairs: coins that run out, counts that differ, fees for nothing."""

from collections.abc import Iterator

from components.domain.limits import EARLY_DAYS, FEW_DAYS
from components.domain.units import DAY
from components.watch.alerts.alert import Alert, Runbook, Severity
from components.watch.alerts.declared import TRANSACTION
from components.watch.alerts.promql import PARENT, Scope, asked, span
from components.watch.alerts.recorded import (
    BALANCE,
    COUNTED,
    DAYS_LEFT,
    HANDLED,
    HEAD,
    HOURS,
    MINED,
    OPEN,
    REQUESTED,
    by_pair,
    by_side,
)
from components.watch.metrics.contract_series import OPERATOR_MINIMUM
from components.watch.metrics.exporter_series import (
    ANCHORING,
    ANCHORING_PERIOD,
    MAIN_BRIDGES,
    OPERATOR_NONCE_KNOWN,
)

STUCK = "10m"
"""So long a counted transaction may stay unmined."""
WASTED = 3
"""Transactions of an operator in a window that nothing explains."""

_CHILD = 'source="child"'
_BOTH = ("pair", "chain")
_WHO = ('pair="%s"', 'chain="%s"')
_OPERATOR = ('operator="%s"', 'chain="%s"')

_DRY = Runbook(
    symptom="The coins of a pair's operator on the parent chain run out. Then the pair neither votes nor anchors, and "
    "says nothing.",
    check="`make status` shows the balance and how long it lasts. Does it spend more than the output `fees` expects? "
    "See `BridgeRecoveryBurningFees`.",
    repair="Send coins to the operator's address. Or run `make refresh`, then `make up`: it fills up operators that "
    "hold less than half of `bridge.operatorBalance`, from the owner.",
    escalation="If the owner is out of coins too, `make up` names address and amount; ask whoever keeps them.",
)
_CANNOT = Runbook(
    symptom="The operator holds less than the gas limit of a transaction times the price that its node offers. The "
    "pool of the parent chain takes none of its transactions: the pair does not vote, whatever a vote costs.",
    check="`make status` shows the balance. The limit is `bridge.operatorGasLimit`, the price 750 gkei.",
    repair="Send coins to the operator now, or run `make refresh`, then `make up`. Its SCN sends what waits.",
    escalation="If no coins are to be had, lower `bridge.operatorGasLimit` (500000 is the least) and run `make up`: "
    "it restarts the SCNs.",
)
_LOW = Runbook(
    symptom="An operator holds less than the settings say.",
    check="`make status` shows balance and minimum.",
    repair="`make refresh`, then `make up`, which fills it up from the owner. On a chain that others run it asks for "
    "missing coins first.",
    escalation="See `BridgeOperatorRunningDry` for how long it lasts.",
)
_GAP = Runbook(
    symptom="The SCN does not know how many transactions its operator has sent, or counts fewer than are mined. Each "
    "vote that it signs is refused, and it votes no more until a restart.",
    check="Was the operator's key used elsewhere: another node, a script, a wallet? Was the EN behind, or rewound, "
    "when the SCN connected?",
    repair="Bring the EN in sync, then restart the SCN: it asks for the number again.",
    escalation="If it comes back, somebody else sends with this key. Take the pair out of `pairs`, and use another "
    "SCN: the operators belong to the SCN.",
)
_STUCK = Runbook(
    symptom="The SCN has sent transactions that are not mined: a later one waits for an earlier one that the chain "
    "does not have.",
    check="Does the operator have coins? Is the EN connected to its chain? What does the pool of the EN say "
    "(`txpool.status`)?",
    repair="Give it coins, or repair the EN. If the EN has lost them, restart the SCN: it sends its transactions "
    "again.",
    escalation="If it stays, take a copy of `bridge_transactions.rlp` in the SCN's data folder before anything else.",
)
_BURNING = Runbook(
    symptom="The operator pays for transactions and no request becomes handled. With too few votes, each recovery "
    "check sends a paid transaction for each open request.",
    check="Can as many pairs vote as the threshold says? Is there a request that can never be paid "
    "(`BridgeRequestNeverPaid`, `make refresh`)?",
    repair="Bring the missing pairs back. If that takes days, stop the SCNs that vote in vain, or raise "
    "`recovery.interval` and run `make up`.",
    escalation="If enough pairs vote and every request can be paid, keep the hashes of some of these transactions: "
    "their receipts say why they revert.",
)


def operator_alerts(scope: Scope) -> Iterator[Alert]:
    """Yield the alerts on operators."""
    of = scope.of
    who = "the operator of {{ $labels.pair }} on the {{ $labels.chain }} chain"
    stages: tuple[tuple[Severity, float], ...] = (("warning", EARLY_DAYS), ("critical", FEW_DAYS))
    for severity, days in stages:
        yield Alert(
            name="BridgeOperatorRunningDry",
            severity=severity,
            hold="15m",
            expr=f"{of(DAYS_LEFT)} < {days:g}",
            summary=f"{{{{ $labels.stack }}}}: {who} runs dry",
            description=f"The coins of {who} last for {{{{ $value | humanize }}}} days: it holds "
            + asked(of(BALANCE, *_WHO), "pair", "chain")
            + f". What it spent in the last {HOURS} hours counts, or what the settings expect if that is more.",
            runbook=_DRY,
            cause="take coins from a parent operator",
        )
    yield Alert(
        name="BridgeOperatorCannotPay",
        severity="critical",
        hold="2m",
        expr=f"{of(BALANCE)} < on (stack, chain) group_left () {of(TRANSACTION)}",
        summary=f"{{{{ $labels.stack }}}}: {who} cannot pay a transaction",
        description=f"{{{{ $value }}}} coins are left to {who}, and its node's pool asks for "
        + asked(of(TRANSACTION))
        + ".",
        runbook=_CANNOT,
        cause="take nearly all coins from a parent operator",
    )
    minimum = f"max by (stack, pair, chain) ({by_pair(scope.seen(OPERATOR_MINIMUM))})"
    yield Alert(
        name="BridgeOperatorBalanceLow",
        severity="warning",
        hold="15m",
        expr=f"{of(BALANCE)} < {minimum}",
        summary=f"{{{{ $labels.stack }}}}: {who} holds little",
        description=f"{{{{ $value }}}} coins are left to {who}, and its minimum is "
        + asked(f"max({scope.seen(OPERATOR_MINIMUM, *_OPERATOR)})", "pair", "chain")
        + ".",
        runbook=_LOW,
        cause="take more than half of the coins from an operator",
    )
    yield from _count_alerts(scope, who)
    yield _burning(scope)


def _count_alerts(scope: Scope, who: str) -> Iterator[Alert]:
    of, fresh = scope.of, scope.fresh
    # What is mined is read on another node: a moment ago the SCN had counted it already.
    lagging = f"{of(MINED)} offset {scope.skew} > {of(COUNTED)}"
    unknown = f"{by_side(fresh(OPERATOR_NONCE_KNOWN))} == 0 and on (stack, node) {fresh(MAIN_BRIDGES)} == 1"
    yield Alert(
        name="BridgeOperatorNonceGap",
        severity="warning",
        hold="2m",
        expr=f"max by (stack, pair, chain) (\n  {lagging}\n  or {unknown}\n)",
        summary=f"{{{{ $labels.stack }}}}: the SCN of {{{{ $labels.pair }}}} counts {who} wrong",
        description=f"{asked(of(MINED, *_WHO), *_BOTH)} transactions of {who} are mined, and its SCN counts "
        f"{asked(of(COUNTED, *_WHO), *_BOTH)}. " + scope.power,
        runbook=_GAP,
        cause="send transactions with the key of an operator from elsewhere",
    )
    still = f"changes({of(COUNTED)}[{STUCK}]) == 0 and changes({of(MINED)}[{STUCK}]) == 0"
    yield Alert(
        name="BridgeOperatorStuck",
        severity="warning",
        hold="5m",
        expr=f"{of(COUNTED)} - {of(MINED)} > 0 and {still}",
        summary=f"{{{{ $labels.stack }}}}: transactions of {who} are stuck",
        description=f"{{{{ $value }}}} transactions of {who} are not mined, and nothing has moved for {STUCK}.",
        runbook=_STUCK,
        cause="hang an EN (SIGSTOP) after votes were sent, or take the coins from its operator",
    )


def _burning(scope: Scope) -> Alert:
    of = scope.of
    window = burning_window(scope.settings.recovery.interval)
    anchored = f"max_over_time({scope.fresh(ANCHORING)}[{window}]) == 1"
    period = f"max by (stack, pair) ({scope.fresh(ANCHORING_PERIOD)} and {anchored})"
    blocks = _risen(of(HEAD, 'chain="child"'), window)
    sent = _risen(of(MINED, PARENT), window)
    anchors = f"({sent} - on (stack, pair) group_left () ({blocks} / on (stack) group_right () {period}))"
    own = f"({anchors} or {sent})"
    asked_for = _risen(of(REQUESTED, _CHILD), window)
    vain = f"{of(OPEN, _CHILD)} > 0 and changes({of(HANDLED, _CHILD)}[{window}]) == 0"
    return Alert(
        name="BridgeRecoveryBurningFees",
        severity="warning",
        hold="5m",
        expr=f"{own} - on (stack) group_left () ({asked_for}) >= {WASTED}\n  and on (stack) ({vain})",
        summary="{{ $labels.stack }}: the operator of {{ $labels.pair }} pays for votes in vain",
        description=f"Of the transactions that the operator of {{{{ $labels.pair }}}} has paid in {window}, "
        "{{ $value | humanize }} are neither anchors nor first votes, and nothing was handled.",
        runbook=_BURNING,
        cause="raise the threshold of a contract above the pairs that vote, and request a transfer",
    )


def burning_window(interval: int) -> str:
    """Return over which time votes in vain are counted: several recovery checks, one in two of which sends."""
    seconds = max(15 * 60, 4 * WASTED * interval)
    return span(min(-(-seconds // 60) * 60, DAY))


def _risen(series: str, window: str) -> str:
    return f"({series} - {series} offset {window})"
