"""Kill the EN of each pair of a running local stack, one at a time, and check that transfers continue.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.drill

For each pair: kill its EN, transfer in both directions, start it with the program's own start command, and wait until
the pair is healthy again. The owners' keys sign the transfers and stay in memory.
"""

import json
import secrets
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from eth_utils.address import to_checksum_address

from components.chain.errors import ChainError, Unreachable
from components.chain.nodes.drift import wait_until_ready
from components.chain.nodes.expected import Expected
from components.chain.nodes.registration import read_registration
from components.chain.peers.peers import peers
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.chain.rpc.waiting import wait_for
from components.chain.transfers.direction import Direction
from components.chain.transfers.requests import request
from components.chain.voters.calls import balance
from components.domain.problems.operations import EN_NOT_KILLED, PAIR_NOT_BACK, TRANSFERS_MISSING
from components.domain.problems.problem import Message
from toolchain.ops.scene import OTHER, Pair, Refused, Scene

DEADLINE = 120.0
"""Seconds for a transfer to arrive, and for a pair to be healthy again."""
START_SECONDS = 180.0


@dataclass
class Transfer:
    """One transfer to a fresh account."""

    direction: Direction
    recipient: str = field(default_factory=lambda: to_checksum_address(secrets.token_hex(20)))
    amount: int = field(default_factory=lambda: 10**15 + secrets.randbelow(10**15))
    sent: float = field(default_factory=time.monotonic)
    took: float | None = None
    """Seconds from the request; None until it has arrived."""

    def look(self) -> bool:
        """Return whether it has arrived."""
        if self.took is None and balance(self.direction.target, self.recipient) == self.amount:
            self.took = time.monotonic() - self.sent
        return self.took is not None


def in_words(transfer: Transfer) -> str:
    """Return the outcome of a transfer."""
    outcome = "did not arrive" if transfer.took is None else f"arrived after {transfer.took:.1f} s"
    return f"{transfer.direction.name} {outcome}"


def summary(pairs: int, transfers: Sequence[Transfer]) -> str:
    """Return the last line of a drill."""
    waits = [transfer.took for transfer in transfers if transfer.took is not None]
    longest = max(waits, default=0.0)
    many = "1 pair" if pairs == 1 else f"{pairs} pairs"
    return f"drill: {many}, {len(transfers)} transfers sent, {len(waits)} arrived, longest wait {longest:.1f} s"


def drill(scene: Scene, transfers: list[Transfer]) -> None:
    """Drill all pairs; append the transfers that were sent. Raises ChainError if a pair does not come back."""
    with ExitStack() as stack:
        views = {chain: stack.enter_context(_console(at)) for chain, at in scene.views.items()}
        directions = [
            Direction(
                f"{source} to {target}", views[source], scene.bridges[source], views[target], scene.bridges[target]
            )
            for source, target in OTHER.items()
        ]
        for pair in scene.pairs:
            survivors = ", ".join(other.name for other in scene.pairs if other is not pair) or "none"
            _say(pair, f"killing {pair.en.node}; remaining pairs: {survivors}")
            try:
                _kill(pair)
                _say(pair, f"{pair.en.node} is down, {pair.scn.node} has no main bridge")
                _transfer(scene, pair, directions, transfers)
            finally:
                begin = time.monotonic()
                run_on_host(pair.en, pair.start, START_SECONDS)
            _wait_until_healthy(scene, pair, views)
            _say(pair, f"healthy again {time.monotonic() - begin:.1f} s after the start of {pair.en.node}")


def _kill(pair: Pair) -> None:
    """Kill the EN's process, and wait until its host and its SCN report it gone."""
    pid = f"$(cat {PurePosixPath(pair.en.ipc).parent}/*.pid)"
    run_on_host(pair.en, f"pid={pid} && kill -9 $pid && while kill -0 $pid 2>/dev/null; do sleep 0.05; done", 30)
    try:
        Console(pair.en).close()
    except Unreachable:
        with _console(pair.scn) as scn:
            words = EN_NOT_KILLED(f"{scn.node} still has a main bridge")
            wait_for(lambda: not peers(scn, "subbridge") or words, DEADLINE)
        return
    raise ChainError(EN_NOT_KILLED(f"{pair.en.node} still answers after it was killed"))


def _transfer(scene: Scene, pair: Pair, directions: Iterable[Direction], transfers: list[Transfer]) -> None:
    mine = []
    for source, direction in zip(OTHER, directions, strict=True):
        transfer = Transfer(direction)
        request(direction, scene.owners[source], transfer.recipient, transfer.amount)
        mine.append(transfer)
        transfers.append(transfer)
    missing = TRANSFERS_MISSING("transfers are not there yet")
    try:
        wait_for(lambda: sum(not transfer.look() for transfer in mine) == 0 or missing, DEADLINE)
    except ChainError as error:
        _say(pair, str(error))
    _say(pair, "transfers: " + "; ".join(map(in_words, mine)))


def _wait_until_healthy(scene: Scene, pair: Pair, views: Mapping[str, Console]) -> None:
    """Wait until the EN is in sync, and the SCN is connected to it and serves the contracts."""
    wait_until_ready(pair.en, Expected(chain_id=scene.chain_ids["parent"], kni=pair.kni))
    wait_until_ready(pair.scn, Expected(chain_id=scene.chain_ids["child"], peer=pair.kni))

    def in_sync() -> bool | Message:
        own, head = en.web3.eth.block_number, views["parent"].web3.eth.block_number
        return own >= head - 2 or PAIR_NOT_BACK(f"{en.node} is at block {own} of {head}")

    def registered() -> bool | Message:
        found = read_registration(scn, scene.bridges["child"], scene.bridges["parent"])
        return found.live or PAIR_NOT_BACK(f"{scn.node} has not subscribed to the bridge contracts again")

    with _console(pair.en) as en, _console(pair.scn) as scn:
        wait_for(in_sync, DEADLINE)
        wait_for(registered, DEADLINE)


@contextmanager
def _console(endpoint: Endpoint) -> Iterator[Console]:
    console = Console(endpoint)
    try:
        yield console
    finally:
        console.close()


def _say(pair: Pair, text: str) -> None:
    print(f"{pair.name}: {text}", flush=True)


def main() -> int:
    """Drill the stack whose export is on standard input."""
    transfers: list[Transfer] = []
    try:
        scene = Scene.of(json.load(sys.stdin))
    except Refused as refused:
        print(f"error: {refused}", file=sys.stderr)
        return 1
    failed = False
    try:
        drill(scene, transfers)
    except ChainError as error:
        failed = True
        print(f"error: {error}", file=sys.stderr)
    print(summary(len(scene.pairs), transfers), flush=True)
    return int(failed or any(transfer.took is None for transfer in transfers))


if __name__ == "__main__":
    sys.exit(main())
