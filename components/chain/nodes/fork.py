"""Whether an EN follows the same chain as a reference RPC, or is on another fork of it.

Blocks are final (Istanbul), so two nodes of a chain never have different blocks of one number. A node that does not
know a fork has the same blocks up to it, and rejects the next: seen with v1.0.3, which then kept its head, lost its
peers and listed that block in debug_getBadBlocks. The list outlives an upgrade: the block is in it until the node has
taken it, and after that too. So a rejected block says nothing before the head has stood still for a while.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from components.chain.errors import ChainError
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.reference_rpc import ReferenceRpc
from components.chain.rpc.waiting import Waiting
from components.domain.problems.nodes import OTHER_FORK
from components.domain.problems.problem import Message

COMPARE_SECONDS = 60.0
"""Seconds from one comparison to the next, while a node is waited for: a block has up to some hundred kB."""
STUCK_SECONDS = 600.0
"""Seconds for which a head stands still until its next block counts as rejected by the version that runs now. A node
that was upgraded may need minutes to find peers; one on a private chain went on after 8 s."""
_HASHES_ONLY = False
"""Second argument of getBlockBy...: no whole transactions."""
_WHAT_NEXT = "most likely its version does not know a fork of the chain: upgrade packages.ken"


class OtherFork(ChainError):
    """An EN does not follow the chain of the reference. Waiting would not help."""


@dataclass(frozen=True)
class Comparison:
    """Blocks of an EN and of the reference."""

    node: str
    reference: str
    """Host of the reference RPC."""
    head: int
    """Number of the last block of the node."""
    number: int
    """Newest block that both have."""
    here: str
    """Its hash on the node."""
    there: str | None
    """Its hash at the reference; None if the reference does not give it."""
    rejected: str | None = None
    """Hash of the block after the head, if the reference has it and the node has rejected it."""


def compare(console: Console, reference: ReferenceRpc) -> Comparison:
    """Compare the newest block that both have. Raises ChainError when one of them does not answer."""
    newest: Any = console.call("eth_getBlockByNumber", "latest", _HASHES_ONLY)
    head, height = int(newest["number"], 16), reference.height()
    number = min(head, height)
    block: Any = newest if number == head else console.call("eth_getBlockByNumber", hex(number), _HASHES_ONLY)
    after = reference.block_hash(head + 1) if height > head else None
    return Comparison(
        node=console.node,
        reference=reference.host,
        head=head,
        number=number,
        here=str(block["hash"]).lower(),
        there=reference.block_hash(number),
        rejected=after if after and after in _bad_blocks(console) else None,
    )


def _bad_blocks(console: Console) -> set[str]:
    """Return the hashes of blocks that the node has rejected."""
    with suppress(NodeError):  # there is none yet: "data is not found with the given key"
        return {str(one["hash"]).lower() for one in console.call("debug_getBadBlocks") or ()}
    return set()


def other_block(found: Comparison) -> Message | None:
    """Return that both have different blocks of a number; None if not, or if that is not known. Pure."""
    if found.there is None or found.there == found.here:
        return None
    if found.number == 0:
        return OTHER_FORK(
            f"its first block is {found.here}, and that of the reference {found.reference} is {found.there}: it began "
            "with the genesis of another chain; correct parentChain.genesis"
        )
    return OTHER_FORK(
        f"its block {found.number} is {found.here}, and that of the reference {found.reference} is {found.there}: it "
        f"is on another fork; {_WHAT_NEXT}"
    )


def rejected_block(found: Comparison) -> Message | None:
    """Return that the node has rejected the block after its head; None if not. Pure."""
    if found.rejected is None:
        return None
    return OTHER_FORK(
        f"it stays at block {found.head}, and has rejected block {found.head + 1} of the reference {found.reference}, "
        f"{found.rejected}; {_WHAT_NEXT}"
    )


class ForkWatch:
    """Compares a node that is waited for: at once, then every minute, and before it passes."""

    def __init__(self, look: Callable[[], Comparison]) -> None:
        """`look` compares."""
        self._look = look
        self._pause: Waiting | None = None
        self._stuck = Waiting(STUCK_SECONDS)
        self._head: int | None = None

    def check(self, *, passes: bool) -> None:
        """Compare if it is time, or if the node `passes` otherwise. Raises OtherFork, and ChainError as `look` does."""
        if not (passes or self._pause is None or self._pause.over):
            return
        self._pause = Waiting(COMPARE_SECONDS)
        found = self._look()
        if words := other_block(found):
            raise OtherFork(Message(f"{found.node}: {words}"))
        if found.head != self._head:
            self._head = found.head
            self._stuck.renew()
        if self._stuck.over and (words := rejected_block(found)):
            raise OtherFork(Message(f"{found.node}: {words}"))
