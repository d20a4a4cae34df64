"""Restarting nodes: one at a time, and each one well before the next."""

import json
import shlex
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import PurePosixPath

from components.chain.console import Console, wait_for
from components.chain.endpoint import Endpoint
from components.chain.errors import NotReady
from components.chain.missing_peers import HINT, explain
from components.chain.node_health import Health, Role, before_restart, part, wait_until_recovered
from components.chain.peering import wait_for_peers
from components.chain.tunnel import RESTART_TIMEOUT, run_on_host
from components.chain.turns import set_aside

ANSWER_DEADLINE = 60.0
"""Seconds until a node that was started answers, and has found another one."""

_turn = threading.Lock()
"""Of all nodes of the stack: one process serves all its dynamic resources, and one node is down at a time."""


def restart(
    endpoint: Endpoint,
    role: Role,
    command: str,
    why: str,
    *,
    peer: str | None = None,
    en: Endpoint | None = None,
    ready: Callable[[], object] | None = None,
    timeout: float = RESTART_TIMEOUT,
) -> None:
    """Restart a node while no other one is down, and give the turn away only when it is well again.

    `command`: on its host, for which it has `timeout` seconds. `peer`: KNI of the EN that an SCN is to be parted from
    first. `en`: the EN of its pair. `ready` waits for what is predicted of the node. Raises ChainError.
    """
    with _turn:
        before = before_restart(endpoint, role)
        start(endpoint, role, command, why, before, peer=peer, en=en, ready=ready, timeout=timeout)


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
    """Start a node, stopping it first where it runs, and wait until it is as well as `before`. Raises ChainError.

    One that is down waits for no turn: the node whose turn it is may need it to get well.
    """
    name = endpoint.node
    with set_aside(endpoint):
        print(f"{name}: restarting it, because {why}", file=sys.stderr)
        begin = time.monotonic()
        if peer:
            part(endpoint, peer)
        run_on_host(endpoint, command, timeout=timeout)
        (ready or (lambda: _wait_for_answer(endpoint)))()
        wait_until_recovered(endpoint, role, before, en)
        print(f"{name}: it is well again after {time.monotonic() - begin:.0f} s", file=sys.stderr)


def _wait_for_answer(endpoint: Endpoint) -> None:
    """Wait until a node answers, and has found those that it dials: by itself it may pause for 30 s."""
    with closing(wait_for(lambda: Console(endpoint), ANSWER_DEADLINE)) as console:
        file = shlex.quote(str(PurePosixPath(endpoint.ipc).with_name("static-nodes.json")))
        text = run_on_host(endpoint, f"[ ! -e {file} ] || cat {file}", timeout=ANSWER_DEADLINE)
        _wait_for_others(console, json.loads(text) if text.strip() else [])


def _wait_for_others(console: Console, knis: Sequence[str]) -> None:
    try:
        wait_for_peers(console, "admin", knis, ANSWER_DEADLINE, enough=1, hint=HINT)
    except NotReady as error:
        msg = f"{error}. {explain(console, knis, ())}"
        raise NotReady(msg) from error
