"""Locks between those who use a node and those who restart it, so that no call is cut off by a restart of the same run.

All dynamic resources of a stack share one process, so locks in it are enough. Without them, an SCN that is restarted
because it joins or leaves a pair would cut off resources that reach the child chain through it.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from components.chain.rpc.endpoint import Endpoint

USE_SECONDS = 60.0
"""How long a restart waits for the users of the node; a few transactions take less."""
RESTART_SECONDS = 240.0
"""How long a user waits for a node that is restarting, when there is no other one."""

_changed = threading.Condition()
_users: Counter[Endpoint] = Counter()
_restarting: set[Endpoint] = set()


def is_restarting(endpoint: Endpoint) -> bool:
    """Return whether the node is restarting, so that another one is preferred."""
    return endpoint in _restarting


@contextmanager
def in_use(endpoint: Endpoint) -> Iterator[None]:
    """Keep the node from being restarted while the block runs. Waits first for a restart under way."""
    with _changed:
        _changed.wait_for(lambda: endpoint not in _restarting, RESTART_SECONDS)
        _users[endpoint] += 1
    try:
        yield
    finally:
        with _changed:
            _users[endpoint] -= 1
            _changed.notify_all()


@contextmanager
def restarting(endpoint: Endpoint) -> Iterator[None]:
    """Keep others from using the node while the block runs. Waits first for its users."""
    with _changed:
        _restarting.add(endpoint)
        _changed.wait_for(lambda: not _users[endpoint], USE_SECONDS)
    try:
        yield
    finally:
        with _changed:
            _restarting.discard(endpoint)
            _changed.notify_all()
