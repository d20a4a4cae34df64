"""Transfers that go on, both ways, while a test does other things."""

import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing

from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import Signer
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.chain.transfers.direction import Direction
from components.chain.transfers.requests import request
from components.chain.voters.calls import balance

PAUSE = 1.0
"""Seconds from one transfer to the next of a direction, besides the block that each waits for."""


class Flow:
    """Sends one small transfer after another, each to a fresh account, until it is closed; then all have to arrive."""

    def __init__(self, source: Endpoint, target: Endpoint, bridges: tuple[str, str], user: Signer, name: str) -> None:
        self._ends, self._bridges, self._user, self._name = (source, target), bridges, user, name
        self._done = threading.Event()
        self.sent: dict[str, int] = {}
        self.trouble: list[str] = []
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with ExitStack() as stack:
            consoles = [stack.enter_context(closing(Console(end))) for end in self._ends]
            way = Direction(self._name, consoles[0], self._bridges[0], consoles[1], self._bridges[1])
            while not self._done.is_set():
                to, amount = to_checksum_address(secrets.token_hex(20)), 10**12 + secrets.randbelow(10**12)
                try:
                    request(way, self._user, to, amount)
                except Exception as error:  # noqa: BLE001 - told when the flow is closed
                    self.trouble.append(f"{type(error).__name__}: {error}")
                    return
                self.sent[to] = amount
                time.sleep(PAUSE)

    def close(self, deadline: float) -> int:
        """Stop sending, and wait until all have arrived; return how many. Prints both numbers."""
        self._done.set()
        self._thread.join(120)
        assert not self.trouble, self.trouble
        with closing(Console(self._ends[1])) as target:

            def probe() -> int | str:
                arrived = _arrived(target, self.sent)
                return arrived if arrived == len(self.sent) else f"{arrived} of {len(self.sent)} arrived {self._name}"

            begin = time.monotonic()
            try:
                return wait_for(probe, deadline)
            finally:
                arrived, waited = _arrived(target, self.sent), time.monotonic() - begin
                print(f"{self._name}: sent {len(self.sent)}, arrived {arrived}, waited {waited:.1f} s")


def _arrived(target: Console, sent: Mapping[str, int]) -> int:
    return sum(balance(target, to) == amount for to, amount in sent.items())
