"""Forks of the public networks, from which block on an EN has to know them and since which version, and of our chains.

A node that does not know a fork stops at its block. A new fork is added to FORKS, with the source of each fact; users
can add one without a release (`packages.forks`). docs/versions.md has the same table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal

from components.domain.networks import PublicNetwork
from components.domain.units import DAY
from components.domain.versions import at_least

NOTICE_DAYS: Final = 30
"""So many days before its expected date a fork is close. Kairos gives about 14 days of notice, mainnet about 28."""

Stage = Literal["past", "soon", "later"]


@dataclass(frozen=True)
class Fork:
    """A fork of a public network."""

    network: PublicNetwork
    name: str
    block: int
    """The first block that follows the new rules."""
    expected: date | None
    """The announced day of that block, in UTC; None if it is not known."""
    since: str
    """The first version of the node that has this fork at this block."""
    source: str
    """Where block, day and version are from."""
    stated: date | None = None
    """The day of the source, or the one on which it was read if it has none."""
    note: str = ""
    """What else a user has to know about it."""


FORKS: Final[Sequence[Fork]] = (
    Fork(
        "kairos",
        "Prague",
        187_930_000,
        date(2025, 6, 10),
        "v2.0.0",
        "kaiachain/kaia pull request 387",
        date(2025, 5, 22),
    ),
    Fork(
        "kairos",
        "Osaka",
        209_134_000,
        date(2026, 2, 11),
        "v2.2.0",
        "kaiachain/kaia pull request 725",
        date(2026, 1, 26),
    ),
    Fork(
        "kairos",
        "Permissionless",
        233_366_400,
        date(2026, 11, 18),
        "v3.0.0",
        "release notes of v3.0.0",
        date(2026, 11, 29),
    ),
    Fork(
        "mainnet",
        "Prague",
        190_670_000,
        date(2025, 7, 17),
        "v2.0.2",
        "kaiachain/kaia pull request 396",
        date(2025, 5, 29),
    ),
    Fork(
        "mainnet",
        "Osaka",
        213_333_000,
        date(2026, 4, 7),
        "v2.2.2",
        "kaiachain/kaia pull request 780, params/config.go of v2.2.2",
        date(2026, 3, 4),
        note="v2.2.1 has block 211,090,000 for it and stops there",
    ),
)
"""Those that matter today. Earlier ones are in all versions of Kaia. Permissionless is not scheduled on mainnet."""


def known(network: str, more: Iterable[Fork] = ()) -> list[Fork]:
    """Return the forks of a network by block. One in `more` replaces the one of the table that has its name."""
    added = {fork.name.lower(): fork for fork in more if fork.network == network}
    table = [fork for fork in FORKS if fork.network == network and fork.name.lower() not in added]
    return sorted([*table, *added.values()], key=lambda fork: fork.block)


def missing(network: str, version: str, more: Iterable[Fork] = ()) -> list[Fork]:
    """Return the forks of a network that a version lacks, by block; all of them if the text is no version."""
    return [fork for fork in known(network, more) if not at_least(version, fork.since)]


def newest_known(network: str, version: str, more: Iterable[Fork] = ()) -> Fork | None:
    """Return the last fork of a network that a version has; None if it has none."""
    return next((fork for fork in reversed(known(network, more)) if at_least(version, fork.since)), None)


def expected(fork: Fork, more: Iterable[Fork] = ()) -> date | None:
    """Return the day of a fork: as announced, or else counted from the nearest fork of its network that has a day.

    The public networks make one block per second: between the announced days in FORKS this is right to 2 days. None if
    no fork of the network has a day.
    """
    dated = [(other.block, other.expected) for other in (fork, *known(fork.network, more)) if other.expected]
    if fork.expected is not None or not dated:
        return fork.expected
    block, day = min(dated, key=lambda one: abs(one[0] - fork.block))
    return day + timedelta(days=(fork.block - block) // DAY)


def stage(fork: Fork, today: date, more: Iterable[Fork] = ()) -> Stage:
    """Return whether a fork is past, expected within NOTICE_DAYS, or later.

    It is past from the day after its expected one on, and also if a fork of its network at a later block is.
    """
    more = tuple(more)
    day = expected(fork, more)
    others = [expected(other, more) for other in known(fork.network, more) if other.block >= fork.block]
    if any(one is not None and one < today for one in (day, *others)):
        return "past"
    return "soon" if day is not None and (day - today).days <= NOTICE_DAYS else "later"


OWN: Final = ("istanbul", "london", "ethTxType", "magma", "kore", "shanghai", "cancun", "kaia")
"""Forks of a chain of our own, in the order that a node demands (CheckConfigForkOrder in params/config.go of v1.0.3).

Randao, Kip103 and Kip160 need contracts besides.
"""
BLOCK_KEY: Final = "CompatibleBlock"
"""The end of those keys, in genesis.json and in the chain config that a node reports."""
FROM_THE_START: Final = OWN[:-1]
"""Those that a new chain has from its first block, unless the settings say another one."""
RESTART_SECONDS: Final = 60
"""For how long one restart may delay the next, in a run that brings a fork: 10 to 30 s were measured."""
MARGIN_SECONDS: Final = 120
"""What else such a run takes before and after the restarts."""

Blocks = Mapping[str, int]
"""The first block of each fork, by its name in OWN."""


def of_own_chain(forks: Blocks) -> dict[str, int]:
    """Return all forks of a chain whose settings name these."""
    return in_order({**dict.fromkeys(FROM_THE_START, 0), **forks})


def in_config(config: Mapping[str, object]) -> dict[str, int]:
    """Return the forks of a chain config, of a genesis.json or of a running node."""
    blocks = {name: config.get(f"{name}{BLOCK_KEY}") for name in OWN}
    return {name: block for name, block in blocks.items() if isinstance(block, int)}


def differing(wanted: Blocks, found: Blocks) -> str:
    """Return in words which forks of a node are not those of its genesis.json; empty if all are."""
    names = [name for name in OWN if wanted.get(name) != found.get(name)]
    return " and ".join(f"{name} at {_place(found.get(name))}, not at {_place(wanted.get(name))}" for name in names)


def _place(block: int | None) -> str:
    return "no block" if block is None else f"block {block}"


def in_order(blocks: Blocks) -> dict[str, int]:
    """Return the forks in the order of OWN."""
    return {name: blocks[name] for name in OWN if name in blocks}


def out_of_order(blocks: Blocks) -> tuple[str, str] | None:
    """Return the first two forks that a node refuses: the later one has an earlier block. None if it takes all."""
    return next(((one, other) for one, other in pairwise(in_order(blocks)) if blocks[one] > blocks[other]), None)


def lead(nodes: int) -> int:
    """Return how many blocks a fork has to be ahead, so that so many nodes are restarted before it, one a second."""
    return nodes * RESTART_SECONDS + MARGIN_SECONDS
