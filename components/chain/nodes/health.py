"""Whether a node is as healthy as before it was restarted: the gate between one restart and the next."""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

from components.chain.errors import ChainError, Unreachable
from components.chain.peers.peers import peer_knis, peers
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import Waiting, wait_for
from components.chain.transfers.direction import Direction
from components.chain.transfers.payout import NAMED, still_to_handle
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
class Health:
    """Numbers that the node has to reach again."""

    head: int
    """Number of the last block that the node has."""
    bridge_peers: int
    """Connected nodes at the other end of its bridge: 0 or 1."""
    requests: tuple[tuple[str, int], ...] = ()
    """SCN: each bridge contract that it is subscribed to, and how many transfers were requested for it."""
    moment: float = field(default_factory=time.time)
    """When it was read (Unix time)."""


def health(console: Console, role: Role) -> Health:
    """Read the health of a node. Raises ChainError when it does not answer."""
    head = console.web3.eth.block_number
    if role not in BRIDGE_APIS:
        return Health(head, 0)
    try:
        connected = len(console.call(f"{BRIDGE_APIS[role]}_peers") or [])
    except NodeError:  # no such API: an SCN that is in no pair
        return Health(head, 0)
    return Health(head, connected, tuple(_requests(console)) if role == "scn" else ())


def listens(endpoint: Endpoint) -> bool:
    """Return whether a node listens on the console."""
    try:
        Console(endpoint).close()
    except ChainError:
        return False
    return True


def answers(endpoint: Endpoint) -> bool:
    """Return whether the node answers within 10 s."""
    try:
        with closing(Console(endpoint)) as console:
            console.call("eth_chainId", timeout=10)
    except ChainError:
        return False
    return True


def before_restart(endpoint: Endpoint, role: Role) -> Health | None:
    """Return the health of a node, or None when it does not answer: then it has nothing to reach again."""
    try:
        with closing(Console(endpoint)) as console:
            return health(console, role)
    except ChainError:
        return None


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

    `en` is the other node of an SCN's pair: it shows which requests cannot be paid, or were stuck before the restart
    already, and so are not waited for. Raises NotReady with what is missing, and Deadlocked.
    """
    console, silent = wait_for(lambda: Console(endpoint), DEADLINE), Waiting(DEADLOCK_SECONDS)

    def gap() -> bool | Message:
        try:
            found = _gap(console, role, since, en)
        except Unreachable as error:
            # What is lost may be the EN's console, through which requests are looked at.
            if silent.over and listens(endpoint) and before_restart(endpoint, role) is None:
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
    now = health(console, role)
    if now.head <= before.head:
        return f"no new block since {before.head}"
    if now.bridge_peers < before.bridge_peers:
        return "the other node of its pair is not connected yet"
    for bridge, requested in before.requests:
        known = _information(console, bridge)
        if not known.get("isSubscribed"):
            return f"it is not subscribed to the bridge {bridge} yet"
        if left := _left(console, en, bridge, known, requested, before.moment):
            numbers = ", ".join(map(str, left[:NAMED]))
            return f"{len(left)} transfer(s) for the bridge {bridge} are not handled yet: {numbers}"
    return None


def _left(
    console: Console, en: Endpoint | None, bridge: str, known: Mapping[str, Any], below: int, moment: float
) -> Sequence[int]:
    """Return the nonces of the requests below one for a contract that the node still has to see handled."""
    lower = int(known["lowerHandleNonce"])
    if lower >= below or en is None:
        return range(lower, below)
    with closing(Console(en)) as other:
        here, there = (console, other) if known["onServiceChain"] else (other, console)
        return still_to_handle(Direction("", there, str(known["counterPart"]), here, bridge), below, moment)


def _requests(console: Console) -> list[tuple[str, int]]:
    """Return how many requests a node knows for each contract: its `requestNonce` is that of the counterpart."""
    bridges = [
        str(entry[f"{chain}Address"])
        for entry in console.call("subbridge_listBridge") or []
        for chain in ("child", "parent")
    ]
    known = {bridge: _information(console, bridge) for bridge in bridges}
    return [(bridge, int(one["requestNonce"])) for bridge, one in known.items() if one.get("isSubscribed")]


def _information(console: Console, bridge: str) -> dict[str, Any]:
    try:
        return dict(console.call("subbridge_getBridgeInformation", bridge, timeout=10))
    except NodeError:  # "Invalid bridge pair": in the journal, not (yet) in memory
        return {}
