"""Requests of value transfers: sending one, and which are not handled yet and what they ask for.

The counter `lowerHandleNonce` of a contract says only that all requests below it are handled. One request that cannot
be paid holds it forever while later ones pass, so what is open is looked up request by request.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import ABIEvent, HexStr
from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.contract import Contract
from web3.types import FilterParams

from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import function, require_state, transaction
from components.chain.contracts.plan import Step
from components.chain.rpc.console import Console
from components.chain.transfers.direction import Direction
from components.chain.tx.batch import Transaction, carry_out

Kind = Literal["coin", "erc20", "erc721"]

KINDS: Sequence[Kind] = ("coin", "erc20", "erc721")
"""In the order of the contract's TokenType (BridgeTransfer.sol)."""

TOGETHER = 500
"""Calls per message to a node."""

STRIDE = 1000
"""Blocks whose events are asked for at once; a node answers 10,000 events at the most (GetLogsMaxItems)."""

PATIENCE = 30.0
"""Seconds for a search of events: those of a contract that was quiet for a long time may lie far back."""


def _event(name: str, *more: str) -> ABIEvent:
    kinds = ("uint8", "address", "address", "address", "uint256", "uint64", "uint256", "bytes", *more)
    names = ("tokenType", "from", "to", "token", "value", "nonce", "fee", "extra", "version", "encoded")
    return {
        "type": "event",
        "name": name,
        "anonymous": False,
        "inputs": [
            {"name": names[i], "type": kind, "indexed": kind == "address"}  # the addresses are what is indexed
            for i, kind in enumerate(kinds)
        ],
    }


_BRIDGE: Contract = Web3().eth.contract(  # encodes and decodes; never connected
    abi=[
        function("handleNoncesToBlockNums", ["uint64"], gives="uint64"),
        function("requestNonce", gives="uint64"),
        function("lowerHandleNonce", gives="uint64"),
        _event("RequestValueTransfer"),
        _event("RequestValueTransferEncoded", "uint8", "bytes"),
    ],
    address=to_checksum_address("0x" + "00" * 20),
)

_EVENTS = (_BRIDGE.events.RequestValueTransfer(), _BRIDGE.events.RequestValueTransferEncoded())


@dataclass(frozen=True)
class Request:
    """One request of a transfer, as its event on the source chain has it. Addresses are checksummed."""

    nonce: int
    kind: Kind
    sender: str
    recipient: str
    token: str
    """On the source chain; not used for coins."""
    amount: int
    """peb, base units of an ERC-20 token, or the id of an ERC-721 token."""
    transaction: str
    block: int
    extra: bytes = b""
    uri: str = ""
    """Of an ERC-721 token."""

    def __str__(self) -> str:
        """Return how messages name it."""
        what = {"coin": f"{self.amount} peb", "erc20": f"{self.amount} of token {self.token}"}
        amount = what.get(self.kind, f"id {self.amount} of token {self.token}")
        return f"request {self.nonce} ({amount} for {self.recipient}, transaction {self.transaction})"


def open_nonces(direction: Direction, *, since: int = 0, below: int | None = None) -> list[int]:
    """Return the nonces of all requests that are not handled, in order; only those from `since` on and `below`."""
    if below is None:
        below = _number(direction.source, direction.source_bridge, "requestNonce")
    lower = _number(direction.target, direction.target_bridge, "lowerHandleNonce")
    wanted = range(max(lower, since), below)
    blocks = _numbers(direction.target, direction.target_bridge, "handleNoncesToBlockNums", wanted)
    # The contract forgets the block of a handled nonce once lowerHandleNonce has passed it.
    lower = _number(direction.target, direction.target_bridge, "lowerHandleNonce") if wanted else lower
    return [nonce for nonce, block in zip(wanted, blocks, strict=True) if block == 0 and nonce >= lower]


