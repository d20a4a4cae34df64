"""What a transaction pays for gas: at first, and when it is stuck. Pure functions; all prices in peb.

The pool of v1.0.3 (blockchain/tx_pool.go, tx_list.go) has two regimes. Since the Magma fork the price has to be at
least the base fee, and a pending transaction is replaced by any of the same nonce with a higher price; its setting
PriceBump is ignored. Before Magma the price has to equal the unit price, and nothing is replaced. Between the forks
Magma and Kaia the sender pays the base fee and not the price (state_transition.go), so a bump may cost nothing at all.
"""

from components.domain.units import GKEI

BUMP_PERCENT = 10
"""What other nodes of this family ask of a replacement at least."""

DEFAULT_FACTOR = 2
"""Without bridge.maxGasPrice: how many times the node's first suggestion may be paid."""

LEAST_LIMIT = GKEI
"""Without bridge.maxGasPrice: where gas is free a replacement has to offer something all the same."""


def limit(configured: int | None, suggestion: int) -> int:
    """Return the highest price that is ever paid: as configured, or by what the node suggests when a batch begins."""
    return max(DEFAULT_FACTOR * suggestion, LEAST_LIMIT) if configured is None else configured


def first(suggestion: int, most: int) -> int:
    """Return the first price to offer. The suggestion has a margin over the base fee, so less may be enough."""
    return min(suggestion, most)


def bumped(offered: int, suggestion: int, most: int) -> int | None:
    """Return what to offer instead of a price that was not enough, or None where that is above the limit."""
    least = max(offered + 1, -(-offered * (100 + BUMP_PERCENT) // 100))
    return None if least > most else min(max(least, suggestion), most)


def gkei(price: int) -> str:
    """Return a price for messages."""
    return f"{price / GKEI:.9f}".rstrip("0").rstrip(".") + " gkei"
