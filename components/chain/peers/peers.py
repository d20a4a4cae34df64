"""The peers of a node, and dialling again without the node's pause of 30 s.

A node dials its static nodes once and then leaves each alone for 30 s (networks/p2p/dial.go, dialHistoryExpiration). At
the start of a network a first dial often comes too early: a node that listens, but whose consensus engine does not run
yet, refuses the peer. Removing the peer and adding it again ends the pause.
"""

from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Literal

from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import Waiting, wait_for
from components.domain.kni import SCHEME, node_id
from components.domain.problems.chains import PEER_KEPT, PEER_MISSING
from components.domain.problems.problem import Message

Network = Literal["admin", "subbridge"]
"""API namespace: `admin` has the peers of the node's own chain, `subbridge` the main bridge."""

PATIENCE = 2.0
"""Seconds that a dial may take before it is repeated."""


def own_id(console: Console) -> str:
    """Return the public key under which the node's peers know it."""
    return str(console.call("admin_nodeInfo")["id"])


def peers(console: Console, network: Network) -> list[str]:
    """Return the public keys of the nodes that this one is connected to."""
    return [str(peer["id"]) for peer in console.call(f"{network}_peers") or []]


def peer_knis(console: Console, network: Network) -> list[str]:
    """Return the KNIs of the connected nodes with the addresses in use, as `removePeer` takes them."""
    return [
        f"{SCHEME}://{peer['id']}@{(peer.get('networks') or [{}])[0].get('remoteAddress', '')}?discport=0"
        for peer in console.call(f"{network}_peers") or []
    ]


def wait_for_peers(
    console: Console, network: Network, knis: Sequence[str], deadline: float, *, enough: int, hint: str
) -> list[str]:
    """Wait until the node is connected to all of `knis`, dialling the missing ones again; return its peers.

    All nodes of a chain have the same static-nodes.json, so the node itself may be in the list: it is left out. After a
    fifth of the deadline (seconds), `enough` of them are enough: another one may be down. Raises NotReady with the
    missing addresses and the hint.
    """
    all_of_them, dialling = Waiting(deadline / 5), Waiting(PATIENCE)

    def probe() -> list[str] | Message:
        connected = peers(console, network)
        missing = [kni for kni in knis if node_id(kni) not in connected]
        if missing:
            own = own_id(console)
            missing = [kni for kni in missing if node_id(kni) != own]
        found = sum(node_id(kni) in connected for kni in knis)
        if not missing or (found >= enough and all_of_them.over):
            return connected
        if dialling.over:
            for kni in missing:
                redial(console, network, kni)
            dialling.renew()
        where = ", ".join(kni.split("@", 1)[1].split("?", 1)[0] for kni in missing)
        return PEER_MISSING(f"{console.node}: not connected to {where}; {hint}")

    return wait_for(probe, deadline)


def disconnect(console: Console, network: Network, kni: str, deadline: float) -> None:
    """Disconnect a node from a peer that it does not dial any more. Raises NotReady."""
    console.call(f"{network}_removePeer", kni)
    kept = PEER_KEPT(f"{console.node}: still connected to {kni.split('@', 1)[-1].split('?', 1)[0]}")
    wait_for(lambda: node_id(kni) not in peers(console, network) or kept, deadline)


def redial(console: Console, network: Network, kni: str) -> None:
    """Have the node dial another one now."""
    console.call(f"{network}_removePeer", kni)
    console.call(f"{network}_addPeer", kni)


def redial_from(endpoint: Endpoint, network: Network, kni: str) -> None:
    """Have a node dial one that was restarted; no-op if it is connected already or does not answer.

    A dial that failed while the other was down is repeated only after the pause: measured at an EN, its blocks and with
    them all transfers came 40 s late.
    """
    with suppress(ChainError), closing(Console(endpoint)) as console:
        if node_id(kni) not in peers(console, network):
            redial(console, network, kni)
