"""Whether a node has caught up with a chain that others run: the gate before the first call to a bridge contract there.

`eth_syncing` is false also for a node that has no peers, or has not asked them yet. So the peers and the age of the
head block count as well, and the height of a reference RPC where one is given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components.chain.errors import ChainError, NotReady
from components.chain.nodes.fork import ForkWatch, OtherFork
from components.chain.peers.peers import peers
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.head import FRESH_SECONDS
from components.chain.rpc.reference_rpc import OtherChain, ReferenceRpc
from components.chain.rpc.waiting import Waiting, duration
from components.domain.problems.nodes import NOT_SYNCED
from components.domain.problems.problem import Message

BEHIND_BLOCKS = 10
"""How far behind the reference a node in sync may be: the two are asked one after the other."""

GONE_SECONDS = 300.0
"""How long a node may be silent while it is waited for, as during a restart; a dead one is reported long before the
hours have passed."""

INTERVAL = 2.0
"""Seconds from one look to the next."""


@dataclass(frozen=True)
class SyncState:
    """What a node knows of its chain."""

    node: str
    peers: int
    head: int
    """Number of the last block that it has."""
    age: float
    """Seconds since that block was made."""
    target: int | None = None
    """Number of the newest block that its peers or the reference know; None if unknown."""
    syncing: bool = False
    lagging: bool = False
    """The reference is further ahead."""


def read_sync(console: Console, reference: ReferenceRpc | None, now: float) -> SyncState:
    """Read how far the node is; `now` is Unix time. Raises ChainError when it or the reference does not answer."""
    answer: Any = console.call("eth_syncing")
    block: Any = console.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - the node's own argument
    head, known = int(block["number"], 16), []
    if isinstance(answer, dict):
        known.append(int(str(answer["highestBlock"]), 16))
    newest = reference.height() if reference else None
    if newest is not None:
        known.append(newest)
    return SyncState(
        node=console.node,
        peers=len(_peers(console)),
        head=head,
        age=max(0.0, now - int(block["timestamp"], 16)),
        target=max(known, default=None),
        syncing=bool(answer),
        lagging=newest is not None and head < newest - BEHIND_BLOCKS,
    )


def _peers(console: Console) -> list[str]:
    try:
        return peers(console, "admin")
    except NodeError:  # the server is not up yet
        return []


def missing(state: SyncState) -> str | None:
    """Return what a node lacks to be in sync with its chain; None when it is."""
    if not state.peers:
        words = "compare its network id and first block with theirs, and try their ports"
        if state.lagging and state.head:  # as one whose version cannot read the next block, and so loses every peer
            words = f"it is at block {state.head} of {state.target}: does its version know all forks? If so, {words}"
        return f"it has no peers; {words}"
    if state.syncing or state.lagging:
        of = f" of {state.target}" if state.target is not None else ""
        return f"it is at block {state.head}{of}"
    if state.head == 0:
        return "it has the first block of the chain and no other yet"
    if state.age > FRESH_SECONDS:
        return (
            f"its last block, {state.head}, is {duration(state.age)} old; either it has yet to learn of newer ones, or "
            "the chain is halted"
        )
    return None


@dataclass
class Pace:
    """How fast a node catches up."""

    begun: tuple[float, int] | None = None
    """When it was first seen, in seconds, and how many blocks it lacked then."""

    def rest(self, now: float, state: SyncState) -> float | None:
        """Return the seconds that it still needs at the speed so far; None when that is unknown."""
        if state.target is None:
            return None
        left = max(0, state.target - state.head)
        if self.begun is None or left > self.begun[1]:  # a new target: earlier measurements do not apply
            self.begun = (now, left)
            return None
        done, took = self.begun[1] - left, now - self.begun[0]
        return left * took / done if done > 0 and took > 0 else None


def wait_until_synced(see: Callable[[], SyncState], hours: int, watch: ForkWatch | None = None) -> int:
    """Wait until the node is in sync with its chain, and return its head block then.

    Nothing is lost when this is cut off: the node continues by itself. `watch` compares it with a reference. Raises
    NotReady with what is missing after `hours`, or when the node does not answer for GONE_SECONDS; OtherChain at once;
    and OtherFork as soon as that is sure.
    """
    waiting, silence, pace = Waiting(hours * 3600), Waiting(GONE_SECONDS), Pace()
    while True:
        try:
            state = see()
            words = missing(state)
            if watch:
                watch.check(passes=words is None)
        except (OtherChain, OtherFork):
            raise
        except ChainError as error:
            lack = Message(str(error))
        else:
            silence.renew()
            if words is None:
                return state.head
            rest = pace.rest(waiting.elapsed, state)
            lack = Message(f"{state.node}: {words}" + (f"; about {duration(rest)} to go" if rest is not None else ""))
        if waiting.over:
            more = (
                f" (waited {hours} h, as set in parentChain.syncHours). The node continues by itself; run again later"
            )
            raise NotReady(NOT_SYNCED(lack.extended(more)))
        if silence.over:
            more = f" (for {duration(silence.idle)}). Run again once it answers: it resumes where it was"
            raise NotReady(NOT_SYNCED(lack.extended(more)))
        waiting.report(lack)
        waiting.pause(INTERVAL)
