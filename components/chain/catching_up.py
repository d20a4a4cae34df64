"""Has a node caught up with its chain? A machine that was made anew begins with an empty one and takes time."""

import time
from typing import Any

from components.chain.console import Console, wait_for
from components.chain.errors import NotReady

STALL = 120.0
"""Seconds without a further block after which a node is taken to be stuck; an EN may need 10 to begin."""
FRESH = 60.0
"""Seconds. The newest block of a chain that goes on is younger, also while a validator misses its turns."""
_HASHES_ONLY = False
"""Second argument of getBlockBy...: no whole transactions."""


def wait_until_caught_up(console: Console) -> None:
    """Wait until the node has what its peers have, for as long as it gets on.

    That `eth_syncing` says false means little: it does so before a sync begins, and without peers.
    Raises NotReady, which tells how far it came, when it is stuck or its chain is.
    """
    while True:
        before = console.web3.eth.block_number
        try:
            wait_for(lambda: has_caught_up(console), STALL)
        except NotReady:
            if console.web3.eth.block_number == before:
                raise
        else:
            return


def is_caught_up(console: Console) -> bool:
    """Tell whether the node has what its peers have, at this moment."""
    return has_caught_up(console) is True


def has_caught_up(console: Console) -> bool | str:
    """Tell whether a node has what its peers have and its chain goes on, or in a sentence what is missing."""
    newest = console.call("eth_getBlockByNumber", "latest", _HASHES_ONLY)
    number, age = int(newest["number"], 16), time.time() - int(newest["timestamp"], 16)
    ahead = max(_heads(console), default=None)
    if ahead and console.call("eth_getBlockByHash", ahead[1], _HASHES_ONLY) is None:
        return f"{console.node}: is at block {number}, and its peers have {ahead[0] - 1 - number} more"
    if age > FRESH:
        return f"{console.node}: its newest block, {number}, is {age:.0f} s old; does the chain make blocks?"
    return True


def _heads(console: Console) -> list[tuple[int, str]]:
    """Return the newest block of each peer as it told: what all blocks up to it score, 1 each, and its hash."""
    protocols: list[Any] = [
        told for peer in console.call("admin_peers") or [] for told in (peer.get("protocols") or {}).values()
    ]
    # A peer that is still shaking hands has a word there.
    return [(int(told["blockscore"]), str(told["head"])) for told in protocols if isinstance(told, dict)]
