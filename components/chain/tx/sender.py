"""Senders: one account on one chain, shared by all resources that Pulumi handles in parallel, and perhaps with others.

A run that was killed leaves transactions in the pool that it did not wait for. Whoever decides by the state of the
chain has to wait for them first (`settle`): they may be exactly those that it would send.
"""

import threading
from dataclasses import dataclass, field

from eth_typing import ChecksumAddress

from components.chain.accounts.signer import Signer
from components.chain.errors import NotMined, SenderShared
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import Waiting
from components.chain.tx.outcome import ahead
from components.domain.problems.accounts import EARLIER_NOT_MINED, SENDER_SHARED

AHEAD_DEADLINE = 120.0
"""Seconds to wait for transactions from before this run."""

_INTERVAL = 0.2


@dataclass
class Sender:
    """What this process knows of a sender."""

    chain_id: int
    address: ChecksumAddress
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while nonces are assigned."""
    floor: int = 0
    """Above every nonce that this process has sent; 0 when only the node's count is to be trusted."""
    own: set[int] = field(default_factory=set)
    """Nonces in flight."""

    def __str__(self) -> str:
        return f"chain {self.chain_id}: {self.address}"


_senders: dict[tuple[int, str], Sender] = {}
_looking_up = threading.Lock()


def sender_of(chain_id: int, signer: Signer) -> Sender:
    """Return the one object for this account on this chain."""
    address = signer.account().address
    with _looking_up:
        return _senders.setdefault((chain_id, address), Sender(chain_id, address))


def forget() -> None:
    """Forget all senders, as a new process does. For tests."""
    _senders.clear()


def settle(console: Console, signer: Signer) -> None:
    """Wait until no transaction of the sender is under way that this process did not send.

    Raises SenderShared when new ones keep coming, and NotMined when the same ones stay, after AHEAD_DEADLINE seconds.
    """
    sender = sender_of(console.web3.eth.chain_id, signer)
    waiting = Waiting(AHEAD_DEADLINE)
    first: int | None = None
    while strangers := _strangers(console, sender):
        first = strangers[0] if first is None else first
        if waiting.over:
            raise _impatient(sender, signer, first, strangers)
        waiting.report(
            f"{_which(sender, strangers)} not mined yet; they are of a run that was killed, or of somebody else"
        )
        waiting.pause(_INTERVAL)


def _strangers(console: Console, sender: Sender) -> list[int]:
    with sender.lock:  # what is being sent right now is in `own`
        latest = console.web3.eth.get_transaction_count(sender.address, "latest")
        return ahead(latest, console.web3.eth.get_transaction_count(sender.address, "pending"), sender.own)


def _which(sender: Sender, strangers: list[int]) -> str:
    count = "1 transaction" if len(strangers) == 1 else f"{len(strangers)} transactions"
    nonces = f"nonce {strangers[0]}" if len(strangers) == 1 else f"nonces {strangers[0]} to {strangers[-1]}"
    return f"{sender}: {count} from before this run ({nonces})"


def _impatient(sender: Sender, signer: Signer, first: int, strangers: list[int]) -> Exception:
    which = _which(sender, strangers)
    if first < strangers[0]:
        msg = SENDER_SHARED(
            f"{which} and ever new ones within {AHEAD_DEADLINE:g} s: somebody else sends with {signer.setting} "
            "at this moment, perhaps a second run of this program; stop that, then run again"
        )
        return SenderShared(msg)
    msg = EARLIER_NOT_MINED(
        f"{which} not mined within {AHEAD_DEADLINE:g} s: of a run that was killed, or of somebody else who sends "
        f"with {signer.setting}. None was replaced and nothing was sent. Check that the chain makes blocks, and that "
        "they offer the price that gas has today: they are mined when it falls, or can be replaced by hand with the "
        "same nonce and a higher price. Then run again"
    )
    return NotMined(msg)


def shared(sender: Sender, signer: Signer, what: str, nonce: int) -> SenderShared:
    """Return the error for a nonce of ours that somebody else has used."""
    msg = SENDER_SHARED(
        f"{what}: nonce {nonce} of {sender.address} is used, and not by any transaction of this run: somebody else "
        f"sends with {signer.setting}, such as a second run of this program, a script, or a node that holds the key. "
        "Find and stop it, or give this program a key of its own, then run again: it looks at the chain first"
    )
    return SenderShared(msg)
