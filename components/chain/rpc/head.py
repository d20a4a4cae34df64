"""The newest block of a node, and whether it is that of its chain.

What a node that is behind says of a contract or a vote was true once. So only a node in sync can tell that something is
gone.
"""

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from components.chain.rpc.console import Console

NEAR = 3
"""Blocks that a node in sync may lack, of a chain with one a second."""
FRESH = 60.0
"""Seconds. The newest block of a chain that goes on is younger, also while a validator misses its turns."""
_HASHES_ONLY = False
"""Second argument of getBlockBy...: no whole transactions."""


def behind(console: "Console", near: int = 0) -> str | None:
    """Return in words that the node lacks blocks, or that its chain makes none; None for a node in sync.

    `near`: how many blocks it may lack: a block of this moment is at some nodes earlier than at others.
    That `eth_syncing` says false means little: it does so before a sync begins, and without peers. Raises ChainError.
    """
    newest = console.call("eth_getBlockByNumber", "latest", _HASHES_ONLY)
    number, age = int(newest["number"], 16), time.time() - int(newest["timestamp"], 16)
    ahead = max(_heads(console), default=None)
    if (
        ahead
        and (not near or ahead[0] - 1 - number > near)
        and console.call("eth_getBlockByHash", ahead[1], _HASHES_ONLY) is None
    ):
        return f"{console.node}: is at block {number}, and its peers have {ahead[0] - 1 - number} more"
    if age > FRESH:
        return (
            f"{console.node}: its newest block, {number}, is {age:.0f} s old; does the chain make blocks, and is the "
            "clock here right?"
        )
    return None


def number(console: "Console") -> int:
    """Return the number of the newest block that the node has. Raises ChainError."""
    return int(console.call("eth_blockNumber"), 16)


def _heads(console: "Console") -> list[tuple[int, str]]:
    """Return the newest block of each peer as it told: what all blocks up to it score, 1 each, and its hash."""
    protocols: list[Any] = [
        told for peer in console.call("admin_peers") or [] for told in (peer.get("protocols") or {}).values()
    ]
    # A peer that is still shaking hands has a word there.
    return [(int(told["blockscore"]), str(told["head"])) for told in protocols if isinstance(told, dict)]


FRESH_SECONDS = 30.0
"""Age of a head block that is still the newest one: a block a second, a round change of 10 s and more, two clocks."""
