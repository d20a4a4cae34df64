"""Who makes the blocks of a ServiceChain: what vote it takes to let a validator in or out. Pure functions.

Genesis names the first validators. Later ones come and go by a vote in a block: with the governance mode "none", which
is that of our genesis, one vote of any validator is enough (node-behaviour 7).
"""

from collections.abc import Collection
from dataclasses import dataclass

from components.chain.plan import Refused

BFT_SIZE = 4
"""Validators from which on not all of them have to agree."""


@dataclass(frozen=True)
class Vote:
    """One vote of a validator, and in words what it is for."""

    key: str
    address: str
    annotation: str


def quorum(size: int) -> int:
    """Return how many of so many validators have to agree on a block (RequiredMessageCount in Istanbul's core)."""
    return size if size < BFT_SIZE else -(-2 * size // 3)


def let_in(council: Collection[str], living: Collection[str], address: str) -> list[Vote]:
    """Make an address a validator. All addresses are in lower case; `living` are those that can be reached.

    Validators talk to validators only, so a node cannot catch up with the chain before it is one: until then it
    counts for the quorum and is as good as dead. One or two validators have to wait for it, and four or more do not
    while all are alive. Raises Refused when too many are not.
    """
    if address in council:
        return []
    alive = [one for one in council if one in living]
    if len(alive) < len(council) and len(alive) < quorum(len(council) + 1):
        what = f"{address} cannot become a validator"
        raise Refused(_too_few(what, [*council, address], alive))
    return [Vote("governance.addvalidator", address, f"make {address} a validator")]


def vote_out(council: Collection[str], living: Collection[str], first: Collection[str], address: str) -> list[Vote]:
    """Take the seat of a validator away. `first` are the validators of the first block.

    Raises Refused for the last one, when those that stay are too few to go on, and when none of the first would stay:
    a node that begins with an empty chain knows no other validators, and would talk to nobody.
    """
    if address not in council:
        return []
    what = f"validator {address} cannot be voted out"
    staying = [one for one in council if one != address]
    if not staying:
        msg = f"{what}: it is the last one of its chain; destroy the chain instead"
        raise Refused(msg)
    alive = [one for one in staying if one in living]
    if len(alive) < quorum(len(staying)):
        raise Refused(_too_few(what, staying, alive))
    if address in first and not {*first} & {*staying}:
        msg = (
            f"{what}: it is the last one of those in the genesis block, and a node that begins with an empty chain "
            "talks to these only, so no node could join or be made again; keep this SCN in serviceChain.nodes"
        )
        raise Refused(msg)
    return [Vote("governance.removevalidator", address, f"take the seat of validator {address} away")]


def _too_few(what: str, council: Collection[str], alive: Collection[str]) -> str:
    needed, dead = quorum(len(council)), sorted({*council} - {*alive})
    return (
        f"{what}: of {len(council)} validators {needed} have to agree on a block, and {len(alive)} would be able to, "
        f"so the child chain would stop; not to be reached: {', '.join(dead)}; bring back what is dead, or take it "
        "out of serviceChain.nodes in a run of its own, first"
    )
