"""Where one transfer is: requested, seen and voted for by whom, paid in which transaction, or why not. Sends nothing.

A contract does not show who has voted, so the votes are read from the blocks of the target chain: those from the
request on, and for one that is still open also the newest ones, as SCNs vote again for what stays open.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from eth_typing import ABIEvent, HexStr
from eth_utils.address import to_checksum_address
from pydantic import Field
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import Web3Exception
from web3.types import FilterParams

from components.chain.contracts.contract import require_state
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.transfers.direction import Direction
from components.chain.transfers.payout import why_unpayable
from components.chain.transfers.requests import Request, open_nonces, requests_between
from components.chain.voters.proof import voted_for
from components.domain.networks import OTHER_SIDE, SIDES, Side
from components.domain.problems.chains import CALL_REFUSED, CHAIN_UNREADABLE
from components.domain.problems.transfers import NO_REQUEST
from components.watch.reading.open_requests import direction
from components.watch.reading.reader import views_of
from components.watch.readings import Readings
from components.watch.report import Row
from components.watch.sight import SightRow, sights
from components.watch.targets import Targets

SCANNED = 200
"""Blocks of the target chain that are searched for votes, from the request on; and as many of the newest."""
TOGETHER = 50
"""Blocks per message to a node; each comes with its transactions."""
STRIDE = 2000
"""Blocks that are searched at once for the event of a payment."""
PATIENCE = 20.0
"""Seconds for that search."""
_WITH_TRANSACTIONS = True
"""Second argument of getBlockBy...."""

_HASH = 66
"""Characters of a hash: 0x and 64 digits."""

_PAID: ABIEvent = {
    "type": "event",
    "name": "HandleValueTransfer",
    "anonymous": False,
    "inputs": [
        {"name": "request", "type": "bytes32", "indexed": False},
        {"name": "kind", "type": "uint8", "indexed": False},
        {"name": "from", "type": "address", "indexed": True},
        {"name": "to", "type": "address", "indexed": True},
        {"name": "token", "type": "address", "indexed": True},
        {"name": "value", "type": "uint256", "indexed": False},
        {"name": "nonce", "type": "uint64", "indexed": False},
        {"name": "lower", "type": "uint64", "indexed": False},
        {"name": "extra", "type": "bytes", "indexed": False},
    ],
}
_BRIDGE: Contract = Web3().eth.contract(  # decodes events; never connected
    abi=[_PAID], address=to_checksum_address("0x" + "00" * 20)
)
_EVENT = _BRIDGE.events.HandleValueTransfer()


class VoteRow(Row):
    """A vote on the request, on the chain where it is paid out."""

    pair: str | None = Field(description="null for an operator that belongs to no pair")
    operator: str
    transaction: str
    block: int
    counted: bool = Field(description="false for one that came too late, or was refused")


class PaymentRow(Row):
    """The payment, on the chain where the transfer arrives."""

    transaction: str
    block: int
    after: float = Field(description="seconds from the block of the request to that of the payment")


class TraceRow(Row):
    """One transfer."""

    source: Side
    target: Side
    nonce: int
    kind: str
    amount: str
    token: str | None
    sender: str
    recipient: str
    transaction: str
    block: int
    age: float = Field(description="seconds since the block of the request")
    seen: tuple[SightRow, ...] = Field(description="by the SCN of each pair")
    threshold: int = Field(description="votes that it needs")
    votes: tuple[VoteRow, ...]
    paid: bool
    payment: PaymentRow | None = Field(description="null if it is not paid, or too long ago to be found quickly")
    why: str | None = Field(description="why it cannot be paid; null if it can, and waits for votes")


class TraceReport(Row):
    """What a transaction requested."""

    stack: str
    transfers: tuple[TraceRow, ...]


def trace(targets: Targets, readings: Readings, tx: str) -> list[TraceRow]:
    """Return the transfers that a transaction requested, or voted for. Raises ChainError if it did neither."""
    views = views_of(targets, readings)
    if unread := [side for side in SIDES if side not in views or side not in targets.contracts]:
        raise ChainError(CHAIN_UNREADABLE(f"no node of the {unread[0]} chain can be read, or it has no contract yet"))
    with ExitStack() as stack:
        ways = {source: direction(stack, targets, source, views) for source in SIDES}
        for source, way in ways.items():
            try:
                wanted = voted_for(way.target.call("eth_getTransactionByHash", tx) or {}, way.target_bridge) or tx
                if found := _requests(way, wanted):
                    return [_follow(targets, readings, source, way, one) for one in found]
            except Web3Exception as error:
                raise ChainError(CALL_REFUSED(f"{way.name}: a node answers with an error: {error}")) from error
    raise ChainError(NO_REQUEST(f"{tx} does not request a transfer over this bridge on either of its two chains"))


def is_hash(text: str) -> bool:
    """Return whether a text is a hash of a transaction."""
    return len(text) == _HASH and text[:2] == "0x" and all(digit in "0123456789abcdefABCDEF" for digit in text[2:])


def _requests(way: Direction, tx: str) -> list[Request]:
    receipt = way.source.call("eth_getTransactionReceipt", tx)
    if not receipt:
        return []
    block = int(receipt["blockNumber"], 16)
    return [one for one in requests_between(way, block, block) if one.transaction.lower() == tx.lower()]


def _follow(targets: Targets, readings: Readings, source: Side, way: Direction, request: Request) -> TraceRow:
    made = _made(way.source, request.block)
    paid = not open_nonces(way, since=request.nonce, below=request.nonce + 1)
    start, head = _first_since(way.target, made), way.target.web3.eth.block_number
    payment = _payment(way, request, start, head, made) if paid else None
    state, why = require_state(way.target, way.target_bridge), None
    if not paid:
        why = why_unpayable(way, request)
    votes = tuple(_votes(targets, OTHER_SIDE[source], way, request, _scanned(start, head, paid=paid)))
    age, voters = time.time() - made, {vote.pair for vote in votes}
    since = age - payment.after if payment else None
    return TraceRow(
        source=source,
        target=OTHER_SIDE[source],
        nonce=request.nonce,
        kind=request.kind,
        amount=str(request.amount),
        token=None if request.kind == "coin" else request.token,
        sender=request.sender,
        recipient=request.recipient,
        transaction=request.transaction,
        block=request.block,
        age=round(age, 1),
        seen=tuple(sights(targets, readings, source, request.block, voters, since)),
        threshold=state.threshold,
        votes=votes,
        paid=paid,
        payment=payment,
        why=why,
    )


def _scanned(start: int, head: int, *, paid: bool) -> list[int]:
    """Return the blocks in which votes are looked for. Pure."""
    first = range(start, min(head, start + SCANNED) + 1)
    newest = range(max(first.stop, head - SCANNED), head + 1) if not paid else range(0)
    return [*first, *newest]


def _votes(targets: Targets, side: Side, way: Direction, request: Request, blocks: Sequence[int]) -> Iterator[VoteRow]:
    pairs = {pair.operators[side]: pair.name for pair in targets.pairs}
    found: dict[str, Mapping[str, Any]] = {}
    for first in range(0, len(blocks), TOGETHER):
        asked = [[hex(number), _WITH_TRANSACTIONS] for number in blocks[first : first + TOGETHER]]
        for block in way.target.call_each("eth_getBlockByNumber", asked):
            for tx in (block or {}).get("transactions", ()):
                if voted_for(tx, way.target_bridge) == request.transaction.lower():
                    found[str(tx["hash"])] = tx
    receipts = way.target.call_each("eth_getTransactionReceipt", [[tx] for tx in found])
    for (name, tx), receipt in zip(found.items(), receipts, strict=True):
        operator = str(tx["from"]).lower()
        yield VoteRow(
            pair=pairs.get(operator),
            operator=to_checksum_address(operator),
            transaction=name,
            block=int(str(tx["blockNumber"]), 16),
            counted=bool(receipt and int(str(receipt["status"]), 16)),
        )


def _payment(way: Direction, request: Request, start: int, head: int, made: float) -> PaymentRow | None:
    """Return the payment; None if it is not found in time."""
    until = time.monotonic() + PATIENCE
    topics = [HexStr(_EVENT.topic), *(HexStr(f"0x{int(one, 16):064x}") for one in (request.sender, request.recipient))]
    where = to_checksum_address(way.target_bridge)
    for first in range(start, head + 1, STRIDE):
        query: FilterParams = {
            "address": where,
            "fromBlock": first,
            "toBlock": min(head, first + STRIDE - 1),
            "topics": topics,
        }
        for log in way.target.web3.eth.get_logs(query):
            if int(_EVENT.process_log(log)["args"]["nonce"]) == request.nonce:
                after = _made(way.target, log["blockNumber"]) - made
                return PaymentRow(
                    transaction=log["transactionHash"].to_0x_hex(), block=log["blockNumber"], after=round(after, 1)
                )
        if time.monotonic() > until:
            return None
    return None


def _first_since(console: Console, moment: float) -> int:
    """Return the last block that was made before a moment (Unix time), by bisection."""
    low, high = 0, int(console.web3.eth.block_number)
    while low < high:
        middle = (low + high + 1) // 2
        if _made(console, middle) < moment:
            low = middle
        else:
            high = middle - 1
    return low


def _made(console: Console, number: int) -> float:
    """Return when a block was made (Unix time)."""
    return float(console.web3.eth.get_block(number)["timestamp"])
