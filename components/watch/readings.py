"""Readings: what was read of nodes and contracts at one moment. What could not be read is Missing, with a reason.

Amounts are in peb or in the smallest unit of a token, times in seconds, addresses in lower case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from components.domain.networks import Side
from components.domain.problems.chains import CALL_REFUSED
from components.domain.problems.problem import Message

T = TypeVar("T")


@dataclass(frozen=True)
class Missing:
    """A value that could not be read."""

    reason: Message
    """Why; begins with the node that was asked."""
    away: bool = False
    """Whether the machine does not answer either, so that nothing is known of the node."""


Read: TypeAlias = T | Missing
"""A value, or why there is none."""


def known(value: Read[T]) -> T | None:
    """Return a value for display; None where it is missing."""
    return None if isinstance(value, Missing) else value


@dataclass(frozen=True)
class AccountReading:
    """An account on one chain."""

    balance: int
    mined: int
    """Transactions of it in blocks."""


@dataclass(frozen=True)
class TokenReading:
    """A token in the contract of one chain."""

    counterpart: str
    """Address on the other chain; empty where it is not registered."""
    locked: bool
    fee: int
    held: Read[int]
    """What the contract holds of it."""


@dataclass(frozen=True)
class ContractReading:
    """The bridge contract of one chain."""

    owner: str
    operators: tuple[str, ...]
    threshold: int
    """Votes that a transfer needs."""
    configuration: int
    """Votes that a change of fees needs."""
    requested: int
    """Requests made here (requestNonce)."""
    lower: int
    """All requests of the other chain before this one are handled here (lowerHandleNonce)."""
    upper: int
    """The highest request of the other chain that is handled here (upperHandleNonce)."""
    running: bool
    coins_locked: bool
    mints: bool
    """Whether it mints the tokens that arrive (modeMintBurn)."""
    fee_receiver: str
    """Empty where there is none: then nothing is charged."""
    coin_fee: int
    balance: int
    tokens: Mapping[str, Read[TokenReading]] = field(default_factory=dict)
    """By address here."""


@dataclass(frozen=True)
class ChainReading:
    """What one node reports of its chain."""

    chain_id: int
    head: int
    """Number of its newest block."""
    hash: str
    age: float
    """Seconds since that block was made, by the clock of this computer."""
    best: Read[int]
    """Highest block of its peers."""
    peers: Read[int]
    version: Read[str]
    council: Read[frozenset[str]]
    """Validators that have to agree on the next block."""
    contract: Read[ContractReading]
    accounts: Mapping[str, Read[AccountReading]]
    forks: Read[Mapping[str, int]] = field(default_factory=dict)
    """First blocks of the forks in its chain config."""


@dataclass(frozen=True)
class CountReading:
    """An operator as its SCN knows it."""

    address: str
    counted: int
    """Transactions that the SCN counts: the number of the next one that it signs."""
    synced: bool
    """Whether it knows the number; it asks its EN for that of the parent chain."""
    unlocked: bool


@dataclass(frozen=True)
class SubBridgeReading:
    """The half of a bridge that an SCN runs."""

    peers: tuple[str, ...]
    """Public keys of the main bridges that are connected."""
    registered: bool
    """Whether its journal has both contracts, as a pair."""
    subscribed: bool
    """Whether it serves them: they are marked in its journal, and the child contract is in its memory."""
    anchoring: bool
    period: int
    """Blocks from one anchor to the next."""
    anchored: int
    """The newest child block of which it has the receipt of an anchor."""
    pending: int
    """Transactions for the parent chain that are not mined yet."""
    operators: Mapping[Side, CountReading]


@dataclass(frozen=True)
class MachineReading:
    """The machine of a node."""

    free: int
    """Bytes on the disk of the chain data."""
    size: int
    clock: float
    """Seconds by which its clock is ahead of that of this computer, to half a round trip."""
    opened: Read[float]
    """Seconds since a node last opened its console here, by the clock of the machine. A node does so at each start, and
    what it leaves behind when it is killed stays, so this counts only for a node that answers."""
    unanswered: int = 0
    """How often in a row the machine of an SCN has sent the same to the main bridge without an acknowledgement. 0 also
    where it has no connection to the usual port."""


@dataclass(frozen=True)
class NodeReading:
    """One node and its machine."""

    chain: Read[ChainReading]
    machine: Read[MachineReading]
    bridge: Read[SubBridgeReading] | None = None
    """None unless it is the SCN of a pair."""


@dataclass(frozen=True)
class OpenRequest:
    """A request that is not handled."""

    nonce: int
    transaction: str
    age: float
    """Seconds since its block."""
    overdue: bool
    """Whether a working bridge would have handled it by now."""
    unpayable: Message | None
    """Why it cannot be paid; None where it can."""


@dataclass(frozen=True)
class Readings:
    """Everything that was read."""

    moment: float
    """When (Unix time)."""
    seconds: float
    """How long it took."""
    nodes: Mapping[str, NodeReading]
    chains: Mapping[Side, Read[ChainReading]]
    """Each chain as its node with the newest block reports it."""
    oldest: Mapping[Side, Read[OpenRequest]]
    """The oldest open request, by the chain where it was requested; only of directions that have one."""
    newer: Mapping[Side, Read[OpenRequest]] = field(default_factory=dict)
    """The oldest one after the last that is handled, by the same chain; only where later requests have passed the
    oldest one, which may then be open permanently."""

    def contract(self, side: Side) -> Read[ContractReading]:
        """Return the contract of a chain."""
        chain = self.chains[side]
        return chain if isinstance(chain, Missing) else chain.contract

    def account(self, side: Side, address: str) -> Read[AccountReading]:
        """Return an account on a chain."""
        chain = self.chains[side]
        return chain if isinstance(chain, Missing) else chain.accounts.get(address.lower(), _unasked(address))


def _unasked(address: str) -> Missing:
    return Missing(CALL_REFUSED(f"the account {address} is not one of those that are read"))
