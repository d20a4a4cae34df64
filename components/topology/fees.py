"""The expected fees of a bridge's operators on the parent chain. Pure.

They are the price of high availability: each pair that anchors pays for the same blocks, and each pair votes on every
transfer, even if its vote comes too late, reverts and is paid for anyway. On the child chain gas is free, and the user
who requests a transfer pays for the request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from components.domain.gas import (
    ANCHOR,
    CHILD_BLOCKS_PER_DAY,
    DECIDING_VOTE,
    HIGHEST_BASE_FEE,
    LATE_VOTE,
    LOWEST_BASE_FEE,
    VOTE,
)
from components.domain.units import GKEI, PEB
from components.settings.model import Settings


@dataclass(frozen=True)
class OperatorFees:
    """What operators pay, in peb."""

    price: int
    """Of gas, in peb."""
    anchoring: Mapping[str, int]
    """Keyed by pair; 0 for a pair that does not anchor."""
    handling: int
    """Votes that count."""
    late: int
    """Votes that come too late."""

    @property
    def per_pair(self) -> dict[str, int]:
        """Return the fees of each pair. Who votes first is random, so the votes are divided evenly."""
        votes = (self.handling + self.late) // len(self.anchoring)
        return {name: paid + votes for name, paid in self.anchoring.items()}

    @property
    def total(self) -> int:
        """Return the fees of all pairs."""
        return sum(self.anchoring.values()) + self.handling + self.late


def price_of(settings: Settings) -> int:
    """Return what operators pay for gas on the parent chain (peb)."""
    chain, given = settings.parent_chain, settings.fees.gas_price
    if given is None:
        given = min(LOWEST_BASE_FEE, chain.unit_price) if chain.ours else HIGHEST_BASE_FEE
    return given * GKEI


def offered(settings: Settings) -> int:
    """Return what a node offers for an operator's gas on the parent chain (peb): 0 only if gas is known to be free.

    It is the upper bound of the base fee if there is one, whatever price is paid in the end.
    """
    given = settings.fees.gas_price
    if given == 0 or (settings.parent_chain.ours and settings.parent_chain.unit_price == 0):
        return 0
    return max(HIGHEST_BASE_FEE, given or 0) * GKEI


def expected(settings: Settings, blocks: int, transfers: int) -> OperatorFees:
    """Return the fees for a number of child chain blocks and of transfers to the parent chain."""
    pairs, threshold, price = settings.pairs, settings.bridge.threshold, price_of(settings)
    periods = {pair.name: settings.anchoring_of(pair) for pair in pairs}
    return OperatorFees(
        price=price,
        anchoring={name: blocks * ANCHOR * price // one.period if one.enabled else 0 for name, one in periods.items()},
        handling=transfers * ((threshold - 1) * VOTE + DECIDING_VOTE) * price,
        late=transfers * (len(pairs) - threshold) * LATE_VOTE * price,
    )


def per_day(settings: Settings) -> OperatorFees:
    """Return the fees per day with the expected number of transfers."""
    return expected(settings, CHILD_BLOCKS_PER_DAY, settings.fees.transfers_per_day)


def coins(amount: int) -> str:
    """Return an amount of peb in coins, rounded up to four digits."""
    return f"{(Decimal(amount) / PEB).quantize(Decimal('0.0001'), ROUND_UP):f}"


def shown(settings: Settings) -> dict[str, object]:
    """Return the fees per day for the outputs: coins as text, and the formula."""
    fees = per_day(settings)
    return {
        "perDay": coins(fees.total),
        "perPair": {name: coins(amount) for name, amount in fees.per_pair.items()},
        "anchoring": coins(sum(fees.anchoring.values())),
        "handling": coins(fees.handling),
        "lateVotes": coins(fees.late),
        "formula": formula(settings),
    }


def formula(settings: Settings) -> str:
    """Return in words how the fees per day are calculated."""
    price = price_of(settings) // GKEI
    pairs, threshold, transfers = len(settings.pairs), settings.bridge.threshold, settings.fees.transfers_per_day
    anchoring = [settings.anchoring_of(pair) for pair in settings.pairs]
    periods = sorted({one.period for one in anchoring if one.enabled})
    count = sum(one.enabled for one in anchoring)
    period = " or ".join(map(str, periods))
    of = f"{CHILD_BLOCKS_PER_DAY} blocks / period {period} x {ANCHOR} gas x {count} of {pairs} pairs"
    return (
        f"anchoring: {of if count else 'off'}; transfers to the parent chain: {transfers} x ({threshold - 1} votes x "
        f"{VOTE} gas + the deciding vote of {DECIDING_VOTE} gas + {pairs - threshold} late votes x {LATE_VOTE} gas); "
        f"all x {price} gkei. Transfers to the child chain cost nothing there"
    )
