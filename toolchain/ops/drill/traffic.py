"""Transfers that go on in both directions, of coins and of tokens, while a drill makes faults."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress

from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import Signer
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.chain.tokens.token_contract import holding
from components.chain.transfers.direction import Direction
from components.chain.transfers.requests import coins_request, open_nonces
from components.chain.tx.batch import Transaction, carry_out
from components.chain.voters.proof import token_request
from components.domain.networks import OTHER_SIDE, SIDES, Side
from components.domain.problems.operations.drills import NO_DRILL_HERE, TRANSFERS_MISSING
from components.domain.problems.problem import Message
from components.watch.judging.finding import way
from components.watch.reading.open_requests import direction
from components.watch.report import DirectionRow, Report
from components.watch.targets import Targets, TokenTarget
from toolchain.ops.drill.scene import Scene
from toolchain.ops.drill.transfers import COINS, Asset, Ledger, Transfer

PAUSE = 1.0
"""Seconds from one round of transfers of a direction to the next, besides the block that each waits for."""
STOCK = 100_000
"""Smallest units of a token that the owner of a chain has before the drill; a transfer takes 500 on average."""
STOCK_SECONDS = 120.0
POLL = 0.5
"""Seconds from one look at the recipients to the next."""
END_SECONDS = 120.0
"""For the last round of transfers to be in a block."""

Views = Mapping[Side, Endpoint]


def assets_of(targets: Targets, health: Report) -> tuple[list[Asset], list[Message]]:
    """Return what can be transferred with the amount that arrives, and why not the rest. Pure."""
    found: list[Asset] = []
    left: list[Message] = []
    for row in health.directions:
        if why := _why_not(row):
            left.append(NO_DRILL_HERE(f"{row.token or COINS} {row.direction}: not transferred: {why}"))
        elif row.token is None:
            found.append(Asset(row.source))
        elif token := _erc20(targets, row):
            found.append(Asset(row.source, token.name, token.address, token.counterpart))
    return found, left


def _why_not(row: DirectionRow) -> str:
    if row.locked:
        return "it is locked"
    if row.fee is None or row.locked is None:
        return "the contract cannot be read"
    return f"a fee of {row.fee} is charged" if row.fee != "0" else ""


def _erc20(targets: Targets, row: DirectionRow) -> TokenTarget | None:
    tokens = targets.contracts[row.source].tokens
    return next((one for one in tokens if one.name == row.token and one.kind == "erc20"), None)


class Traffic:
    """Sends a transfer of each asset in each direction, again and again, from the owners to fresh accounts."""

    def __init__(self, scene: Scene, assets: Sequence[Asset], ledger: Ledger | None = None) -> None:
        """`scene` has the owners that pay."""
        self._scene, self._assets = scene, list(assets)
        self.ledger = Ledger() if ledger is None else ledger
        self.trouble: list[str] = []
        """What kept transfers from being requested."""

    def stock(self, views: Views) -> list[Message]:
        """Give the owner of each chain enough of each token; return why a token is left out. Raises ChainError."""
        left: list[Message] = []
        for asset in [one for one in self._assets if one.token]:
            try:
                self._stock(asset, views)
            except ChainError as error:
                left.append(NO_DRILL_HERE(f"{asset.name} {way(asset.source)}: not transferred: {error}"))
                self._assets.remove(asset)
        if not self._assets:
            raise ChainError(NO_DRILL_HERE(f"nothing can be transferred: {'; '.join(left) or 'there is no asset'}"))
        return left

    def _stock(self, asset: Asset, views: Views) -> None:
        owner = self._scene.owners[asset.source].account().address
        with closing(Console(views[asset.source])) as here:
            if holding(here, owner, asset.token) >= STOCK:
                return
        # The other owner has the token: it sends some over the bridge.
        payer = self._scene.owners[OTHER_SIDE[asset.source]]
        with ExitStack() as stack:
            back = direction(stack, self._scene.targets, OTHER_SIDE[asset.source], views)
            request = token_request(back, asset.counterpart, owner, 10 * STOCK)
            carry_out(back.source, payer, lambda: [request])

            def there() -> bool | Message:
                words = f"{owner} has not got {10 * STOCK} of {asset.name} yet, {back.name}"
                return holding(back.target, owner, asset.token) >= STOCK or TRANSFERS_MISSING(words)

            wait_for(there, STOCK_SECONDS)

    @contextmanager
    def flowing(self, views: Views) -> Iterator[None]:
        """Send as long as the block runs, by these nodes; at the end the last requests are in blocks."""
        done = threading.Event()
        sides = [side for side in SIDES if any(one.source == side for one in self._assets)]
        threads = [threading.Thread(target=self._send, args=(side, views, done), daemon=True) for side in sides]
        threads.append(threading.Thread(target=self._watch, args=(views, done), daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            done.set()
            for thread in threads:
                thread.join(END_SECONDS)

    def _send(self, source: Side, views: Views, done: threading.Event) -> None:
        assets = [one for one in self._assets if one.source == source]
        signer = self._scene.owners[source]
        while not done.is_set():
            try:
                with ExitStack() as stack:
                    there = direction(stack, self._scene.targets, source, views)
                    while not done.is_set():
                        self._round(there, signer, assets)
                        done.wait(PAUSE)
            except ChainError as error:
                self.trouble.append(str(error))
                done.wait(PAUSE)
            except Exception as error:  # noqa: BLE001 - web3 has many; shown in the report
                self.trouble.append(f"{type(error).__name__}: {error}")
                done.wait(PAUSE)

    def _round(self, there: Direction, signer: Signer, assets: Sequence[Asset]) -> None:
        transfers = [Transfer(asset) for asset in assets]
        self.ledger.add(transfers)
        carry_out(there.source, signer, lambda: [_request(there, one) for one in transfers])
        for one in transfers:
            one.certain = True

    def _watch(self, views: Views, done: threading.Event) -> None:
        """Note when transfers arrive."""
        while not done.is_set():
            with suppress(ChainError), ExitStack() as stack:
                consoles = {side: stack.enter_context(closing(Console(views[side]))) for side in SIDES}
                while not done.wait(POLL):
                    self.ledger.look(consoles)
            done.wait(POLL)

    def look(self, views: Views, *, again: bool = False) -> None:
        """Read what has arrived. Raises ChainError."""
        with ExitStack() as stack:
            consoles = {side: stack.enter_context(closing(Console(views[side]))) for side in SIDES}
            self.ledger.look(consoles, again=again)

    def wait(self, views: Views, seconds: float, transfers: Sequence[Transfer]) -> bool:
        """Wait until these have arrived, for so long at most; return whether they have."""
        until = time.monotonic() + seconds
        while True:
            with suppress(ChainError):
                self.look(views)
                if all(one.outcome in ("arrived", "never sent") for one in transfers):
                    return True
            if time.monotonic() > until:
                return False
            time.sleep(POLL)

    def open_requests(self, views: Views) -> dict[Side, int]:
        """Return how many requests of each direction are not handled, by anybody. Raises ChainError."""
        with ExitStack() as stack:
            return {source: len(open_nonces(direction(stack, self._scene.targets, source, views))) for source in SIDES}


def _request(there: Direction, transfer: Transfer) -> Transaction:
    if transfer.asset.token:
        return token_request(there, transfer.asset.token, transfer.recipient, transfer.amount)
    return coins_request(there, to_checksum_address(transfer.recipient), transfer.amount)
