"""Why a node does not find the nodes that it dials: both ends are compared and the ports are tried."""

import shlex
from collections.abc import Sequence
from contextlib import closing

from components.chain.errors import ChainError, HostUnreachable, Unreachable
from components.chain.peers.handshake import ChainIdentity, chain_identity, why_incompatible
from components.chain.peers.peers import peers
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.domain.kni import node_id
from components.domain.problems.chains import CHAINS_DIFFER, PEER_REFUSED, PORT_CLOSED
from components.domain.problems.problem import Message

HINT = "if that continues, both ends are compared"
"""Added to a message while the node is waited for."""


def explain(console: Console, knis: Sequence[str], others: Sequence[Endpoint]) -> Message:
    """Return why a node is not connected to the nodes at `knis`, as far as it can be found out.

    `others`: consoles of such nodes, if any. Raises ChainError when the node itself does not answer.
    """
    own = chain_identity(console)
    if why := why_incompatible(own, _identities(others)):
        remedy = "correct NETWORK_ID (networkId of the chain) or the genesis.json of the one that is wrong"
        return CHAINS_DIFFER(f"{why}; {remedy}")
    connected = peers(console, "admin")
    missing = [kni for kni in knis if node_id(kni) not in connected]
    closed = [words for kni in missing if (words := _why_unreachable(console.endpoint, kni))]
    if closed:
        remedy = "check that a node runs there, and that this port is open to this machine"
        return PORT_CLOSED(f"{'; '.join(closed)}: {remedy}")
    return _refused_by_others(own, missing)


def _refused_by_others(own: ChainIdentity, missing: Sequence[str]) -> Message:
    places = ", ".join(f"{host}:{port}" for host, port in map(place_of, missing))
    return PEER_REFUSED(
        f"the port of {places} answers, so the way is open, and what answers there does not take it as a node of its "
        f"chain. {own.node} has chain id {own.chain_id}, network id {own.network_id} and first block "
        f"{own.first_block}: compare them with `admin.nodeInfo.protocols.istanbul` in the console of the other node, "
        "and set networkId of the chain, or its genesis, to what is there; if all are equal, compare the public key "
        "in the KNI too"
    )


def _identities(others: Sequence[Endpoint]) -> list[ChainIdentity]:
    found = []
    for endpoint in others:
        try:
            with closing(Console(endpoint)) as console:
                found.append(chain_identity(console))
        except ChainError:  # it does not answer; others may
            continue
    return found


def _why_unreachable(source: Endpoint, kni: str) -> str | None:
    try:
        return why_unreachable(source, kni)
    except HostUnreachable as error:
        return str(error)


SECONDS = 5
"""For a connection; if it takes longer, a firewall drops the packets."""


def place_of(kni: str) -> tuple[str, int]:
    """Return the host and the port in a KNI."""
    host, _, port = kni.partition("@")[2].partition("?")[0].rpartition(":")
    return host, int(port)


def why_unreachable(source: Endpoint, kni: str) -> str | None:
    """Return why the machine of a node cannot connect to the address in a KNI; None when it can.

    It is part of another message, with the code of PORT_CLOSED. Raises HostUnreachable when that machine cannot be
    asked.
    """
    host, port = place_of(kni)
    script = shlex.quote(f"exec 3<>/dev/tcp/{host}/{port}")  # bash is there: the packages' scripts are written in it
    try:
        run_on_host(source, f"timeout {SECONDS} bash -c {script}", timeout=SECONDS + 10)
    except HostUnreachable:
        raise
    except Unreachable:
        return f"the machine of {source.node} cannot connect to {host}:{port} (tried for {SECONDS} s)"
    return None
