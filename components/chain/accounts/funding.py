"""Checks that an account can pay: the gate before coins are sent, and the message where they are missing.

Everything that an account on a chain has to pay is listed at once, with what each amount is for, and nothing is sent
before the sum is there.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from components.chain.accounts.signer import Signer
from components.chain.errors import ChainError, NotFunded
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import Waiting
from components.domain.problems.accounts import NOT_FUNDED
from components.domain.problems.problem import Message
from components.domain.units import coins

INTERVAL = 2.0
"""Seconds from one look at the balance to the next."""
BLOCK_SECONDS = 30.0
"""Seconds for a node to hear of a block that exists: with few peers it asks for what it missed every 10 s only."""
REMINDER = 60.0
"""Seconds from one line of progress to the next."""


@dataclass(frozen=True)
class Need:
    """One thing that has to be paid."""

    amount: int
    """peb"""
    purpose: str


def statement(chain_id: int, payer: str, held: int, needs: Sequence[Need]) -> Message:
    """Return what is missing, and what each part of the sum is for, the largest first."""
    total = sum(need.amount for need in needs)
    lines = [f"  - {coins(need.amount)} coins: {need.purpose}" for need in sorted(needs, key=lambda need: -need.amount)]
    first = (
        f"chain {chain_id}: {payer} has to pay {coins(total)} coins and holds {coins(held)}: send it "
        f"{coins(total - held)} coins or more on that chain. They are for:"
    )
    return NOT_FUNDED("\n".join([first, *lines]))


def require(console: Console, signer: Signer, needs: Sequence[Need]) -> None:
    """Return when the signer holds the sum of all needs; else print what is missing, and wait for it.

    It waits as long as the signer allows. Coins that were paid before the call count, also where the node has yet to
    hear of that block (forceSyncCycle in node/cn/sync.go). Raises NotFunded with the same list.
    """
    needs = [need for need in needs if need.amount > 0]
    payer, total, patience = signer.account().address, sum(need.amount for need in needs), signer.funding_minutes or 0
    chain_id = console.web3.eth.chain_id
    waiting, asked = Waiting(patience * 60, every=REMINDER), time.time()
    heard = False
    shown: int | None = None
    while (held := _held(console, payer, shown)) < total:
        words = statement(chain_id, payer, held, needs)
        if waiting.over and (heard or waiting.elapsed >= BLOCK_SECONDS):
            waited = f" (waited {patience} min)" if patience else ""
            rest = f"\nNothing of it was sent{waited}. Run again once they are there: it resumes where it stopped"
            raise NotFunded(words.extended(rest))
        if shown != held:
            if patience:
                waiting.show(words)
        else:
            waiting.report(f"{payer} lacks {coins(total - held)} coins on chain {chain_id}")
        shown = held
        waiting.pause(INTERVAL)
        heard = _head_time(console) >= asked  # before the balance is read, which then includes that block
    if shown is not None:
        print(f"chain {chain_id}: {payer} holds {coins(held)} coins now; continuing", file=sys.stderr)


def _held(console: Console, payer: str, before: int | None) -> int:
    """Return the balance (peb), or the one before while the node does not answer."""
    try:
        return console.web3.eth.get_balance(console.web3.to_checksum_address(payer))
    except ChainError:
        if before is None:
            raise
        return before


def _head_time(console: Console) -> float:
    """Return when the last block that the node has was made (Unix time); 0 while the node does not answer."""
    try:
        return float(int(console.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16))  # noqa: FBT003
    except ChainError:
        return 0.0
