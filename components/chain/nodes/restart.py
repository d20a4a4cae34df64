"""Restarting nodes: one at a time, each healthy before the next, and none after one that did not come back."""

import json
import shlex
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import PurePosixPath

from components.chain.errors import ChainError, HostUnreachable, NotReady
from components.chain.nodes import restart_gate
from components.chain.nodes.health import (
    Deadlocked,
    Health,
    before_restart,
    disconnect_bridge,
    is_down,
    wait_until_recovered,
)
from components.chain.peers.missing_peers import HINT, explain
from components.chain.peers.peers import wait_for_peers
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import RESTART_TIMEOUT, run_on_host
from components.chain.rpc.node_locks import is_restarting, restarting
from components.chain.rpc.waiting import Waiting, reported, wait_for
from components.domain.problems.nodes import DEADLOCKED, NOT_RESTARTED
from components.domain.problems.problem import Message
from components.domain.roles import Role

ANSWER_DEADLINE = 60.0
"""Seconds until a node that was started answers, and has found another one."""
PATIENCE = 120.0
"""Seconds for another node to become healthy: it may be starting, or its pair may just have been disconnected."""
INTERVAL = 2.0
"""Seconds from one look at the others to the next."""

_one_restart = threading.Lock()
"""Of all nodes of the stack: one process serves all its dynamic resources."""
_failed: dict[str, tuple[Endpoint, Role]] = {}
"""Nodes that did not come back from a restart of this run, by name: no other node is stopped while one is down."""


def restart(
    endpoint: Endpoint,
    role: Role,
    command: str,
    why: str,
    *,
    siblings: Sequence[Endpoint] = (),
    peer: str | None = None,
    en: Endpoint | None = None,
    leave: Callable[[], object] | None = None,
    ready: Callable[[], object] | None = None,
    timeout: float = RESTART_TIMEOUT,
) -> None:
    """Restart a node while no other one is down, and let the next restart begin only when it is healthy again.

    `command`: on its host, for which it has `timeout` seconds. `siblings`: the other nodes of its role, all of which
    have to be healthy before it is stopped; a node that is down is started at once: the restart under way may need it.
    `peer`: KNI of the EN from which an SCN is disconnected first. `en`: the EN of its pair. `leave` is called before
    a running node is stopped, once it may be. `ready` waits for what is predicted of the node. Raises ChainError, and
    NotReady, with the node still running, when another one is not healthy. While its host does not answer nobody knows
    whether it runs, so it is not stopped either: HostUnreachable.
    """
    if _is_down(endpoint, role):
        start(endpoint, role, command, why, peer=peer, en=en, ready=ready, timeout=timeout)
        return
    name = endpoint.node
    others: list[tuple[Endpoint, Role]] = [(one, role) for one in siblings]
    # Its own EN serves no other SCN, and perhaps none yet: it only has to be in sync.
    others += [(en, "validator")] if en and role == "scn" else []
    waiting: Waiting | None = None
    while True:
        with _one_restart:
            failed = [one for one in _failed.values() if one[0].node != name]
            _is_down(endpoint, role)  # raises while its host does not answer
            words = restart_gate.blocker(endpoint, role, [*failed, *others])
            if words is None:
                if leave:
                    leave()
                before = before_restart(endpoint, role, en)
                start(endpoint, role, command, why, before, peer=peer, en=en, ready=ready, timeout=timeout)
                return
        refusal = f"{name}: not restarted: {words}"
        returning = any(is_restarting(one) for one, _ in others)
        waiting = waiting or Waiting(PATIENCE)  # begins here: other restarts may have come first
        if failed or (waiting.over and not returning):
            msg = f"{refusal}; it keeps running: bring the other one back, then run again"
            raise NotReady(NOT_RESTARTED(msg))
        waiting.report(refusal)
        waiting.pause(INTERVAL)


def _is_down(endpoint: Endpoint, role: Role) -> bool:
    try:
        return is_down(endpoint)
    except HostUnreachable:
        _failed[endpoint.node] = (endpoint, role)
        raise


def start(
    endpoint: Endpoint,
    role: Role,
    command: str,
    why: str,
    before: Health | None = None,
    *,
    peer: str | None = None,
    en: Endpoint | None = None,
    ready: Callable[[], object] | None = None,
    timeout: float = RESTART_TIMEOUT,
) -> None:
    """Start a node, stopping it first where it runs, and wait until it is as healthy as `before`. Raises ChainError.

    A node that is down does not wait for other restarts: one of them may need it to become healthy.
    """
    name = endpoint.node
    with restarting(endpoint), _failing(endpoint, role):
        print(f"{name}: restarting it, because {why}", file=sys.stderr)
        waiting = Waiting()
        if peer:
            disconnect_bridge(endpoint, peer)

        def attempt() -> None:
            with reported(f"{name}: it is being stopped and started"):
                run_on_host(endpoint, command, timeout=timeout)
            (ready or (lambda: _wait_for_answer(endpoint)))()
            wait_until_recovered(endpoint, role, before, en)

        try:
            attempt()
        except Deadlocked as error:
            print(f"{Message(str(error)).words}; restarting it once more", file=sys.stderr)
            try:
                attempt()
            except Deadlocked as again:
                raise NotReady(DEADLOCKED(str(again))) from again
        print(f"{name}: it is healthy again after {waiting.elapsed:.0f} s", file=sys.stderr)


@contextmanager
def _failing(endpoint: Endpoint, role: Role) -> Iterator[None]:
    """Remember a node that does not come back."""
    try:
        yield
    except ChainError:
        _failed[endpoint.node] = (endpoint, role)
        raise
    _failed.pop(endpoint.node, None)


def _wait_for_answer(endpoint: Endpoint) -> None:
    """Wait until a node answers and has found the nodes that it dials; left alone, it may pause for 30 s."""
    with closing(wait_for(lambda: Console(endpoint), ANSWER_DEADLINE)) as console:
        file = shlex.quote(str(PurePosixPath(endpoint.ipc).with_name("static-nodes.json")))
        text = run_on_host(endpoint, f"[ ! -e {file} ] || cat {file}", timeout=ANSWER_DEADLINE)
        _wait_for_others(console, json.loads(text) if text.strip() else [])


def _wait_for_others(console: Console, knis: Sequence[str]) -> None:
    try:
        wait_for_peers(console, "admin", knis, ANSWER_DEADLINE, enough=1, hint=HINT)
    except NotReady as error:
        raise NotReady(Message(str(error)).extended(f". {explain(console, knis, ())}")) from error


def reinitialise(node: Endpoint, console: Console, command: str) -> None:
    """Have a node that holds only its first block start over with the genesis.json that is on its host now.

    `console` reconnects at its next call. Raises ChainError.
    """
    print(f"{node.node}: it has its first block alone, and begins again with its genesis.json", file=sys.stderr)
    run_on_host(node, command, timeout=RESTART_TIMEOUT)
    wait_for(lambda: bool(console.call("eth_chainId", timeout=5)), ANSWER_DEADLINE)
