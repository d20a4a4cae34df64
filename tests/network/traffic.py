"""Transfers over a running network while something else is done to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from components.chain.errors import ChainError
from components.chain.rpc.waiting import repeated
from tests.network.network import CHAINS, Network, Transfers


@contextmanager
def traffic(network: Network, *, pauses: bool = False) -> Iterator[list[Transfers]]:
    """Send a transfer each way every second while the block runs; all have to arrive.

    `pauses`: the nodes that requests are sent through are restarted too, and nothing is sent meanwhile.
    """
    sent: list[Transfers] = []

    def send() -> None:
        for source in CHAINS:
            try:
                sent.append(network.send(source, 1))
            except ChainError as error:
                if not pauses:
                    raise
                print(f"nothing was sent on the {source} chain: {error}")

    with repeated(send, pause=1):
        yield sent
    for transfers in sent:
        transfers.wait()
    arrived = sum(transfers.arrived() for transfers in sent)
    print(f"sent {len(sent)}, arrived {arrived}")
    assert arrived == len(sent) > 0
