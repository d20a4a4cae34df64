"""Rolling restarts: one node of the stack at a time, each one well before the next is stopped."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Literal

from components.chain.endpoint import Endpoint

Role = Literal["validator", "en", "scn"]

_turn = threading.Lock()
"""Of all nodes of the stack: one process serves all its dynamic resources, and one node is down at a time."""


def restart(
    node: Endpoint,
    role: Role,
    why: str,
    *,
    command: str,
    ready: Callable[[], object],
    peers: Sequence[str] = (),
) -> None:
    """Restart the node while no other one is down, and give the turn away only when it is well again.

    `command` does it on the node's host, `ready` waits until the node is who it should be, and from `peers` (KNIs of
    its main bridges) an SCN is parted before it is stopped. Raises ChainError.
    """
    from components.chain.node_health import before_restart, part, wait_until_recovered
    from components.chain.tunnel import RESTART_TIMEOUT, run_on_host

    with _turn:
        before = before_restart(node, role)
        print(f"{node.node}: restarting it, because {why}", file=sys.stderr)
        begin = time.monotonic()
        for peer in peers:
            part(node, peer)
        run_on_host(node, command, timeout=RESTART_TIMEOUT)
        ready()
        wait_until_recovered(node, role, before)
        print(f"{node.node}: it is well again after {time.monotonic() - begin:.0f} s", file=sys.stderr)
