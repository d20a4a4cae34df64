"""Cases of the alerts on transfers."""

from components.watch.metrics import contract_series as contract
from tests.unit.watch.alerts.cases.case import critical, requested, warning
from tests.unit.watch.alerts.world import REQUESTS, Change, change


def answered_late(chain: str) -> tuple[Change, ...]:
    """Return requests of which none is open for long: the newest one is always half a minute old."""
    return *requested(chain), change(contract.RECENT_TIME, lambda _, __, now: now - 30, chain=chain, back="0")


TRANSFERS = (
    critical(
        "BridgeTransfersStopped",
        calm=answered_late("child"),
        bad=requested("child"),
        where=({"source": "child"},),
    ),
    critical(  # the newest requests hide the oldest open one
        "BridgeTransfersStopped",
        calm=(change(contract.REQUESTED, REQUESTS["parent"], chain="parent"),),
        bad=(
            change(contract.REQUESTED, REQUESTS["parent"] + 20, chain="parent"),
            change(contract.RECENT_NONCE, lambda value, *_: value + 20, chain="parent"),
            change(contract.RECENT_TIME, lambda _, __, now: now, chain="parent"),
        ),
        where=({"source": "parent"},),
    ),
    warning(
        "BridgeRequestUnfunded",
        calm=answered_late("child"),
        bad=requested("child", amount=1001),
        where=({"source": "child", "asset": "coins"},),
    ),
    warning(
        "BridgeRequestNeverPaid",
        calm=(change(contract.HANDLED, lambda _, since, __: since // 60, chain="parent"),),
        bad=(change(contract.HANDLED, REQUESTS["child"] - 2, chain="parent"),),
        where=({"source": "child"},),
        takes=24,
    ),
)
