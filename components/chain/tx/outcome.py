"""What became of a transaction that was sent, from what a node shows. Pure functions.

A nonce is used once: of all transactions of a sender with the same nonce at most one is mined. Blocks are final under
Istanbul BFT, so what was mined once stays mined. A node knows a transaction by its hash while it is in its pool and
after it was mined; the pool forgets it when another one with the same nonce replaces it, when the node loses its pool,
and after 5 minutes behind a missing nonce (blockchain/tx_pool.go, v1.0.3).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

PATIENCE = 20.0
"""Seconds until a transaction that could be mined counts as stuck: a block a second, or a round change of 11 s."""

BLOCKS = 3
"""Blocks that must have been made without it as well: a higher price does not help on a halted chain."""

GRACE = 5.0
"""Seconds for which a node may be inconsistent: it counts a nonce as used a moment before it shows the receipt."""


class Case(Enum):
    """What became of a transaction."""

    MINED = auto()
    """One of its variants has a receipt: the last one sent, or an earlier one that was mined before its replacement."""
    PENDING = auto()
    """A node knows it, and it could not have been mined yet."""
    BEHIND = auto()
    """A node knows it, and it waits for an earlier nonce: the problem is with that one."""
    STUCK = auto()
    """A node knows it, its nonce is next, and blocks are made without it: it needs a higher price."""
    DROPPED = auto()
    """No node knows it, and its nonce is free: it has to be sent again, with the same nonce."""
    REPLACED = auto()
    """Its nonce is used and none of its variants has a receipt: somebody else uses the same sender."""
    UNSURE = auto()
    """It has looked like DROPPED or REPLACED for less than GRACE seconds: look again."""


@dataclass(frozen=True)
class Own:
    """A transaction of ours: one nonce, and all variants that were ever sent with it."""

    nonce: int
    hashes: tuple[str, ...]
    """The first one and its bumped variants, in the order in which they were signed."""
    sent_at: float
    """When the last variant was sent, in seconds of the clock that the looks have."""
    sent_in: int
    """The number of the last block at that time."""
    doubted_since: float | None = None
    """Since when a node has shown nothing of it, without a break."""


@dataclass(frozen=True)
class PoolView:
    """What a node shows, read in this order: counts, receipts, then what is known by hash."""

    now: float
    head: int
    """The number of the last block."""
    latest: int
    """How many transactions of the sender are mined: the lowest nonce that is free."""
    receipts: Collection[str]
    """Hashes of ours that have a receipt."""
    known: Collection[str]
    """Hashes of ours that the node knows."""


@dataclass(frozen=True)
class Verdict:
    """What became of a transaction, and which variant shows it."""

    case: Case
    hash: str | None = None
    """Of the variant that was mined or that the node knows."""


def judge(own: Own, look: PoolView) -> Verdict:
    """Return what became of a transaction of ours."""
    for variant in reversed(own.hashes):
        if variant in look.receipts:
            return Verdict(Case.MINED, variant)
    known = next((variant for variant in reversed(own.hashes) if variant in look.known), None)
    if known is None or own.nonce < look.latest:
        if own.doubted_since is None or look.now - own.doubted_since < GRACE:
            return Verdict(Case.UNSURE)
        return Verdict(Case.REPLACED if own.nonce < look.latest else Case.DROPPED)
    if own.nonce > look.latest:
        return Verdict(Case.BEHIND, known)
    waited = look.now - own.sent_at >= PATIENCE and look.head - own.sent_in >= BLOCKS
    return Verdict(Case.STUCK if waited else Case.PENDING, known)


def ahead(latest: int, pending: int, own: Collection[int]) -> list[int]:
    """Return the nonces of a sender that are sent and not mined by a killed run or by somebody else.

    They are waited for and never replaced: their purpose is unknown. `latest` and `pending` are the counts of the
    sender's transactions without and with those in the pool.
    """
    return [nonce for nonce in range(latest, pending) if nonce not in own]


def next_free(pending: int, floor: int, own: Collection[int]) -> int:
    """Return the nonce for the next transaction: the lowest that neither the node nor this run has used.

    `floor` is above all nonces that this run saw mined: the count of a node may lag.
    """
    nonce = max(pending, floor)
    while nonce in own:
        nonce += 1
    return nonce
