"""Sending transactions: simulate, sign, send, wait for the receipt.

All calls of one sender on one chain take their nonces under one lock, so that resources that Pulumi handles in
parallel share a sender safely. A batch goes out with consecutive nonces and is waited for together: it costs
one block and not one block a call.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from eth_typing import ChecksumAddress, HexStr
from web3.exceptions import ContractLogicError, TransactionNotFound, Web3Exception, Web3RPCError
from web3.types import TxParams, TxReceipt, Wei

from components.chain.console import Console
from components.chain.errors import NotMined, Reverted
from components.chain.signer import Signer

RECEIPT_DEADLINE = 120.0
"""Seconds until a sent transaction counts as not mined. Blocks come every second, or every 11 s at a round change."""

GAS_MARGIN = 1.3
"""Estimates are of the latest block; votes and list growth between then and the mining may cost a little more."""


@dataclass(frozen=True)
class Transaction:
    """A transaction to be, and in words what it is for."""

    annotation: str
    to: ChecksumAddress | None = None
    data: str = "0x"
    value: int = 0
    gas: int | None = None
    """None means: simulate and estimate. Set only where the state to simulate on does not exist yet."""


_locks: defaultdict[tuple[int, str], threading.Lock] = defaultdict(threading.Lock)
_next_nonce: dict[tuple[int, str], int] = {}


def execute(console: Console, signer: Signer, transactions: Sequence[Transaction]) -> list[TxReceipt]:
    """Send all transactions in order and return their receipts, each with status 1.

    All are simulated before the first is sent. Raises Reverted (in simulation nothing has been sent) and
    NotMined; both name the chain, the node and the annotation.
    """
    if not transactions:
        return []
    account = signer.account()
    chain_id = console.web3.eth.chain_id
    gas = [_gas(console, account.address, tx) for tx in transactions]
    price = console.web3.eth.gas_price
    line = (chain_id, account.address)
    hashes: list[HexStr] = []
    with _locks[line]:
        nonce = max(console.web3.eth.get_transaction_count(account.address, "pending"), _next_nonce.get(line, 0))
        for offset, tx in enumerate(transactions):
            params: TxParams = {
                "chainId": chain_id,
                "nonce": nonce + offset,  # type: ignore[typeddict-item]
                "gas": gas[offset],
                "gasPrice": price,
                "value": Wei(tx.value),
                "data": HexStr(tx.data),
            }
            if tx.to is not None:
                params["to"] = tx.to
            signed = account.sign_transaction(dict(params))  # type: ignore[arg-type]
            try:
                sent = console.web3.eth.send_raw_transaction(signed.raw_transaction)
            except Web3Exception as error:
                msg = f"chain {chain_id}: {tx.annotation}: {console.node} refuses the transaction: {error}"
                raise Reverted(msg) from error
            _next_nonce[line] = nonce + offset + 1
            hashes.append(HexStr(sent.to_0x_hex()))
    end = time.monotonic() + RECEIPT_DEADLINE
    try:
        return [_receipt(console, hash_, tx, end) for hash_, tx in zip(hashes, transactions, strict=True)]
    except NotMined:
        _next_nonce.pop(line, None)  # the chain, not our memory, says what the next one is
        raise


def _gas(console: Console, sender: ChecksumAddress, tx: Transaction) -> int:
    if tx.gas is not None:
        return tx.gas
    params: TxParams = {"from": sender, "value": Wei(tx.value), "data": HexStr(tx.data)}
    if tx.to is not None:
        params["to"] = tx.to
    try:
        return int(console.web3.eth.estimate_gas(params) * GAS_MARGIN)
    except (ContractLogicError, Web3RPCError) as error:
        msg = f"chain {console.web3.eth.chain_id}: {tx.annotation}: the simulation says: {_words(error)}"
        raise Reverted(msg) from error


def _words(error: ContractLogicError | Web3RPCError) -> str:
    return str(error.message or error)


def _receipt(console: Console, hash_: HexStr, tx: Transaction, end: float) -> TxReceipt:
    while True:
        try:
            receipt = console.web3.eth.get_transaction_receipt(hash_)
            break
        except TransactionNotFound:
            if time.monotonic() > end:
                msg = (
                    f"chain {console.web3.eth.chain_id}: {tx.annotation}: transaction {hash_} was not mined in "
                    f"{RECEIPT_DEADLINE:g} s; check that the chain makes blocks, then run again"
                )
                raise NotMined(msg) from None
            time.sleep(0.05)
    if receipt["status"] != 1:
        msg = f"chain {console.web3.eth.chain_id}: {tx.annotation}: transaction {hash_} was mined and reverted"
        raise Reverted(msg)
    return receipt
