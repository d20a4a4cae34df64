"""A provider process ends with its engine, also when the engine is killed.

Pulumi ends its plugins when it is done, but cannot do so when it gets SIGKILL. A provider would then continue for
minutes, unnoticed: it would send transactions and restart nodes while the next run, which has read the chain before
that, does the same. A provider that ends with its engine leaves only what every create looks for anyway.
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
    """Watch the engine from now on; no-op in a process that is not a provider of an engine."""
    main = sys.modules["__main__"].__spec__
    if main is not None and main.name.startswith("pulumi.dynamic."):
        watch(STDIN)


def watch(pipe: int) -> None:
    """End this process when the other end of the pipe closes; the engine holds that end of a plugin's standard input.

    The parent process is no indication: there may be shells between the two, which live on.
    """
    poll = select.poll()
    poll.register(pipe, 0)  # poll always reports a closed end
    if poll.poll(0):  # the engine was killed while this process started
        _end()
    threading.Thread(target=_wait, args=[poll], name="orphan", daemon=True).start()


def _wait(poll: "select.poll") -> None:
    poll.poll()
    _end()


def _end() -> None:
    os._exit(1)  # at once, like a kill: nobody is left to report to


ENOUGH = 64
"""All nodes of the largest stack (12 pairs and SCNs without a pair) may wait for their restart at the same time."""


@cache
def have_enough() -> None:
    """Raise the number of threads of the pool that this thread belongs to; no-op in a thread without a pool."""
    this = threading.current_thread()
    for pool in gc.get_objects():
        if type(pool) is ThreadPoolExecutor and this in getattr(pool, "_threads", ()):
            pool._max_workers = max(pool._max_workers, ENOUGH)  # noqa: SLF001 - see above
            for _ in range(ENOUGH):  # a pool starts a thread for a waiting task only when another task is submitted
                pool.submit(int)
