"""Reads a whole stack at once. Every node and every question has the same few seconds; nobody waits for a dead machine.

It sends no transaction and changes nothing. The contract of a chain is asked of all nodes of that chain, and what the
one with the newest block says counts: so the loss of any node needs no second attempt.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace

from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import Channel, run_on_host
from components.domain.networks import OTHER_SIDE, SIDES, Side
from components.domain.problems.chains import CHAIN_UNREADABLE
from components.watch.reading.node import read_chain, read_machine, read_sub_bridge
from components.watch.reading.questions import Reach
from components.watch.reading.together import Task, Together
from components.watch.readings import (
    ChainReading,
    Missing,
    NodeReading,
    OpenRequest,
    Read,
    Readings,
    SubBridgeReading,
)
from components.watch.targets import NodeTarget, Targets

DEADLINE = 3.0
"""Seconds for each reading. All run at the same time; those that follow from others have so long once more."""

FIRST = 0.9
"""Fraction of the deadline after which a node counts as hung; a machine has the whole deadline to answer."""

AGAIN = 0.5
"""Seconds until a count of transactions that looks wrong is read again: one may have been mined in between."""

Views = Mapping[Side, Endpoint]
"""A node of each chain: that with the newest block."""

Opened = Callable[[Targets, Side, Views, int], Read[OpenRequest]]
"""Reads the open request of a direction (by the chain where it begins) with a nonce. Raises ChainError."""


class OverSsh:
    """The way to nodes over SSH."""

    def exchange(self, endpoint: Endpoint, request: bytes, seconds: float) -> bytes:
        """Send a message to a node and return its answer. Raises Unreachable."""
        until = time.monotonic() + seconds
        with closing(Channel(endpoint)) as channel:
            return channel.exchange(request, max(0.1, until - time.monotonic()))

    def run(self, endpoint: Endpoint, command: str, seconds: float) -> str:
        """Run a command on the node's machine and return what it prints. Raises Unreachable."""
        return run_on_host(endpoint, command, seconds)


def read(
    targets: Targets, reach: Reach | None = None, *, deadline: float = DEADLINE, opened: Opened | None = None
) -> Readings:
    """Read everything; what does not answer within `deadline` (seconds) is missing.

    `opened` reads requests that are open; without it, and without nodes of both chains, they are not looked at.
    """
    way, moment, begin = reach or OverSsh(), time.time(), time.monotonic()
    nodes = _nodes(way, targets, deadline)
    chains = {side: _chain(side, targets, nodes) for side in SIDES}
    now = Readings(moment, 0.0, nodes, chains, {})
    second = Together(deadline)
    again = _counts(way, targets, now, second)
    oldest, newer = _requests(targets, now, second, opened) if opened else ({}, {})
    nodes |= {name: replace(nodes[name], bridge=second.result(task)) for name, task in again.items()}
    requests = [{side: second.result(task) for side, task in tasks.items()} for tasks in (oldest, newer)]
    return replace(now, oldest=requests[0], newer=requests[1], seconds=time.monotonic() - begin)


def _nodes(reach: Reach, targets: Targets, deadline: float) -> dict[str, NodeReading]:
    first, own = Together(deadline), deadline * FIRST
    paired = {pair.scn for pair in targets.pairs}

    def start(node: NodeTarget) -> Callable[[], NodeReading]:
        chain = first.start(node.name, lambda: read_chain(reach, targets, node, own))
        machine = first.start(node.name, lambda: read_machine(reach, node, own))
        bridge = None
        if node.name in paired:
            bridge = first.start(node.name, lambda: read_sub_bridge(reach, targets, node, own))
        return lambda: NodeReading(first.result(chain), first.result(machine), first.result(bridge) if bridge else None)

    waiting = {node.name: start(node) for node in targets.nodes}
    return {name: reading() for name, reading in waiting.items()}


def _chain(side: Side, targets: Targets, nodes: Mapping[str, NodeReading]) -> Read[ChainReading]:
    """Return what the node of a chain with the newest block reports."""
    name = _best(side, targets, nodes)
    if name is not None:
        return nodes[name].chain
    reasons = [
        str(reading.reason) for node in targets.of_side(side) if isinstance(reading := nodes[node.name].chain, Missing)
    ]
    return Missing(CHAIN_UNREADABLE(f"the {side} chain: no node can be read: {'; '.join(reasons) or 'it has none'}"))


def _best(side: Side, targets: Targets, nodes: Mapping[str, NodeReading]) -> str | None:
    expected = targets.contracts[side].chain_id if side in targets.contracts else None
    heads = {
        node.name: (not isinstance(chain.contract, Missing), chain.head)
        for node in targets.of_side(side)
        if not isinstance(chain := nodes[node.name].chain, Missing) and expected in (None, chain.chain_id)
    }
    return max(heads, key=lambda name: heads[name], default=None)


def views_of(targets: Targets, now: Readings) -> Views:
    """Return the node of each chain with the newest block; none where no node can be read."""
    names = {side: _best(side, targets, now.nodes) for side in SIDES}
    by_name = {node.name: node.endpoint for node in targets.nodes}
    return {side: by_name[name] for side, name in names.items() if name is not None}


def _counts(reach: Reach, targets: Targets, now: Readings, second: Together) -> dict[str, Task[SubBridgeReading]]:
    """Read the SCNs again whose count of transactions looks wrong, as the two numbers were not read at one moment."""
    doubtful = {pair.scn for pair in targets.pairs if _counts_low(now, pair.scn)}

    def again(node: NodeTarget) -> Callable[[], Read[SubBridgeReading]]:
        def do() -> Read[SubBridgeReading]:
            time.sleep(AGAIN)
            return read_sub_bridge(reach, targets, node, second.left)

        return do

    return {node.name: second.start(node.name, again(node)) for node in targets.nodes if node.name in doubtful}


def _counts_low(now: Readings, scn: str) -> bool:
    bridge = now.nodes[scn].bridge if scn in now.nodes else None
    if bridge is None or isinstance(bridge, Missing):
        return False
    for side, one in bridge.operators.items():
        account = now.account(side, one.address)
        if not isinstance(account, Missing) and one.synced and one.counted < account.mined:
            return True
    return False


Tasks = dict[Side, Task[OpenRequest]]


def _requests(targets: Targets, now: Readings, second: Together, opened: Opened) -> tuple[Tasks, Tasks]:
    """Read the oldest open request of each direction, and the oldest one after the last that is handled.

    They differ where later requests have passed the oldest one: it may be one that can never be paid, and what then
    shows whether transfers have stopped is the other one.
    """
    views = views_of(targets, now)

    def start(side: Side, nonce: int) -> Task[OpenRequest]:
        return second.start(f"request {nonce} on the {side} chain", lambda: opened(targets, side, views, nonce))

    oldest, newer = Tasks(), Tasks()
    for side in SIDES:
        here, there = now.contract(side), now.contract(OTHER_SIDE[side])
        if isinstance(here, Missing) or isinstance(there, Missing) or there.lower >= here.requested:
            continue
        oldest[side] = start(side, there.lower)
        if there.lower < there.upper < here.requested - 1:
            newer[side] = start(side, there.upper + 1)
    return oldest, newer
