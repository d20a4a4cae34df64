"""Giving a node the blocks of its chain through its console, while no other node connects to it.

Validators refuse a node that is not one (istanbul's ValidatePeerType), so it cannot catch up over the network before it
has a seat, and a seat counts at once. The blocks are the same either way: the node verifies each one.
"""

from components.chain.errors import NotReady
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import Waiting, duration
from components.domain.problems.chains import BLOCK_REFUSED

BATCH = 250
"""Blocks per call; a megabyte or less where they are empty."""
ENOUGH = 2
"""Blocks that may be missing in the end: they are made meanwhile, and soon caught up with."""
CALL_SECONDS = 120.0
"""For the import of one batch."""


def import_blocks(source: Console, target: Console, enough: int = ENOUGH) -> int:
    """Have `target` import the blocks of `source` until it lacks no more than `enough`; return its head block.

    It may be stopped at any time. Raises NotReady when a block is not accepted, and Unreachable when one of the two is
    lost.
    """
    waiting = Waiting()
    first = _head(target)
    while (newest := _head(source)) > (head := _head(target)) + enough or (newest and not head):
        last = min(head + BATCH, newest)
        blocks = [str(source.call("debug_getBlockRlp", hex(number))) for number in range(head + 1, last + 1)]
        target.call("admin_importChainFromString", "0x" + "".join(map(_digits, blocks)), timeout=CALL_SECONDS)
        if (now := _head(target)) <= head:
            msg = BLOCK_REFUSED(
                f"{target.node}: it does not accept block {head + 1} of {source.node}, so it cannot follow the chain; "
                "check its log, and compare the versions of the two"
            )
            raise NotReady(msg)
        if waiting.due:
            rate = max(1.0, (now - first) / waiting.elapsed)
            left = f"about {duration((newest - now) / rate)} to go"
            waiting.show(f"{target.node}: has block {now} of {newest} of {source.node}, {left}")
    return head


def _head(console: Console) -> int:
    return int(console.web3.eth.block_number)


def _digits(block: str) -> str:
    return block.removeprefix("0x")
