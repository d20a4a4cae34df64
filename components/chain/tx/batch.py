"""Sending transactions: simulate, sign, send, follow until they are mined.

All calls of one sender on one chain take their nonces under one lock, so that resources that Pulumi handles in parallel
share a sender safely. A batch is sent with consecutive nonces and waited for as a whole: it costs one block, not one
block per call. What can happen to a transaction is named in `outcome`.
"""

import sys
import time
from collections.abc import Callable, Sequence

from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from web3.exceptions import ContractLogicError, Web3RPCError
from web3.types import Nonce, TxParams, TxReceipt, Wei
from web3.utils import get_create_address

from components.chain.accounts.funding import Need, statement
from components.chain.accounts.signer import Signer
from components.chain.errors import ChainError, NotFunded, PriceLimit, Reverted
from components.chain.rpc.console import Console
from components.chain.tx import gas_price
from components.chain.tx.follower import Follower
from components.chain.tx.gas_price import gkei
from components.chain.tx.outcome import Own, next_free
from components.chain.tx.outgoing import CREATED, Created, Outgoing, Transaction, call_params, what
from components.chain.tx.pool_rejections import Refusal
from components.chain.tx.revert_reasons import explain
from components.chain.tx.sender import Sender, sender_of, settle, shared
from components.domain.problems.accounts import (
    NOT_FUNDED,
    PRICE_LIMIT,
    SENDER_SHARED,
    SIMULATION_FAILED,
    TRANSACTION_REFUSED,
)
from components.domain.problems.problem import Message

__all__ = ["CREATED", "Created", "Transaction", "carry_out", "execute"]

GAS_MARGIN = 1.3
"""Estimates are of the latest block; votes and list growth between then and the mining may cost a little more."""

ATTEMPTS = 5
"""How often a transaction is offered before somebody else who is faster every time counts as a reason to stop."""


def carry_out(console: Console, signer: Signer, plan: Callable[[], Sequence[Transaction]]) -> list[TxReceipt]:
    """Plan on the state of the chain once all earlier transactions of the signer are mined, and send what is planned.

    What a killed run has sent may be exactly what is missing, so nothing is planned before. Everything that this
    program sends with a plan goes through here. Raises what `execute` and the plan raise.
    """
    settle(console, signer)
    return execute(console, signer, plan())


def execute(console: Console, signer: Signer, transactions: Sequence[Transaction]) -> list[TxReceipt]:
    """Send all transactions in order and return their receipts, each with status 1.

    All are simulated before the first is sent, and transactions from before this run are waited for before that. What
    was sent is followed to its end, also when another one of the batch fails; the error lists what was mined.

    Raises Reverted (in simulation nothing has been sent), NotMined, PriceLimit, SenderShared, and Unreachable before
    the first is sent.
    """
    if not transactions:
        return []
    settle(console, signer)
    chain_id = console.web3.eth.chain_id
    gas = [_gas(console, signer, chain_id, tx) for tx in transactions]
    sender = sender_of(chain_id, signer)
    suggestion = console.web3.eth.gas_price
    most = gas_price.limit(signer.max_gas_price, suggestion)
    price = gas_price.first(suggestion, most)
    batch: list[Outgoing] = []
    failure: ChainError | None = None
    try:
        with sender.lock:
            for tx, limit in zip(transactions, gas, strict=True):
                try:
                    batch.append(_send(console, signer, sender, batch, tx, limit, price, most))
                except ChainError as error:
                    failure = error
                    break
                price = max(price, batch[-1].price)
        Follower(console, sender, batch, most).wait()
    finally:
        with sender.lock:
            sender.own -= {each.own.nonce for each in batch}
    failure = next((each.failure for each in batch if each.failure), failure)
    if failure is None:
        return [each.receipt for each in batch if each.receipt]
    if any(each.failure and not isinstance(each.failure, Reverted) for each in batch):
        sender.floor = 0  # the next nonce follows from the chain alone
    raise type(failure)(Message(str(failure)).extended(_progress(batch, transactions))) from failure