def find(direction: Direction, nonces: Collection[int], *, patience: float = PATIENCE) -> dict[int, Request]:
    """Return the requests with these nonces, by nonce, except those not found within `patience` (seconds).

    The search runs backwards on the source chain: from the block of the next request, which the target knows when that
    one is handled, or else from the newest block.
    """
    found, end = dict[int, Request](), time.monotonic() + patience
    ordered = sorted(nonces, reverse=True)
    later = _numbers(direction.target, direction.target_bridge, "handleNoncesToBlockNums", [one + 1 for one in ordered])
    for nonce, block in zip(ordered, later, strict=True):
        if nonce in found:
            continue
        start = block or (found[nonce + 1].block if nonce + 1 in found else None)
        for requests in _backwards(direction, start):
            found |= {one.nonce: one for one in requests if one.nonce in nonces}
            if nonce in found or time.monotonic() > end:
                break
    return found


def _backwards(direction: Direction, start: int | None) -> Iterator[list[Request]]:
    """Yield the requests of one range of blocks after another, the newest first."""
    last = direction.source.web3.eth.block_number if start is None else start
    while last >= 0:
        first = max(0, last - STRIDE + 1)
        yield requests_between(direction, first, last)
        last = first - 1


def requests_between(direction: Direction, first: int, last: int) -> list[Request]:
    """Return the requests in these blocks of the source chain, at most STRIDE of them."""
    topics = [HexStr(event.topic) for event in _EVENTS]
    where = to_checksum_address(direction.source_bridge)
    query: FilterParams = {"address": where, "fromBlock": first, "toBlock": last, "topics": [topics]}
    logs = direction.source.web3.eth.get_logs(query)
    decoders = dict(zip(topics, _EVENTS, strict=True))
    return [_request(decoders[HexStr(log["topics"][0].to_0x_hex())].process_log(log)) for log in logs]


def _request(event: Any) -> Request:
    said = event["args"]
    return Request(
        nonce=said["nonce"],
        kind=KINDS[said["tokenType"]],
        sender=said["from"],
        recipient=said["to"],
        token=said["token"],
        amount=said["value"],
        transaction=event["transactionHash"].to_0x_hex(),
        block=event["blockNumber"],
        extra=said["extra"],
        uri=_uri(said.get("encoded", b"")),
    )


def _uri(encoded: bytes) -> str:
    """Return the URI of an ERC-721 token as the node reads it (GetURI in node/sc/bridge_manager.go)."""
    try:
        return str(decode(["string"], encoded)[0]) if encoded else ""
    except (DecodingError, ValueError):
        return ""


def _number(console: Console, bridge: str, view: str) -> int:
    return int(_ask(console, bridge, [_BRIDGE.encode_abi(view)])[0], 16)


def _numbers(console: Console, bridge: str, view: str, arguments: Collection[int]) -> list[int]:
    found: list[int] = []
    calls = [_BRIDGE.encode_abi(view, args=[argument]) for argument in arguments]
    for first in range(0, len(calls), TOGETHER):
        answers = _ask(console, bridge, calls[first : first + TOGETHER])
        found += [int(answer, 16) for answer in answers]
    return found


def _ask(console: Console, bridge: str, calls: Sequence[str]) -> list[str]:
    """Return the answer of the contract to each call."""
    where = to_checksum_address(bridge)
    return console.call_each("eth_call", [[{"to": where, "data": data}, "latest"] for data in calls])


def pending(direction: Direction) -> int:
    """Return how many requests of this direction are not handled yet."""
    return len(open_nonces(direction))


def requested(direction: Direction) -> int:
    """Return how many transfers were ever requested in this direction."""
    return require_state(direction.source, direction.source_bridge).request_nonce


def coins_request(direction: Direction, recipient: str, amount: int) -> Transaction:
    """Return the request of a transfer of coins (peb) to a recipient on the other chain."""
    words = f"request a transfer of {amount} peb, {direction.name}"
    step = Step("requestKLAYTransfer", (recipient, amount, b""), words, value=amount)
    return transaction(direction.source_bridge, step)


def request(direction: Direction, signer: Signer, recipient: str, amount: int) -> str:
    """Send `amount` (peb) to a recipient on the other chain and return the hash of the request. Raises ChainError."""
    (receipt,) = carry_out(direction.source, signer, lambda: [coins_request(direction, recipient, amount)])
    return receipt["transactionHash"].to_0x_hex()
