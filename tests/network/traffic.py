"""Transfers over a running network while something else is done to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from components.chain.rpc.waiting import repeated
from tests.network.network import CHAINS, Network, Transfers


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