def _send(
    console: Console,
    signer: Signer,
    sender: Sender,
    batch: Sequence[Outgoing],
    tx: Transaction,
    gas: int,
    price: int,
    most: int,
) -> Outgoing:
    """Give a transaction its nonce and send it. The nonce may change until a node has the transaction."""
    eth = console.web3.eth
    least = batch[-1].own.nonce + 1 if batch else 0
    words = ""
    nonce = least
    for _ in range(ATTEMPTS):
        nonce = max(least, next_free(eth.get_transaction_count(sender.address, "pending"), sender.floor, sender.own))
        out = Outgoing(tx, signer, _params(sender, batch, tx, nonce, gas, price), Own(nonce, (), 0, 0))
        block = eth.block_number
        sender.own.add(nonce)
        try:
            refused = out.offer(console, price, time.monotonic(), block)
        except BaseException:
            # Nothing follows it. If a node has it all the same, the node counts it.
            sender.own.discard(nonce)
            raise
        if refused is None:
            sender.floor = nonce + 1
            return out
        sender.own.discard(nonce)
        kind, words = refused
        if kind is Refusal.FINAL:
            break
        if kind is Refusal.CHEAP:
            price = _dearer(out, eth.gas_price, most, words)
            continue
        taken = f"{out.what}: nonce {nonce} of {sender.address} is somebody else's ({words}); the next"
        print(SENDER_SHARED(taken), file=sys.stderr)
        least = max(nonce + 1, eth.get_transaction_count(sender.address, "latest"))
    else:
        raise shared(sender, signer, what(sender.chain_id, tx), nonce)
    head = what(sender.chain_id, tx)
    amounts = [(tx.value, "what it pays"), (gas * price, f"gas, at {gkei(price)}")]
    _require_coins(console, sender.address, head, amounts, words)
    raise Reverted(TRANSACTION_REFUSED(f"{head}: {console.node} refuses the transaction: {words}"))


def _require_coins(console: Console, payer: str, head: str, amounts: Sequence[tuple[int, str]], words: str) -> None:
    """Raise NotFunded if an account was refused because it cannot pay these amounts (peb)."""
    if "insufficient" not in words.lower():
        return
    needs = [Need(amount, purpose) for amount, purpose in amounts if amount]
    held = console.web3.eth.get_balance(to_checksum_address(payer))
    if held >= sum(need.amount for need in needs):
        return
    words = statement(console.web3.eth.chain_id, payer, held, needs).partition(": ")[2]
    raise NotFunded(NOT_FUNDED(f"{head}: {words}\nNothing of it was sent. Run again once they are there"))


def _params(sender: Sender, batch: Sequence[Outgoing], tx: Transaction, nonce: int, gas: int, price: int) -> TxParams:
    params: TxParams = {
        "chainId": sender.chain_id,
        "nonce": Nonce(nonce),
        "gas": gas,
        "gasPrice": Wei(price),
        "value": Wei(tx.value),
        "data": HexStr(tx.data),
    }
    if tx.to is not None:
        params["to"] = _address(sender, batch, tx.to)
    return params


def _address(sender: Sender, batch: Sequence[Outgoing], to: ChecksumAddress | Created) -> ChecksumAddress:
    return get_create_address(sender.address, Nonce(batch[0].own.nonce)) if isinstance(to, Created) else to


def _dearer(out: Outgoing, suggestion: int, most: int, words: str) -> int:
    """Return the price to offer after a node has called one too low. Raises PriceLimit."""
    price = gas_price.first(suggestion, most)
    if price != out.price:
        return price
    msg = PRICE_LIMIT(
        f"{out.what}: {gkei(price)} is not enough ({words}) and the node suggests {gkei(suggestion)}; the limit is "
        f"{gkei(most)}, which bridge.maxGasPrice raises. It was not sent; raise it or wait, then run again"
    )
    raise PriceLimit(msg)


def _gas(console: Console, signer: Signer, chain_id: int, tx: Transaction) -> int:
    if tx.gas is not None:
        return tx.gas
    params = call_params(signer.account().address, tx)
    try:
        return int(console.web3.eth.estimate_gas(params) * GAS_MARGIN)
    except (ContractLogicError, Web3RPCError) as error:
        payer = signer.account().address
        _require_coins(console, payer, what(chain_id, tx), [(tx.value, "what it pays")], str(error))
        why = explain(console, signer, str(tx.to) if isinstance(tx.to, str) else None, error)
        raise Reverted(SIMULATION_FAILED(f"{what(chain_id, tx)}: the simulation failed: {why}")) from error


def _progress(batch: Sequence[Outgoing], transactions: Sequence[Transaction]) -> str:
    """Return what of a failed batch was mined, which cannot be undone."""
    if len(transactions) == 1:
        return ""
    mined = [f"{each.tx.annotation} ({each.receipt['transactionHash'].to_0x_hex()})" for each in batch if each.receipt]
    unsent = len(transactions) - len(batch)
    return (
        f". Of the {len(transactions)} transactions of this batch {len(mined)} were mined"
        + (f": {', '.join(mined)}" if mined else "")
        + (f"; {unsent} were not sent" if unsent else "")
    )
