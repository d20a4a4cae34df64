"""Alerts on the bridge contracts: stopped, short of coins or tokens, changed by somebody else."""

from collections.abc import Iterator

from components.watch.alerts.alert import Alert, Runbook
from components.watch.alerts.promql import Scope, asked
from components.watch.metrics.contract_series import (
    BALANCE,
    COINS_LOCKED,
    CONFIGURATION_THRESHOLD,
    FEES_AS_DECLARED,
    MINIMUM,
    MINTS,
    OPERATOR_REGISTERED,
    OWNER_AS_DECLARED,
    RUNNING,
    THRESHOLD,
    THRESHOLDS_AS_DECLARED,
    TOKEN_BALANCE,
    TOKEN_LOCKED,
    TOKEN_REGISTERED,
    UNEXPECTED_OPERATORS,
)

USED_UP = 0.1
"""Tokens are short if less than this part of the most that a contract held is left."""
MOST_OVER = "7d"

_STOPPED = Runbook(
    symptom="The contract takes no requests, or none of coins. What was requested before is still paid.",
    check="`make status` says which of the two. Only the owner of the contract can do it (`start(false)`, "
    "`lockKLAY()`): was it meant?",
    repair="The owner calls `start(true)` or `unlockKLAY()`.",
    escalation="If nobody of yours did it, somebody else has the owner's key: see `BridgeOwnerChanged`.",
)
_TOKEN = Runbook(
    symptom="Requests of this token are refused, or it has another counterpart than declared.",
    check="`make status` says which. A token whose removal has begun is locked on purpose.",
    repair="Locked: its owner calls `unlockToken`. Not registered, or with another counterpart: `make refresh`, then "
    "`make up`, which registers it.",
    escalation="A counterpart that somebody else has set pays another token out: stop requests of it (`lockToken`) "
    "first.",
)
_COINS = Runbook(
    symptom="The contract holds fewer coins than the settings say. Transfers to this chain that ask for more than it "
    "holds wait.",
    check="`make status` shows what both contracts hold. Coins that left this side are in the contract of the other "
    "one.",
    repair="`make refresh`, then `make up`, which fills it up from the owner. Or send coins to it with "
    "`chargeWithoutEvent()`.",
    escalation="If it sinks faster than users transfer, look at the last payments: are there requests for all of them?",
)
_TOKENS = Runbook(
    symptom=f"Of a token that neither contract mints, less than {USED_UP:.0%} is left of what the contract held in the "
    "last days. Transfers of it to this chain will wait.",
    check="`make status` shows what both contracts hold of it.",
    repair="Transfer tokens to the contract.",
    escalation="If it sinks faster than users transfer, look at the last payments: are there requests for all of them?",
)
_OPERATORS = Runbook(
    symptom="The contract has an operator that belongs to no pair, or lacks that of a pair. A foreign one votes for "
    "whatever it likes; as many as the threshold pay everything out.",
    check="Is an `up` running that adds or removes a pair? `make refresh` lists the operators; the output "
    "`otherOperators` has those that were known.",
    repair="`make refresh`, then `make up`: it registers those of the pairs, and removes others from contracts that "
    "the stack deployed.",
    escalation="Only the owner can register. If nobody of yours did it, somebody has the owner's key: stop the SCNs "
    "of all pairs, then move the ownership ([Owner keys](owner-keys.md)).",
)
_THRESHOLDS = Runbook(
    symptom="A transfer, or a change of fees, needs another number of votes than declared. Lower: fewer hostile "
    "operators are enough. Higher: fewer lost pairs stop transfers.",
    check="Is an `up` running that changes it? `make status` shows the numbers.",
    repair="`make refresh`, then `make up`, which sets them again.",
    escalation="Only the owner can set them. If nobody of yours did it: see `BridgeOwnerChanged`.",
)
_OWNER = Runbook(
    symptom="The contract belongs to somebody else. Whoever owns it can register operators and pay everything out.",
    check="Was the ownership moved on purpose, and the settings not changed? See `owner` in the outputs, and the last "
    "`OwnershipTransferred` event.",
    repair="If it was on purpose, put the new key into the settings ([Owner keys](owner-keys.md)) and run `make up`.",
    escalation="If not, stop the SCNs of all pairs at once: without votes nothing is paid. Then find out how the key "
    "got away. `up` sends nothing to a contract that it does not own.",
)
_FEES = Runbook(
    symptom="Fees of transfers, or who receives them, differ from what was accepted.",
    check="`make refresh` shows what is charged. Fees are set by votes of operators, which have a threshold of their "
    "own: with 1, one operator alone can set them. The receiver is set by the owner.",
    repair="Have the operators vote for the former fees; `make refresh` prints the calls. The receiver is set back by "
    "the owner. No setting accepts other fees: each `up` reports them until they are as before.",
    escalation="If one operator set them alone, its SCN is not yours any more: take its pair out, and raise "
    "`bridge.threshold`, which is also the threshold of fees.",
)


def contract_alerts(scope: Scope) -> Iterator[Alert]:
    """Yield the alerts on contracts. Values of one chain come from all of its nodes that are in sync."""
    yield from _service_alerts(scope)
    yield from _money_alerts(scope)
    yield from _change_alerts(scope)


def _of_chain(operation: str, expr: str, *more: str) -> str:
    return f"{operation} by ({', '.join(['stack', 'chain', *more])}) ({expr})"


