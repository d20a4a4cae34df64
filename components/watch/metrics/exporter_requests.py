"""Part of the exporter's script: the newest requests on the node's chain, and what it remembers of them between runs.

Each run searches from the newest block downwards until it has the newest 16, or meets the blocks that an earlier run
has searched. So what is remembered is always one range of blocks without a gap, and the newest requests in it. It is
used only while the chain has the last of those blocks: after a rollback, or on another chain, the search starts again.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from components.watch.metrics.exporter_ipc import WORD, Questions, Silent, listed, number

RECENT = 16
EVENTS = (
    "0xeff76c36e53fa5ff52f27acc8a34d5047a8246abb07b77b12f1309f71e337f09",  # RequestValueTransfer
    "0x17d76053ca34a4dd8c402fe6498deb797fac89bf7ed02f3f5161aa9368cc8c1f",  # RequestValueTransferEncoded
)
FIRST_STRIDE, STRIDE, GROWTH = 16, 1024, 4
"""Blocks that are searched at once: few near the newest block, where requests are, and more further back."""
SEARCHES = 24
"""Searches of one run: some 20,000 blocks."""
LOOKBACK = 1_000_000
"""Blocks before the newest in which requests are searched: eleven days."""
MARGIN = 1.0
"""Seconds that are left for what follows the search."""


class Requested(NamedTuple):
    """A request, as its event has it."""

    nonce: int
    block: int
    kind: int
    """TokenType of the contract: 0 coins, 1 ERC-20, 2 ERC-721."""
    amount: int
    token: str
    time: int = 0
    """Of its block (Unix time); 0 until it is known."""


class Searched(NamedTuple):
    """A range of blocks, and the newest requests in it."""

    low: int
    tip: int
    hash: str
    """Of its last block."""
    requests: list[Requested]
    """The newest first."""


class Newest:
    """The newest requests on a chain."""

    def __init__(self, contract: str, chain_id: int, ipc: str, until: float) -> None:
        self._contract, self._chain, self._ipc, self._until = contract, chain_id, ipc, until

    def search(self, remembered: Any, head: int) -> Searched:
        """Find them in the blocks up to `head`. `remembered`: of an earlier run, or anything. Raises Silent."""
        known, found = self._known(remembered), list[Requested]()
        upper, stride = head, FIRST_STRIDE
        for _ in range(SEARCHES):
            if known and upper <= known.tip:
                found += known.requests
                upper, known, stride = known.low - 1, None, STRIDE
            if upper < max(0, head - LOOKBACK) or _enough(found) or time.monotonic() > self._until - MARGIN:
                break
            first = max(0, known.tip + 1 if known else 0, upper - stride + 1)
            try:
                events = self._events(first, upper)
            except Silent:
                if upper == head:
                    raise
                break
            if events is None:  # more than a node answers at once
                stride = max(1, (upper - first + 1) // GROWTH)
                continue
            found += events
            upper, stride = first - 1, min(STRIDE, stride * GROWTH)
        return self._completed(Searched(upper + 1, head, "", found[:RECENT]))

    def state(self, searched: Searched) -> dict[str, Any]:
        """Return what the next run needs, as `remembered`."""
        return {"contract": self._contract, "chain": self._chain, **searched._asdict()}

    def _known(self, remembered: Any) -> Searched | None:
        """Return what is remembered, if it is of this contract and its last block is still on the chain."""
        try:
            if (remembered["contract"], remembered["chain"]) != (self._contract, self._chain):
                return None
            requests = [
                Requested(int(nonce), int(block), int(kind), int(amount), str(token), int(made))
                for nonce, block, kind, amount, token, made in remembered["requests"]
            ]
            known = Searched(int(remembered["low"]), int(remembered["tip"]), str(remembered["hash"]), requests)
        except (LookupError, TypeError, ValueError):
            return None
        questions = Questions()
        block = questions.block(known.tip)
        questions.send(self._ipc, self._left)
        return known if block.value is not None and block.value[1] == known.hash else None

    def _events(self, first: int, last: int) -> list[Requested] | None:
        """Return the requests in these blocks, newest first; None if the node refuses to look at so many."""
        query = {"address": self._contract, "fromBlock": hex(first), "toBlock": hex(last), "topics": [list(EVENTS)]}
        questions = Questions()
        logs = questions.ask(lambda told: [requested(log) for log in listed(told)], "eth_getLogs", query)
        questions.send(self._ipc, self._left)
        if logs.value is None:
            if first == last:
                msg = "eth_getLogs is not answered"
                raise Silent(msg)
            return None
        return sorted(logs.value, reverse=True)

    def _completed(self, found: Searched) -> Searched:
        """Add the times of new requests, and the hash of the last block. Raises Silent."""
        questions = Questions()
        tip = questions.block(found.tip)
        blocks = {one.block: questions.block(one.block) for one in found.requests if not one.time}
        questions.send(self._ipc, self._left)
        times = {block: told.value[2] for block, told in blocks.items() if told.value}
        if tip.value is None or len(times) < len(blocks):
            msg = "eth_getBlockByNumber is not answered"
            raise Silent(msg)
        requests = [one if one.time else one._replace(time=times[one.block]) for one in found.requests]
        return found._replace(hash=tip.value[1], requests=requests)

    @property
    def _left(self) -> float:
        return max(0.1, self._until - time.monotonic())


def requested(log: Any) -> Requested:
    """Return the request of an event."""
    digits = str(log["data"])[2:]
    kind, amount, nonce = (int(digits[first : first + WORD], 16) for first in (0, WORD, 2 * WORD))
    token = "0x" + str(log["topics"][3])[-40:].lower()
    return Requested(nonce, number(log["blockNumber"]), kind, amount, token)


def _enough(found: list[Requested]) -> bool:
    """Return whether there are no more to find: the newest 16, or all."""
    return len(found) >= RECENT or bool(found and found[-1].nonce == 0)
