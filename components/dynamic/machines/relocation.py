"""Relocation: moves a node, with its chain data, to another folder or another service on the same machine.

The node is down meanwhile, so this goes through the gate of all restarts: one node at a time, while the others are
healthy. The node starts with its former configuration; the next steps of the run write its files for the new place, and
restart it once more.
"""

from contextlib import closing, suppress

from components.chain.errors import ChainError
from components.chain.nodes.health import answers, is_down
from components.chain.nodes.restart import ANSWER_DEADLINE, restart
from components.chain.peers.peers import peer_knis
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.chain.rpc.waiting import wait_for
from components.domain.roles import Role

SECONDS = 3600.0
"""Time limit of the move; within a disk it takes no time, from one disk to another about 10 s per GB."""


def relocate(node: Endpoint, role: Role, command: str, why: str) -> None:
    """Run the command that stops a node, moves it and starts it again. Raises ChainError.

    `node` is reached through its former folder.
    """
    if is_down(node):
        run_on_host(node, command, SECONDS)
        return
    peer = _main_bridge(node) if role == "scn" else None
    restart(node, role, command, why, peer=peer, ready=lambda: _wait_for_answer(node), timeout=SECONDS)


def _wait_for_answer(node: Endpoint) -> None:
    wait_for(lambda: answers(node) or f"{node.node}: it does not answer yet", ANSWER_DEADLINE)


def _main_bridge(scn: Endpoint) -> str | None:
    """Return the KNI of the EN that an SCN is connected to, if there is one."""
    with suppress(ChainError), closing(Console(scn)) as console:
        return next(iter(peer_knis(console, "subbridge")), None)
    return None
