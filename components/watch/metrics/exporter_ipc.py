"""Part of the exporter's script: questions to the node in one message over its IPC socket, and how answers are read.

It runs with Python 3.9 and its standard library only. What is read is read as components/watch/reading does.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")

LARGEST = 2**26
"""Bytes of an answer that are taken."""
WORD = 64
"""Hex digits of a word of the ABI."""
FAULT_TOLERANT = 4
HASHES_ONLY = False
"""Second argument of getBlockBy...: no whole transactions."""


class Silent(Exception):
    """The node does not answer, or not in a way that can be read. Its text is part of another message."""

    code = "SCH-320"
    """In docs/errors.md."""


class Down(Silent):
    """No node listens. Its text is part of another message."""

    code = "SCH-321"


class Told(Generic[T]):
    """The answer to one question; None while it is missing."""

    def __init__(self, parse: Callable[[Any], T]) -> None:
        self._parse = parse
        self.value: T | None = None

    def take(self, response: Any) -> None:
        """Take a JSON-RPC response."""
        if isinstance(response, dict) and "error" not in response:
            try:
                self.value = self._parse(response.get("result"))
            except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
                self.value = None


class Questions:
    """Questions to the node that go in one message."""

    def __init__(self) -> None:
        self._calls: list[dict[str, object]] = []
        self._told: list[Told[Any]] = []
        self._needed: list[Told[Any]] = []
        self.process: int | None = None
        """Id of the process that listens; None if it cannot be seen from here."""

    def ask(self, parse: Callable[[Any], T], method: str, *params: object, needed: bool = True) -> Told[T]:
        """Add a question. `needed`: whether it counts as unanswered where there is no answer."""
        told = Told(parse)
        self._calls.append({"jsonrpc": "2.0", "id": len(self._calls), "method": method, "params": list(params)})
        self._told.append(told)
        if needed:
            self._needed.append(told)
        return told

    def view(self, parse: Callable[[str], T], contract: str, selector: str, *words: int) -> Told[T]:
        """Add a call of a contract; `parse` gets the digits that it returns."""
        call = {"to": contract, "data": "0x" + selector + "".join(f"{one:064x}" for one in words)}
        return self.ask(lambda result: parse(str(result)[2:]), "eth_call", call, "latest")

    def block(self, at: int | str) -> Told[tuple[int, str, int]]:
        """Ask for number, hash and time of a block."""
        return self.ask(header, "eth_getBlockByNumber", hex(at) if isinstance(at, int) else at, HASHES_ONLY)

    def send(self, path: str, seconds: float) -> None:
        """Send all questions and take the answers. Raises Silent."""
        try:
            answer = json.loads(self._exchange(path, json.dumps(self._calls).encode() + b"\n", seconds))
            for response in answer:
                self._told[int(response["id"])].take(response)
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise Down(str(error)) from error
        except OSError as error:
            raise Silent(str(error) or type(error).__name__) from error
        except (ValueError, LookupError, TypeError) as error:
            msg = f"its answer cannot be read ({type(error).__name__})"
            raise Silent(msg) from error

    @property
    def unanswered(self) -> int:
        """Return how many needed answers are missing."""
        return sum(told.value is None for told in self._needed)

    def _exchange(self, path: str, message: bytes, seconds: float) -> bytes:
        until = time.monotonic() + seconds
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            channel.settimeout(max(0.01, seconds))
            channel.connect(path)
            credentials = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            self.process = struct.unpack("3i", credentials)[0] or None
            channel.sendall(message)
            answer = bytearray()
            while not answer.endswith(b"\n"):
                left = until - time.monotonic()
                if left <= 0 or len(answer) > LARGEST:
                    msg = f"no answer in {seconds:g} s"
                    raise Silent(msg)
                channel.settimeout(left)
                more = channel.recv(2**16)
                if not more:
                    msg = "it closed its console"
                    raise Silent(msg)
                answer += more
        return bytes(answer)


def number(result: Any) -> int:
    """Return a number that a node gives in hex digits, or as it is."""
    return int(result, 16) if isinstance(result, str) else int(result)


def word(digits: str) -> int:
    """Return the number in the first word. Where there is no contract there are no digits, and this is an error."""
    return int(digits[:WORD], 16)


def flag(digits: str) -> int:
    """Return 1 for true and 0 for false."""
    return int(bool(word(digits)))


def address(digits: str) -> str:
    """Return an address; "" for that of nobody."""
    return f"0x{word(digits):040x}" if word(digits) else ""


def addresses(digits: str) -> list[str]:
    """Return a list of addresses."""
    words = [digits[first : first + WORD] for first in range(0, len(digits), WORD)]
    return [address(one) for one in words[2 : 2 + int(words[1], 16)]]  # the first says where the list begins


def header(block: Any) -> tuple[int, str, int]:
    """Return number, hash and time of a block."""
    return number(block["number"]), str(block["hash"]), number(block["timestamp"])


def listed(told: Any) -> list[Any]:
    """Return a list; Go encodes an empty one as null."""
    return list(told or ())


def best_of(told: Any) -> int | None:
    """Return the highest block that peers report: `blockscore` counts all up to it. None without peers."""
    protocols = [one for peer in listed(told) for one in (peer.get("protocols") or {}).values()]
    # While the handshake lasts a string stands there.
    return max((int(one["blockscore"]) - 1 for one in protocols if isinstance(one, dict)), default=None)


def members(told: Any) -> int:
    """Return how many addresses are in a list."""
    return len({str(one).lower() for one in told})


def quorum(size: int) -> int:
    """Return how many of so many validators have to agree on a block."""
    return size if size < FAULT_TOLERANT else -(-2 * size // 3)