def _service_alerts(scope: Scope) -> Iterator[Alert]:
    seen = scope.seen
    stopped, locked = _of_chain("min", seen(RUNNING)), _of_chain("max", seen(COINS_LOCKED))
    yield Alert(
        name="BridgeContractStopped",
        severity="critical",
        hold="2m",
        expr=f"{stopped} == 0 or {locked} == 1",
        summary="{{ $labels.stack }}: the contract on the {{ $labels.chain }} chain takes no requests",
        description="The bridge contract on the {{ $labels.chain }} chain is stopped, or its coins are locked.",
        runbook=_STOPPED,
        cause="call lockKLAY() with the owner's key",
    )
    closed, known = _of_chain("max", seen(TOKEN_LOCKED), "token"), _of_chain("min", seen(TOKEN_REGISTERED), "token")
    yield Alert(
        name="BridgeTokenStopped",
        severity="warning",
        hold="5m",
        expr=f"{closed} == 1 or {known} == 0",
        summary="{{ $labels.stack }}: {{ $labels.token }} cannot be transferred from the {{ $labels.chain }} chain",
        description="The token {{ $labels.token }} is locked on the {{ $labels.chain }} chain, or is not registered "
        "with its counterpart.",
        runbook=_TOKEN,
        cause="call lockToken() with the owner's key",
    )


def _money_alerts(scope: Scope) -> Iterator[Alert]:
    of, seen, chain = scope.of, scope.seen, 'chain="%s"'
    yield Alert(
        name="BridgeLiquidityLow",
        severity="warning",
        hold="5m",
        expr=f"{_of_chain('min', seen(BALANCE))} < {_of_chain('max', seen(MINIMUM))}",
        summary="{{ $labels.stack }}: the contract on the {{ $labels.chain }} chain holds few coins",
        description="The bridge contract on the {{ $labels.chain }} chain holds {{ $value }} coins; its minimum is "
        + asked(f"max({seen(MINIMUM, chain)})", "chain")
        + ".",
        runbook=_COINS,
        cause="transfer more than half of its coins to the other chain",
    )
    # Where one of the contracts mints, the other one holds what it takes to pay all that was minted.
    held, most = seen(TOKEN_BALANCE), f"max_over_time({of(TOKEN_BALANCE)}[{MOST_OVER}])"
    mints = f"max by (stack) ({seen(MINTS)}) == 0"
    yield Alert(
        name="BridgeTokenLiquidityLow",
        severity="warning",
        hold="15m",
        expr=f"{_of_chain('min', held, 'token')} < {USED_UP} * {_of_chain('max', most, 'token')}\n"
        f"  and on (stack) ({mints})",
        summary="{{ $labels.stack }}: few {{ $labels.token }} are left on the {{ $labels.chain }} chain",
        description="The bridge contract on the {{ $labels.chain }} chain holds {{ $value }} of {{ $labels.token }}.",
        runbook=_TOKENS,
        cause="transfer most tokens away from a contract that does not mint",
    )


def _change_alerts(scope: Scope) -> Iterator[Alert]:
    seen, chain = scope.seen, 'chain="%s"'
    foreign = _of_chain("max", seen(UNEXPECTED_OPERATORS))
    lacking = _of_chain("min", seen(OPERATOR_REGISTERED), "operator")
    yield Alert(
        name="BridgeOperatorsChanged",
        severity="critical",
        hold="5m",
        expr=f"{foreign} > 0 or {lacking} == 0",
        summary="{{ $labels.stack }}: somebody has changed the operators on the {{ $labels.chain }} chain",
        description="{{ if $labels.operator }}The operator of {{ $labels.operator }} is not registered{{ else }}{{ "
        "$value }} operators of nobody's pair are registered{{ end }} in the bridge contract on the {{ $labels.chain "
        "}} chain.",
        runbook=_OPERATORS,
        cause="call registerOperator() with the owner's key",
    )
    yield Alert(
        name="BridgeThresholdsChanged",
        severity="critical",
        hold="5m",
        expr=f"{_of_chain('min', seen(THRESHOLDS_AS_DECLARED))} == 0",
        summary="{{ $labels.stack }}: somebody has changed a threshold on the {{ $labels.chain }} chain",
        description="On the {{ $labels.chain }} chain a transfer needs "
        + asked(f"max({seen(THRESHOLD, chain)})", "chain")
        + " votes and a change of fees "
        + asked(f"max({seen(CONFIGURATION_THRESHOLD, chain)})", "chain")
        + ", which is not what is declared.",
        runbook=_THRESHOLDS,
        cause="call setOperatorThreshold() with the owner's key",
    )
    yield Alert(
        name="BridgeOwnerChanged",
        severity="critical",
        hold="1m",
        expr=f"{_of_chain('min', seen(OWNER_AS_DECLARED))} == 0",
        summary="{{ $labels.stack }}: the contract on the {{ $labels.chain }} chain belongs to somebody else",
        description="The owner of the bridge contract on the {{ $labels.chain }} chain is not the declared one.",
        runbook=_OWNER,
        cause="call transferOwnership() with the owner's key",
    )
    yield Alert(
        name="BridgeFeesChanged",
        severity="warning",
        hold="5m",
        expr=f"{_of_chain('min', seen(FEES_AS_DECLARED))} == 0",
        summary="{{ $labels.stack }}: the fees on the {{ $labels.chain }} chain have changed",
        description="Fees of transfers from the {{ $labels.chain }} chain, or their receiver, are not as accepted.",
        runbook=_FEES,
        cause="have operators vote for another fee (subbridge.setKLAYFee)",
    )
