"""Returning what an operator was given for gas, once its SCN does not need it any more.

An SCN pays for anchors with its parent operator as long as it runs, and keeps the nonces of that account in memory. So
it is asked to stop anchoring first, and its transactions are waited for. If one gets in between, the refund is
repeated.
"""

import sys
from contextlib import closing

from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import Signer
from components.chain.errors import ChainError, NotFunded, NotMined, NotReady, Reverted, SenderShared, Unreachable
from components.chain.nodes.registration import operators
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.chain.tx import gas_price
from components.chain.tx.batch import Transaction, carry_out
from components.domain.problems.accounts import REFUND_HINDERED
from components.domain.problems.problem import Message

ATTEMPTS = 5
"""How often it is tried while an SCN sends with the same account."""

QUIET_DEADLINE = 30.0
"""Seconds for what an SCN has sent to the parent chain to be mined: a few blocks of both chains."""

_PAYMENT_GAS = 21_000


def refund(console: Console, operator: Signer, to: str, scn: Endpoint) -> int:
    """Send the balance of an operator, less the price of the gas, to an account; return the amount (peb).

    `scn` is the node whose operator it is; if it does not answer, it does not use the account. Raises ChainError when
    an SCN is faster every time.
    """
    account = operator.account().address
    stop_anchoring(scn, account)
    failure: ChainError | None = None
    for _ in range(ATTEMPTS):
        amount = 0

        def payment() -> list[Transaction]:
            nonlocal amount
            most = gas_price.limit(operator.max_gas_price, console.web3.eth.gas_price)
            held = console.web3.eth.get_balance(account)
            amount = max(0, held - _PAYMENT_GAS * most)  # as much is left when the price has to be raised
            words = f"give {amount} peb of {account} back to {to}"
            return [Transaction(words, to_checksum_address(to), value=amount, gas=_PAYMENT_GAS)] if amount else []

        try:
            carry_out(console, operator, payment)
        except (Reverted, NotFunded, NotMined, SenderShared) as error:  # an anchor has got in between
            failure = error
            print(Message(str(error)).extended("; trying again"), file=sys.stderr)
            continue
        return amount
    msg = REFUND_HINDERED(
        f"chain {console.web3.eth.chain_id}: what {account} holds cannot be given back to {to} in {ATTEMPTS} attempts; "
        f"stop {scn.node}, which pays with it, then run again ({failure})"
    )
    raise ChainError(msg)


def stop_anchoring(scn: Endpoint, account: str) -> None:
    """Have an SCN stop anchoring, and wait until what it has sent is mined; no-op where it does not answer."""
    try:
        with closing(Console(scn)) as console:
            if operators(console)[0].lower() != account.lower():
                return
            console.call("subbridge_anchoring", False)  # noqa: FBT003 - the node's own signature
            wait_for(lambda: _nothing_sent(console), QUIET_DEADLINE)
    except (Unreachable, NodeError):  # or its sub bridge is off, as that of an SCN that has left its pair
        return
    except NotReady as error:
        print(Message(str(error)).extended("; giving back what is there"), file=sys.stderr)


def _nothing_sent(console: Console) -> bool | Message:
    pending = int(console.call("subbridge_txPendingCount"))
    words = f"{console.node}: {pending} transaction(s) to the parent chain are not mined"
    return pending == 0 or REFUND_HINDERED(words)
