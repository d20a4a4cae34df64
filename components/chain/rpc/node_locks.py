"""Who uses a node and who restarts it: within one run of Pulumi, a node is not restarted under a call of somebody else.

All dynamic resources of a stack share one process, so a lock in it is shared by all of them. Without one, an SCN that
is restarted when it joins or leaves a pair would cut off the resources that reach the child chain through it.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from components.chain.rpc.endpoint import Endpoint

USE_SECONDS = 60.0
"""How long a restart waits for those who use the node; a few transactions take less."""
RESTART_SECONDS = 240.0
"""How long somebody waits for a node that is being restarted, when there is no other one."""

_changed = threading.Condition()
_users: Counter[Endpoint] = Counter()
_restarting: set[Endpoint] = set()


def is_restarting(endpoint: Endpoint) -> bool:
    """Tell whether the node is being restarted, so that another one is to be preferred."""
    return endpoint in _restarting


@contextmanager
def in_use(endpoint: Endpoint) -> Iterator[None]:
    """Keep the node from being restarted while the block runs, which begins when it is not."""
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
    """Send those who want to use the node elsewhere while the block runs, which begins when nobody uses it."""
    with _changed:
        _restarting.add(endpoint)
        _changed.wait_for(lambda: not _users[endpoint], USE_SECONDS)
    try:
        yield
    finally:
        with _changed:
            _restarting.discard(endpoint)
            _changed.notify_all()
