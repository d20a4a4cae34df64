"""What became of a transaction that was sent, told from what a node shows. Pure functions.

A nonce is used once: of all transactions of a sender with the same nonce one is mined at most. Blocks are final under
Istanbul BFT, so what was mined once stays mined. A node knows a transaction by its hash while it is in its pool and
after it was mined; the pool forgets it when another one with the same nonce takes its place, when the node loses its
pool, and after 5 minutes behind a missing nonce (blockchain/tx_pool.go, v1.0.3).
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

PATIENCE = 20.0
"""Seconds until a transaction that could be mined counts as stuck: a block a second, or a round change of 11 s."""

BLOCKS = 3
"""Blocks that have to have passed it by as well: a dearer transaction does not help on a chain that stands still."""

GRACE = 5.0
"""Seconds for which a node may contradict itself: it counts a nonce as used a moment before it shows the receipt."""


class Case(Enum):
    """What became of a transaction."""

    MINED = auto()
    """One of its variants has a receipt: the last one sent, or an earlier one that a bump came too late for."""
    PENDING = auto()
    """A node knows it, and it had no fair chance of being mined yet."""
    BEHIND = auto()
    """A node knows it, and it waits for an earlier nonce: whatever holds that one has to be looked after, not this."""
    STUCK = auto()
    """A node knows it, its turn has come, and block after block passes it by: it needs a higher price."""
    DROPPED = auto()
    """No node knows it, and its nonce is free: it has to be sent again, with the same nonce."""
    REPLACED = auto()
    """Its nonce is used and none of its variants has a receipt: somebody else uses the same sender."""
    UNSURE = auto()
    """What looks like DROPPED or REPLACED does so for less than GRACE: look again."""


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
    """Return the nonces of a sender that are sent, not mined, and not of this run: of a killed one, or of somebody.

    They are waited for and never replaced: nobody here knows what they are for. `latest` and `pending` are the counts
    of the sender's transactions without and with those in the pool.
    """
    return [nonce for nonce in range(latest, pending) if nonce not in own]


def next_free(pending: int, floor: int, own: Collection[int]) -> int:
    """Return the nonce for the next transaction: the lowest that neither the node nor this run has given away.

    `floor` is above all nonces that this run saw mined: a node may count late.
    """
    nonce = max(pending, floor)
    while nonce in own:
        nonce += 1
    return nonce
