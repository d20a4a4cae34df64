"""Transfers over a running network while something else is done to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.network.network import CHAINS, Network, Transfers


@contextmanager
def traffic(network: Network) -> Iterator[list[Transfers]]:
    """Send a transfer each way every second while the block runs; all have to arrive."""
    sent: list[Transfers] = []
    done = threading.Event()

    def send() -> None:
        while not done.wait(1):
            sent.extend(network.send(source, 1) for source in CHAINS)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield sent
    finally:
        done.set()
        sender.join()
    for transfers in sent:
        transfers.wait()
    arrived = sum(transfers.arrived() for transfers in sent)
    print(f"sent {len(sent)}, arrived {arrived}")
    assert arrived == len(sent) > 0
