"""One transaction on its way: signing it for a nonce, offering it to a node, offering it again for a higher price."""

from dataclasses import dataclass, field, replace

from eth_typing import ChecksumAddress, HexStr
from web3.exceptions import Web3RPCError
from web3.types import TxParams, TxReceipt, Wei

from components.chain.accounts.signer import Signer
from components.chain.errors import ChainError, Unreachable
from components.chain.rpc.console import Console
from components.chain.tx.outcome import Own
from components.chain.tx.pool_rejections import Refusal, sort, words_of


@dataclass(frozen=True)
class Transaction:
    """A transaction to be, and in words what it is for."""

    annotation: str
    to: "ChecksumAddress | Created | None" = None
    data: str = "0x"
    value: int = 0
    gas: int | None = None
    """None means: simulate and estimate. Set only where the state to simulate on does not exist yet."""


class Created:
    """Stands for the address of the contract that the first transaction of the same batch creates.

    That address follows from the nonce of the transaction, which is not known before it is sent.
    """


CREATED = Created()


@dataclass
class Outgoing:
    """A transaction with its nonce, and what is known of it."""

    tx: Transaction
    signer: Signer
    params: TxParams
    own: Own
    receipt: TxReceipt | None = None
    failure: ChainError | None = None
    remark: str = ""
    """Why the last attempt to offer a higher price was not accepted."""
    limited: bool = False
    """Whether it is stuck at the highest price that may be offered."""

    price: int = field(init=False)

    def __post_init__(self) -> None:
        self.price = int(self.params["gasPrice"])

    @property
    def what(self) -> str:
        """Return chain and purpose, with which every message begins."""
        return what(self.params["chainId"], self.tx)

    @property
    def open(self) -> bool:
        """Return whether it still has to be waited for."""
        return self.receipt is None and self.failure is None

    @property
    def hash(self) -> str:
        """Return the hash of the last variant."""
        return self.own.hashes[-1]

    def offer(self, console: Console, price: int, now: float, head: int) -> tuple[Refusal, str] | None:
        """Send it at this price, and return how the node refused it, if it did.

        The hash is noted before it is sent: when the answer is lost it is unknown whether the node has it, and that is
        found out by hash and nonce like everything else. `now` and `head`: when, for the note.
        """
        self.params = {**self.params, "gasPrice": Wei(price)}
        signed = self.signer.account().sign_transaction(dict(self.params))  # type: ignore[arg-type]
        hash_ = signed.hash.to_0x_hex()
        older = tuple(known for known in self.own.hashes if known != hash_)
        self.own = replace(self.own, hashes=(*older, hash_), sent_at=now, sent_in=head, doubted_since=None)
        try:
            console.web3.eth.send_raw_transaction(signed.raw_transaction)
        except Unreachable:
            self.remark = "the connection was lost while it was sent"
        except Web3RPCError as error:
            words = words_of(error)
            refusal = sort(words)
            if refusal is not Refusal.KNOWN:
                return refusal, words
        self.price = price
        return None


def what(chain_id: int, tx: Transaction) -> str:
    """Return chain, call and contract: the beginning of every message."""
    where = f" (contract {tx.to})" if isinstance(tx.to, str) and tx.data != "0x" else ""
    return f"chain {chain_id}: {tx.annotation}{where}"


def call_params(sender: str, tx: Transaction) -> TxParams:
    """Return what a simulation needs."""
    params: TxParams = {"from": sender, "value": Wei(tx.value), "data": HexStr(tx.data)}
    if isinstance(tx.to, str):
        params["to"] = tx.to
    return params
