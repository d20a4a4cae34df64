"""Whether a node is as healthy as before it was restarted: the gate between one restart and the next."""

import time
from contextlib import closing, suppress
from dataclasses import dataclass, field

from components.chain.errors import ChainError, NotListening, Unreachable
from components.chain.nodes.journal import is_in_memory, listed_pairs, read_registration
from components.chain.peers.peers import peer_knis, peers
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import Waiting, wait_for
from components.chain.transfers.direction import Direction
from components.chain.transfers.payout import NAMED, still_to_handle
from components.chain.transfers.requests import requested
from components.domain.problems.chains import PEER_KEPT
from components.domain.problems.nodes import NOT_RECOVERED
from components.domain.problems.problem import Message
from components.domain.roles import BRIDGE_APIS, Role

DEADLINE = 240.0
"""Seconds until a restarted node is healthy again. A peer that dials it may pause for 30 s, a validator that missed its
block waits 10 s and more, and the recovery of transfers runs twice."""

DISCONNECT_SECONDS = 10.0
"""Seconds for an SCN to disconnect from its EN; measured: less than one."""

DEADLOCK_SECONDS = 45.0
"""A node that listens and answers nothing for so many seconds answers nothing any more (seen in v1.0.3, of an SCN that
subscribes to its bridge while its EN comes back): a restart alone ends that."""


class Deadlocked(Exception):
    """A node listens and does not answer. Its text is part of another message."""


@dataclass(frozen=True)
class Served:
    """A pair of contracts that an SCN serves, and how many transfers were requested on each of them."""

    child: str
    parent: str
    requested: tuple[int, ...] = ()
    """On the child chain and on the parent chain; empty without the EN of its pair, which shows the latter."""


@dataclass(frozen=True)
class Health:
    """Numbers that the node has to reach again."""

    head: int
    """Number of the last block that the node has."""
    bridge_peers: int
    """Connected nodes at the other end of its bridge: 0 or 1."""
    served: tuple[Served, ...] = ()
    moment: float = field(default_factory=time.time)
    """When it was read (Unix time)."""


def health(console: Console, role: Role, en: Endpoint | None = None) -> Health:
    """Read the health of a node; `en`: the other node of an SCN's pair. Raises ChainError when the node is silent."""
    head, connected = console.web3.eth.block_number, _bridge_peers(console, role)
    serving = role == "scn" and connected is not None
    return Health(head, connected or 0, tuple(_served(console, en)) if serving else ())


def _bridge_peers(console: Console, role: Role) -> int | None:
    """Return how many nodes are connected to the bridge of a node; None for a node that is in no pair."""
    if role not in BRIDGE_APIS:
        return None
    try:
        return len(console.call(f"{BRIDGE_APIS[role]}_peers") or [])
    except NodeError:  # no such API
        return None


def listens(endpoint: Endpoint) -> bool:
    """Return whether a node listens on the console."""
    try:
        return not is_down(endpoint)
    except ChainError:
        return False


def is_down(endpoint: Endpoint) -> bool:
    """Return whether no node listens on the console, as its host says. Raises HostUnreachable."""
    try:
        Console(endpoint).close()
    except NotListening:
        return True
    return False


def answers(endpoint: Endpoint) -> bool:
    """Return whether the node answers within 10 s."""
    try:
        with closing(Console(endpoint)) as console:
            console.call("eth_chainId", timeout=10)
    except ChainError:
        return False
    return True


def before_restart(endpoint: Endpoint, role: Role, en: Endpoint | None = None) -> Health | None:
    """Return the health of a node, or None when it does not answer: then it has nothing to reach again."""
    try:
        with closing(Console(endpoint)) as console:
            return health(console, role, en)
    except ChainError:
        return None


def _hangs(endpoint: Endpoint, role: Role) -> bool:
    """Return whether a node does not answer what it can tell without any other node."""
    try:
        with closing(Console(endpoint)) as console:
            _ = console.web3.eth.block_number
            if role == "scn":
                for child, _parent in listed_pairs(console):
                    is_in_memory(console, child)
    except ChainError:
        return True
    return False


