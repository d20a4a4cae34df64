"""A provider ends with its engine, also when that was killed.

Pulumi ends its plugins when it is done, and cannot when it gets SIGKILL. A provider would go on then, for minutes and
seen by nobody: sending transactions and restarting nodes beside the next run, which looked before those were there.
Killed with its engine it leaves what every resource looks for when it is created again.
"""

import gc
import os
import select
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

STDIN = 0


@cache
def end_with_the_engine() -> None:
    """Watch the engine from now on; does nothing in a process which is no provider of an engine."""
    main = sys.modules["__main__"].__spec__
    if main is not None and main.name.startswith("pulumi.dynamic."):
        watch(STDIN)


def watch(pipe: int) -> None:
    """End this process when the other end of the pipe closes; the engine holds that of a plugin's standard input.

    Between the two there may be shells, which live on, so the parent process tells nothing.
    """
    poll = select.poll()
    poll.register(pipe, 0)  # its end is told unasked
    if poll.poll(0):  # the engine was killed while this process began
        _end()
    threading.Thread(target=_wait, args=[poll], name="orphan", daemon=True).start()


def _wait(poll: "select.poll") -> None:
    poll.poll()
    _end()


def _end() -> None:
    os._exit(1)  # at once, like a kill: there is nobody to whom anything could be reported


ENOUGH = 64
"""All nodes of the largest stack, 12 pairs with SCNs that are in none, may wait for their turn at once."""


@cache
def have_enough() -> None:
    """Raise the number of threads of the pool that this thread is one of; does nothing in a thread of no pool."""
    this = threading.current_thread()
    for pool in gc.get_objects():
        if type(pool) is ThreadPoolExecutor and this in getattr(pool, "_threads", ()):
            pool._max_workers = max(pool._max_workers, ENOUGH)  # noqa: SLF001 - see above
            for _ in range(ENOUGH):  # what came before waits for a thread, which is made when something else comes
                pool.submit(int)
