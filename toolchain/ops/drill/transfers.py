"""The transfers of a drill: what was sent, what has arrived, exactly once, by amount and recipient."""

import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from eth_abi.abi import encode
from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.address import to_checksum_address

from components.chain.rpc.console import Console
from components.domain.networks import OTHER_SIDE, Side
from components.watch.judging.finding import way

COINS = "coins"
"""Name of the asset that is no token."""
MOST_COINS = 10**12
MOST_UNITS = 1000
TOGETHER = 500
"""Questions per message to a node."""
_BALANCE_OF = function_signature_to_4byte_selector("balanceOf(address)").hex()

Outcome = Literal["open", "arrived", "wrong", "never sent"]


@dataclass(frozen=True)
class Asset:
    """What is transferred in one direction: coins, or a token by its address on both chains."""

    source: Side
    name: str = COINS
    token: str = ""
    counterpart: str = ""

    def amount(self) -> int:
        """Return a random amount, in peb or in the smallest unit."""
        most = MOST_UNITS if self.token else MOST_COINS
        return 1 + secrets.randbelow(most)


@dataclass
class Transfer:
    """One transfer to a fresh account, which holds nothing before."""

    asset: Asset
    recipient: str = field(default_factory=lambda: to_checksum_address(secrets.token_hex(20)))
    amount: int = 0
    began: float = field(default_factory=time.monotonic)
    certain: bool = False
    """Whether its request is known to be in a block. Without an answer of the node it may be there all the same."""
    held: int = 0
    took: float | None = None
    """Seconds from sending until all of it had arrived; None before."""

    def __post_init__(self) -> None:
        self.amount = self.amount or self.asset.amount()

    def note(self, held: int, moment: float) -> None:
        """Take what the recipient holds."""
        self.held = held
        if held == self.amount and self.took is None:
            self.took = moment - self.began

    @property
    def outcome(self) -> Outcome:
        """Return what became of it."""
        if self.held == self.amount:
            return "arrived"
        if self.held:
            return "wrong"
        return "open" if self.certain else "never sent"


class Ledger:
    """All transfers of a drill. Used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[Transfer] = []

    def add(self, transfers: Sequence[Transfer]) -> None:
        """Take transfers that are about to be sent."""
        with self._lock:
            self._all += transfers

    def __len__(self) -> int:
        """Return how many there are, which is also the mark of this moment for `since`."""
        with self._lock:
            return len(self._all)

    def since(self, mark: int = 0) -> list[Transfer]:
        """Return the transfers after a mark."""
        with self._lock:
            return self._all[mark:]

    def look(self, targets: Mapping[Side, Console], *, again: bool = False) -> None:
        """Read what the recipients hold that have not got everything yet; `again`: all. Raises ChainError."""
        for target, console in targets.items():
            asked = [one for one in self.since() if OTHER_SIDE[one.asset.source] == target]
            asked = asked if again else [one for one in asked if one.took is None]
            moment = time.monotonic()
            for transfer, held in zip(asked, holdings(console, asked), strict=True):
                transfer.note(held, moment)


def holdings(console: Console, transfers: Sequence[Transfer]) -> Iterator[int]:
    """Yield what the recipient of each transfer holds of what it was sent. Raises ChainError."""
    for first in range(0, len(transfers), TOGETHER):
        part = transfers[first : first + TOGETHER]
        coins = [one for one in part if not one.asset.token]
        tokens = [one for one in part if one.asset.token]
        told = console.call_each("eth_getBalance", [[one.recipient, "latest"] for one in coins])
        told_tokens = console.call_each("eth_call", [[_balance_call(one), "latest"] for one in tokens])
        found = {id(one): int(answer, 16) for one, answer in zip(coins, told, strict=True)}
        found |= {id(one): int(answer, 16) for one, answer in zip(tokens, told_tokens, strict=True)}
        yield from (found[id(one)] for one in part)


def _balance_call(transfer: Transfer) -> dict[str, str]:
    data = f"0x{_BALANCE_OF}{encode(['address'], [transfer.recipient]).hex()}"
    return {"to": to_checksum_address(transfer.asset.counterpart), "data": data}


@dataclass(frozen=True)
class Sum:
    """The transfers of one direction and asset."""

    direction: str
    asset: str
    sent: int
    arrived: int
    wrong: int
    """Recipients that hold another amount than was sent to them."""
    amount: int
    """Sent, in peb or in the smallest unit."""
    longest: float | None
    """Seconds; None if nothing has arrived."""


def sums(transfers: Sequence[Transfer]) -> list[Sum]:
    """Return the transfers by direction and asset. Those that were never sent do not count. Pure."""
    assets = list(dict.fromkeys(one.asset for one in transfers))
    return [_sum(asset, [one for one in transfers if one.asset == asset]) for asset in assets]


def _sum(asset: Asset, transfers: Sequence[Transfer]) -> Sum:
    sent = [one for one in transfers if one.outcome != "never sent"]
    arrived = [one for one in sent if one.outcome == "arrived"]
    return Sum(
        direction=way(asset.source),
        asset=asset.name,
        sent=len(sent),
        arrived=len(arrived),
        wrong=sum(one.outcome == "wrong" for one in sent),
        amount=sum(one.amount for one in sent),
        longest=max((one.took for one in arrived if one.took is not None), default=None),
    )
