"""Alerts on transfers: they stop, cannot be funded, or can never be paid.

Their measure is the age of the oldest open request, not a counter: a bridge that nobody uses makes no progress either.
"""

from collections.abc import Iterator

from components.domain.limits import STALLED
from components.watch.alerts.alert import Alert, Runbook
from components.watch.alerts.promql import Scope, asked
from components.watch.alerts.recorded import FUNDS, HANDLED, HIGHEST, OLDEST, OPEN, UNFUNDED

PASSED_OVER = "15m"
"""For so long a request has to be the lowest open one, while later ones are paid."""

_STOPPED = Runbook(
    symptom="A request that the bridge could pay is open for more than a minute. Transfers of this direction wait.",
    check="In this order: do both chains make blocks, can enough pairs vote, do the SCNs serve the contracts, can the "
    "operators pay gas? `make trace TX=0x…` shows the votes for one request. One request to a contract that refuses "
    "coins looks the same until a later request passes it: `make trace` says so.",
    repair="Remove the cause: the alerts about pairs and operators name it. Requests are then handled in order, none "
    "is lost.",
    escalation="If all pairs are able and no vote comes, restart the SCNs one after the other. If votes come and "
    "nothing is paid, compare the threshold of the contract with the operators that vote.",
)
_UNFUNDED = Runbook(
    symptom="A request asks for more than the contract that has to pay it holds, or for a token that it does not "
    "know. It stays open; smaller ones are paid.",
    check="`make status` shows what the contracts hold. `make trace TX=0x…` shows the request: who wants how much.",
    repair="Coins: send them to the contract with `chargeWithoutEvent()`, or raise `bridge.liquidity` and run `make "
    "up`. Tokens: transfer them to the contract, or give it the right to mint. Votes for it then come with the next "
    "recovery check.",
    escalation="Anybody can request more than there is. If it is not meant, tell the sender that it waits permanently: "
    "a request cannot be withdrawn.",
)
_NEVER = Runbook(
    symptom="One request is not paid while later ones are: its recipient refuses coins, or lacks what a token needs. "
    "It stays open permanently and holds the counter of handled requests; transfers go on. Each operator pays for a "
    "transaction that reverts at every recovery check.",
    check="`make refresh` simulates the payment and reports the request with nonce, recipient, amount and reason.",
    repair="Make the recipient accept coins, if it is known who it is. Otherwise raise `recovery.interval` and run "
    "`make up`, which restarts the SCNs: each check costs the same, but there are fewer.",
    escalation="Anybody can do this with 1 peb. If many such requests come, ask who sends them; a fee on requests "
    "makes it expensive.",
)


def transfer_alerts(scope: Scope) -> Iterator[Alert]:
    """Yield the alerts on transfers."""
    of = scope.of
    source = 'source="%s"'
    yield Alert(
        name="BridgeTransfersStopped",
        severity="critical",
        hold="1m",
        expr=f"{of(OLDEST)} > {STALLED + scope.lag:g}",
        summary="{{ $labels.stack }}: transfers from the {{ $labels.source }} chain have stopped",
        description="The oldest request from the {{ $labels.source }} chain that could be paid is open for "
        "{{ $value | humanizeDuration }}; " + asked(of(OPEN, source), "source") + " requests are open. " + scope.power,
        runbook=_STOPPED,
        cause="kill enough ENs, and request a transfer",
    )
    yield Alert(
        name="BridgeRequestUnfunded",
        severity="warning",
        hold="2m",
        expr=f"{of(UNFUNDED)} > 0",
        summary="{{ $labels.stack }}: a request from the {{ $labels.source }} chain is not funded",
        description="A request from the {{ $labels.source }} chain asks for {{ $value }} of {{ $labels.asset }}, and "
        "the contract that has to pay it holds " + asked(of(FUNDS, source, 'asset="%s"'), "source", "asset") + ".",
        runbook=_UNFUNDED,
        cause="request more coins than the other contract holds",
    )
    yield Alert(
        name="BridgeRequestNeverPaid",
        severity="warning",
        hold="5m",
        expr=f"{of(HANDLED)} and {of(HIGHEST)} > {of(HANDLED)} and changes({of(HANDLED)}[{PASSED_OVER}]) == 0",
        summary="{{ $labels.stack }}: request {{ $value }} from the {{ $labels.source }} chain is never paid",
        description="Request {{ $value }} from the {{ $labels.source }} chain is open, and requests up to "
        + asked(of(HIGHEST, source), "source")
        + " are paid.",
        runbook=_NEVER,
        cause="request a transfer to a contract that refuses coins, then another one",
    )
