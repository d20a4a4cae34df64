"""Workers: the threads of a provider process, of which there have to be more than there are waits.

Pulumi serves all dynamic resources of a run in one process with four threads (pulumi/dynamic/__main__.py). A resource
that waits for hours, for chain data, for a node to catch up, for coins, or for its turn to be restarted, holds one
of them, so with four such waits nothing else of the stack would go on. The number is fixed in the SDK, and a pool
has no call to change it: it is raised in the pool itself, which makes threads as they are needed.

This is the one place that knows of it. tests/unit/test_dynamic_workers.py starts the SDK's own server and fails where
this does nothing. The engine has a limit of its own, PULUMI_PARALLEL, which toolchain/run sets.
"""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

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