def disconnect_bridge(endpoint: Endpoint, peer: str) -> None:
    """Disconnect an SCN from its EN (`peer`, a KNI) and any other main bridge before it is stopped.

    No-op where it does not answer. While connected, v1.0.3 waits at its stop for an answer that never comes
    (p2p.Server.Stop behind SubBridge.Stop) until it is killed; disconnected, it stops in 0.3 s (measured).
    """
    with suppress(ChainError), closing(Console(endpoint)) as console:
        for kni in (peer, *peer_knis(console, "subbridge")):
            console.call("subbridge_removePeer", kni)
        # It disconnects a moment after the call, and must not be stopped before that.
        connected = PEER_KEPT(f"{endpoint.node}: still connected")
        wait_for(lambda: not peers(console, "subbridge") or connected, DISCONNECT_SECONDS)


def wait_until_recovered(endpoint: Endpoint, role: Role, before: Health | None, en: Endpoint | None = None) -> None:
    """Wait until there are new blocks, the bridge peer is back, and what was requested before is handled.

    `en` is the other node of an SCN's pair: it shows which requests are open. Those that cannot be paid, or were stuck
    before the restart already, are not waited for. Raises NotReady with what is missing, and Deadlocked.
    """
    console, silent = wait_for(lambda: Console(endpoint), DEADLINE), Waiting(DEADLOCK_SECONDS)

    def gap() -> bool | Message:
        try:
            found = _gap(console, role, since, en)
        except Unreachable as error:
            # What is lost may be the EN: its console, or its answers to this node.
            if silent.over and listens(endpoint) and _hangs(endpoint, role):
                raise Deadlocked(str(error)) from error
            raise
        silent.renew()
        return found

    try:
        since = before or wait_for(lambda: Health(console.web3.eth.block_number, 0), DEADLINE)
        wait_for(gap, DEADLINE)
    finally:
        console.close()


def _gap(console: Console, role: Role, before: Health, en: Endpoint | None) -> bool | Message:
    words = _lack(console, role, before, en)
    return NOT_RECOVERED(f"{console.node}: {words}") if words else True


def _lack(console: Console, role: Role, before: Health, en: Endpoint | None) -> str | None:
    if console.web3.eth.block_number <= before.head:
        return f"no new block since {before.head}"
    if (_bridge_peers(console, role) or 0) < before.bridge_peers:
        return "the other node of its pair is not connected yet"
    for pair in before.served:
        if not read_registration(console, pair.child, pair.parent).live:
            return f"it does not serve the bridge contracts {pair.child} and {pair.parent} yet"
        if left := _left(console, en, pair, before.moment):
            return f"transfers that were requested before are not handled yet: {'; '.join(left)}"
    return None


def _left(console: Console, en: Endpoint | None, pair: Served, moment: float) -> list[str]:
    """Return in words which of the requests before `moment` (Unix time) are still to be handled, for each direction."""
    if en is None or not pair.requested:
        return []
    with closing(Console(en)) as other:
        ways = zip(_directions(console, other, pair.child, pair.parent), pair.requested, strict=True)
        found = {way.name: still_to_handle(way, below, moment) for way, below in ways}
    return [f"{way} {len(left)} ({', '.join(map(str, left[:NAMED]))})" for way, left in found.items() if left]


def _served(console: Console, en: Endpoint | None) -> list[Served]:
    pairs = [pair for pair in listed_pairs(console) if read_registration(console, *pair).live]
    if en is None or not pairs:
        return [Served(*pair) for pair in pairs]
    with closing(Console(en)) as other:
        return [Served(*pair, tuple(requested(way) for way in _directions(console, other, *pair))) for pair in pairs]


def _directions(scn: Console, en: Console, child: str, parent: str) -> tuple[Direction, Direction]:
    return (
        Direction("child to parent", scn, child, en, parent),
        Direction("parent to child", en, parent, scn, child),
    )
