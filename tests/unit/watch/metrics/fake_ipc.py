"""A node in memory that answers on an IPC socket: a chain with requests, and any answers that a test gives."""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_abi.abi import encode

from components.chain.transfers.requests import _EVENTS
from tests.unit.watch.samples import FakeReach

START = 1_700_000_000
"""Time of block 0; there is one a second."""
NOBODY = "0x" + "00" * 20
MOST_EVENTS = 40
"""Of one answer; a real node gives 10,000."""


class TooMany(Exception):
    """More events than a node gives at once."""


@dataclass(frozen=True)
class Made:
    """A request on the chain."""

    nonce: int
    block: int
    kind: int = 0
    amount: int = 10**18
    token: str = NOBODY
    encoded: bool = False

    def log(self) -> dict[str, Any]:
        """Return its event as a node gives it."""
        event = _EVENTS[int(self.encoded)]
        more = ((["uint8", "bytes"]), [2, b""]) if self.encoded else ([], [])
        kinds = ["uint8", "uint256", "uint64", "uint256", "bytes", *more[0]]
        data = encode(kinds, [self.kind, self.amount, self.nonce, 0, b"", *more[1]])
        people = ["0x" + one[2:].rjust(64, "0") for one in ("0x01", "0x02", self.token)]
        return {
            "address": "0x" + "a1" * 20,
            "topics": [event.topic, *people],
            "data": "0x" + data.hex(),
            "blockNumber": hex(self.block),
            "blockHash": "0x" + "00" * 32,
            "transactionHash": "0x" + "00" * 32,
            "transactionIndex": "0x0",
            "logIndex": "0x0",
        }


@dataclass
class FakeChain:
    """Blocks, and the requests in them."""

    head: int = 250
    salt: int = 0xAB
    """Part of all hashes: another one is another chain."""
    made: list[Made] = field(default_factory=list)
    ranges: list[tuple[int, int]] = field(default_factory=list)
    """Blocks whose events were asked for."""

    def answer(self, method: str, params: list[Any]) -> object:
        """Return a result. Raises KeyError for another method, and TooMany."""
        if method == "eth_blockNumber":
            return hex(self.head)
        if method == "eth_getBlockByNumber":
            number = self.head if params[0] == "latest" else int(params[0], 16)
            known = 0 <= number <= self.head
            return (
                {"number": hex(number), "hash": self.hash(number), "timestamp": hex(START + number)} if known else None
            )
        if method == "eth_getLogs":
            first, last = int(params[0]["fromBlock"], 16), int(params[0]["toBlock"], 16)
            self.ranges.append((first, last))
            found = [one for one in self.made if first <= one.block <= last]
            if len(found) > MOST_EVENTS:
                raise TooMany
            return [one.log() for one in found] or None
        raise KeyError(method)

    def hash(self, number: int) -> str:
        """Return the hash of a block."""
        return f"0x{self.salt:04x}{number:060x}"


class FakeIpc:
    """An IPC socket. `before` may change what a message is answered with; None closes the stream."""

    def __init__(self, path: Path, node: str, reach: FakeReach | None = None) -> None:
        self.path, self.node, self.chain, self.reach = str(path), node, FakeChain(), reach or FakeReach()
        self.refused: set[str] = set()
        """Methods that are answered with an error."""
        self.instead: Mapping[str, object] = {}
        """Results by method that are given instead."""
        self.raw: Callable[[list[str]], bytes | None] | None = None
        """Answers whole messages, by their methods."""
        self.hangs_at: set[str] = set()
        """Methods at which no answer comes."""
        self.trickles = False
        """Whether an answer comes byte by byte and has no end."""
        self.asked: list[str] = []
        self._stop = threading.Event()
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(self.path)
        self._server.listen(8)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop to listen."""
        self._stop.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()
        Path(self.path).unlink(missing_ok=True)

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                channel, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(channel,), daemon=True).start()

    def _talk(self, channel: socket.socket) -> None:
        with channel, channel.makefile("rb") as lines, suppress(OSError):
            for line in lines:
                while self.trickles and not self._stop.wait(0.05):
                    channel.sendall(b"[")
                answer = self._respond(json.loads(line))
                if answer is None:
                    break
                channel.sendall(answer)

    def _respond(self, calls: list[dict[str, Any]]) -> bytes | None:
        methods = [str(call["method"]) for call in calls]
        self.asked += methods
        if self.hangs_at & set(methods):
            self._stop.wait(5)
            return None
        if self.raw:
            return self.raw(methods)
        return json.dumps([self._answer(call) for call in reversed(calls)]).encode() + b"\n"

    def _answer(self, call: dict[str, Any]) -> dict[str, object]:
        method, head = call["method"], {"jsonrpc": "2.0", "id": call["id"]}
        if method in self.refused:
            return {**head, "error": {"code": -32601, "message": "it does not exist"}}
        if method in self.instead:
            return {**head, "result": self.instead[method]}
        try:
            return {**head, "result": self.chain.answer(method, call["params"])}
        except KeyError:
            return self.reach._answer(self.node, call)
        except TooMany:
            return {**head, "error": {"code": -32000, "message": "query returned more than 10000 results"}}
