"""The newest block of a node, and whether the node has caught up with its chain.

What a node that is behind reports of a contract or a vote was true once. So only a node in sync can show that something
is gone. A parent chain that others run has a stricter gate, chain/nodes/sync.py, with limits from here.
"""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from components.chain.errors import ChainError, NotReady
from components.chain.rpc.waiting import Waiting, wait_for
from components.domain.problems.chains import CHAIN_HALTED, NODE_BEHIND
from components.domain.problems.problem import Message

if TYPE_CHECKING:
    from components.chain.rpc.console import Console

NEAR_BLOCKS = 3
"""Blocks that a node in sync may lack, of a chain with one a second, when nothing is decided by the last of them."""
HALTED_SECONDS = 60.0
"""Age of the newest block from which a chain counts as halted; each missing validator delays its block by 10 s."""
FRESH_SECONDS = 30.0
"""Age of the newest block of a public chain: a block a second, a round change of 10 s and more, and two clocks."""
STALL_SECONDS = 120.0
"""Seconds without a further block after which a node that catches up is stuck; an EN may need 10 to begin."""
FLICKER_SECONDS = 10.0
"""For so long a node in sync may look behind: its peers announce a block a moment before it has imported it."""
_INTERVAL = 0.2
_HASHES_ONLY = False
"""Second argument of getBlockBy...: no whole transactions."""


def behind(console: "Console", near: int = 0) -> Message | None:
    """Return why a node is not in sync: it lacks blocks, or its chain makes none. None for a node in sync.

    `near`: blocks that it may lack, as a new block reaches some nodes earlier than others. `eth_syncing` is not used:
    it is false before a sync begins, and without peers. Raises ChainError.
    """
    newest = console.call("eth_getBlockByNumber", "latest", _HASHES_ONLY)
    number, age = int(newest["number"], 16), time.time() - int(newest["timestamp"], 16)
    ahead = max(heads_of(console.call("admin_peers") or []), default=None)
    # A block of the same number is the same block, and may still be on its way into the node's index.
    if ahead and ahead[0] - 1 > number + near and console.call("eth_getBlockByHash", ahead[1], _HASHES_ONLY) is None:
        return NODE_BEHIND(f"{console.node}: is at block {number}, and its peers have {ahead[0] - 1 - number} more")
    if age > HALTED_SECONDS:
        return CHAIN_HALTED(
            f"{console.node}: its newest block, {number}, is {age:.0f} s old; does the chain make blocks, and is the "
            "clock here right?"
        )
    return None


def is_caught_up(console: "Console") -> bool:
    """Return whether the node has what its peers have. Raises ChainError when it does not answer."""
    try:
        return wait_for(lambda: behind(console) or True, FLICKER_SECONDS)
    except NotReady:
        return behind(console) is None


def wait_until_caught_up(console: "Console") -> None:
    """Wait until the node has what its peers have, for as long as it imports blocks.

    A machine that was rebuilt begins with an empty chain and takes time. Raises NotReady, with how far it is, when the
    node is stuck or its chain is.
    """
    waiting, head = Waiting(STALL_SECONDS), console.web3.eth.block_number
    while True:
        try:
            lack = behind(console)
            if lack is None:
                return
            if (now := console.web3.eth.block_number) != head:
                head = now
                waiting.renew()
        except ChainError as error:
            lack = Message(str(error))
        if waiting.over:
            raise NotReady(lack.extended(f" (no further block in {STALL_SECONDS:g} s)"))
        waiting.report(lack)
        waiting.pause(_INTERVAL)


def number(console: "Console") -> int:
    """Return the number of the newest block that the node has. Raises ChainError."""
    return int(console.call("eth_blockNumber"), 16)


def heads_of(told: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """Return number + 1 and hash of each peer's newest block: its `blockscore` counts all blocks up to it.

    `told`: the answer of admin_peers.
    """
    protocols: list[Any] = [one for peer in told for one in (peer.get("protocols") or {}).values()]
    # While the handshake lasts a string stands there.
    return [(int(one["blockscore"]), str(one["head"])) for one in protocols if isinstance(one, dict)]
