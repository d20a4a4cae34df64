"""Transfers over a running network while something else is done to it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.network.network import CHAINS, Network, Transfers


@contextmanager
def repeated(work: Callable[[], None], pause: float) -> Iterator[None]:
    """Do something again and again while the block runs, and `pause` seconds nothing before each time."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(pause):
            work()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def traffic(network: Network) -> Iterator[list[Transfers]]:
    """Send a transfer each way every second while the block runs; all have to arrive."""
    sent: list[Transfers] = []
    with repeated(lambda: sent.extend(network.send(source, 1) for source in CHAINS), pause=1):
        yield sent
    for transfers in sent:
        transfers.wait()
    arrived = sum(transfers.arrived() for transfers in sent)
    print(f"sent {len(sent)}, arrived {arrived}")
    assert arrived == len(sent) > 0
