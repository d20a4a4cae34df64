"""A chain with a pool of transactions, which mines as time passes, and to which the usual accidents happen.

The pool keeps the rules of the node's (blockchain/tx_pool.go, v1.0.3): a dearer transaction replaces one of the same
nonce since the Magma fork, none does before.
"""

# ruff: noqa: D102, N802 - methods named by the node's API

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from eth_account import Account
from web3 import Web3

from components.chain.accounts.signer import KeySigner
from components.chain.errors import Unreachable
from components.chain.rpc import waiting
from components.chain.tx import batch, follower
from components.chain.tx import sender as senders
from components.chain.tx.batch import Transaction
from components.domain.problems.chains import CONSOLE_LOST
from tests.unit.fake_node import Clock
from tests.unit.fakes import FakeChain, Sent, refuse, sent_of

KEY = "46" * 32
SIGNER = KeySigner(private_key=KEY, chain="parent")
SENDER = SIGNER.account().address
GKEI = 10**9
SOMEBODY = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"


def pay(amount: int) -> Transaction:
    """Return a payment that goes by its amount."""
    return Transaction(f"pay {amount}", to=SOMEBODY, value=amount, gas=21_000)  # type: ignore[arg-type]


def mined(pool: "PoolChain") -> list[tuple[int, int]]:
    """Return nonces and amounts of all that was mined, in its order."""
    return [(tx.nonce, tx.value) for tx in pool.sent]


@contextmanager
def only(clock: Clock) -> Iterator[None]:
    """Let no other time pass than that of the clock, in a process that knows no sender yet."""
    senders.forget()
    with pytest.MonkeyPatch.context() as patch:
        for module in (follower, batch, waiting):
            patch.setattr(module, "time", clock)
        patch.setattr(follower, "_INTERVAL", 0.5)  # fewer looks at the same events
        yield
    senders.forget()


class PoolChain(FakeChain):
    """A block every second of the clock. What is mined is in `sent`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.pool: dict[tuple[str, int], tuple[str, Sent]] = {}
        self.base_fee = 25 * GKEI
        self.margin = 2
        """Of the suggestion over the base fee."""
        self.magma = True
        self.halted = False
        self.loses_answers = 0
        """Of the next transactions: they arrive, and nobody hears of it."""
        self.swallows = 0
        """Of the next transactions: the node says that it has them, and forgets them."""
        self.arrivals: list[Sent] = []
        self.before_send: Callable[[], None] = lambda: None
        self.head = 100
        self._clock, self._last = clock, clock.now
        clock.sleepers.append(self._tick)

    def _tick(self) -> None:
        while self._clock.now - self._last >= 1:
            self._last += 1
            if not self.halted:
                self.mine()

    def mine(self) -> None:
        """Make one block of everything that can be in it."""
        self.head += 1
        for sender in {sender for sender, _ in self.pool}:
            while (found := self.pool.get((sender, self._mined(sender)))) and found[1].gas_price >= self.base_fee:
                self.seal(*self.pool.pop((sender, found[1].nonce)))

    def use_elsewhere(self, key: str, nonce: int, price: int = 10**12, *, mined: bool = False) -> None:
        """Have somebody else use a key: the transaction is in the pool, in the place of any other with that nonce."""
        fields = {"nonce": nonce, "gasPrice": price, "gas": 21_000, "to": SOMEBODY, "value": 7, "data": b""}
        signed = Account.from_key(key).sign_transaction({**fields, "chainId": self.chain_id})
        sent = sent_of(signed.raw_transaction.to_0x_hex())
        if mined:
            self.pool.pop((sent.sender, nonce), None)
            self.seal(signed.hash.to_0x_hex(), sent)
        else:
            self.pool[sent.sender, nonce] = (signed.hash.to_0x_hex(), sent)

    def eth_gasPrice(self) -> str:
        return hex(self.base_fee * self.margin if self.magma else self.base_fee)

    def eth_blockNumber(self) -> str:
        return hex(self.head)

    def eth_getTransactionCount(self, address: str, block: str) -> str:
        count = self._mined(address)
        while block == "pending" and (address, count) in self.pool:
            count += 1
        return hex(count)

    def eth_getTransactionByHash(self, hash_: str) -> dict[str, Any] | None:
        pooled = any(hash_ == each for each, _ in self.pool.values())
        return {"hash": hash_} if pooled else super().eth_getTransactionByHash(hash_)

    def eth_sendRawTransaction(self, raw: str) -> str:
        self.before_send()
        sent, hash_ = sent_of(raw), Web3.keccak(hexstr=cast("Any", raw)).to_0x_hex()
        self.arrivals.append(sent)
        if self.swallows:
            self.swallows -= 1
            return hash_
        self._accept(sent, hash_)
        if self.loses_answers:
            self.loses_answers -= 1
            raise Unreachable(CONSOLE_LOST("en-1: the node's console at 10.0.0.1 is lost"))
        return hash_

    def _accept(self, sent: Sent, hash_: str) -> None:
        if self.refuses is not None and len(self.arrivals) > self.takes:
            refuse(self.refuses)
        old = self.pool.get((sent.sender, sent.nonce))
        if old and old[0] == hash_:
            refuse(f"known transaction: {hash_[2:]}")
        if not self.magma and sent.gas_price != self.base_fee:
            refuse("invalid unit price")
        if sent.gas_price < self.base_fee:
            refuse("invalid gas price. It must be set to value greater than or equal to baseFee")
        if sent.nonce < self._mined(sent.sender):
            refuse("nonce too low")
        if old and (not self.magma or sent.gas_price <= old[1].gas_price):
            refuse("there is another tx which has the same nonce in the tx pool")
        self.pool[sent.sender, sent.nonce] = (hash_, sent)
