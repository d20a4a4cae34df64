"""Contracts that an account has created, found again by its nonces: a contract's address follows from owner and nonce.

The newest come first, because what a killed run deployed is among them, also where the account has sent thousands of
transactions before. Each nonce costs one read of code (about 1 ms), and how far back is looked has a bound.
"""

from collections.abc import Iterator

from eth_typing import ChecksumAddress
from web3.types import Nonce
from web3.utils import get_create_address

from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import Waiting
from components.domain.problems.accounts import TOO_MANY_SENT

LOOK_BACK = 10_000
"""Transactions of an account that are looked at, from the newest on."""


class TooFarBack(ChainError):
    """An account has sent more transactions than are looked at, and none of those created what is looked for."""


def created_by(console: Console, account: ChecksumAddress, what: str) -> Iterator[ChecksumAddress]:
    """Yield the addresses of all contracts that an account has created on a chain, the newest first.

    `what` is looked for, for messages. Raises TooFarBack when the caller still asks after LOOK_BACK transactions and
    there are older ones: then it is unknown whether it exists.
    """
    sent = console.web3.eth.get_transaction_count(account, "latest")
    waiting = Waiting()
    for nonce in range(sent - 1, max(0, sent - LOOK_BACK) - 1, -1):
        address = get_create_address(account, Nonce(nonce))
        if console.web3.eth.get_code(address):
            yield address
        if waiting.due:
            chain = console.web3.eth.chain_id
            waiting.show(f"chain {chain}: looking for {what} of {account}: {nonce} nonces are left")
    if sent > LOOK_BACK:
        msg = TOO_MANY_SENT(
            f"chain {console.web3.eth.chain_id}: {account} has sent {sent} transactions, and the newest {LOOK_BACK} "
            f"created no {what}; older ones are not looked at, so it is unknown whether it exists. Give the stack an "
            "owner key of its own, which has sent less"
        )
        raise TooFarBack(msg)
