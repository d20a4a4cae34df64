"""The smallest real chain: one kcn on a local host, which makes a block a second alone."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eth_keys.datatypes import PrivateKey
from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import KeySigner, Signer
from components.chain.errors import Unreachable
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.chain.tx.batch import execute
from components.chain.tx.outgoing import Transaction
from components.domain.problems.chains import CONSOLE_LOST
from components.domain.units import GKEI
from components.dynamic.secrets import ssh_key
from components.kaia import genesis
from components.kaia.layout import Layout
from components.kaia.package import Package
from tests.network.local_hosts import Network, running_network
from tests.network.lone_chain import CHAIN_ID, COIN, HOST, start_validator
from tests.network.systemd_node import archive

SINK = "0x" + "11" * 20
WITH_TRANSACTIONS = True
VALIDATOR_KEY = "2b" * 32

LIVELY = {"gastarget": 1_000, "maxblockgasusedforbasefee": 40_000, "basefeedenominator": 4}
"""One payment makes the next block six times as dear, up to 750 gkei; an empty block lowers the price by a quarter."""


@dataclass
class LoneChain:
    """A running chain. `rich` owns coins on it."""

    network: Network
    rich: Signer = field(default_factory=lambda: _signer())

    @property
    def endpoint(self) -> Endpoint:
        """Return where its console is."""
        return Endpoint(
            host=self.network.address(HOST),
            private_key=ssh_key.private_key(self.network.seed("client")),
            host_key=ssh_key.public_key(self.network.seed(HOST)),
            node="parent",
            ipc=self.layout.ipc,
        )

    @property
    def layout(self) -> Layout:
        """Return where things are on its host."""
        return Layout("/srv", Package("kcn", archive("kcn")))

    def console(self) -> Console:
        """Return a new console."""
        return Console(self.endpoint)

    def account(self) -> Signer:
        """Return an account with coins that has sent nothing."""
        signer = _signer()
        execute(self.console(), self.rich, [pay(1000 * COIN, signer.account().address)])
        return signer

    def sent(self, signer: Signer) -> list[tuple[int, int]]:
        """Return nonce and amount of all that an account has sent and that is mined, in the order of the chain."""
        console, sender = self.console(), signer.account().address.lower()
        blocks: list[Any] = [
            console.call("eth_getBlockByNumber", hex(number), WITH_TRANSACTIONS)
            for number in range(console.web3.eth.block_number + 1)
        ]
        found = [tx for block in blocks for tx in block["transactions"] if tx["from"].lower() == sender]
        return [(int(tx["nonce"], 16), int(tx["value"], 16)) for tx in found]

    def start(self, base_fee: dict[str, int]) -> None:
        """Start the node from nothing. `base_fee` is of the genesis's kip71."""
        validator = PrivateKey(bytes.fromhex(VALIDATOR_KEY)).public_key.to_checksum_address()
        first = json.loads(
            genesis.parent_chain(CHAIN_ID, [validator], {self.rich.account().address: 10**9 * COIN}, 25 * GKEI)
        )
        if base_fee:
            bounds = {"lowerboundbasefee": 25 * GKEI, "upperboundbasefee": 750 * GKEI}
            first["config"]["governance"] = {"governanceMode": "none", "kip71": {**bounds, **base_fee}}
        start_validator(self.network, self.layout.package, VALIDATOR_KEY, json.dumps(first))
        wait_for(lambda: self.console().web3.eth.block_number >= 2 or "no blocks yet", 60)


@contextmanager
def lone_chain(base_fee: dict[str, int] | None = None) -> Iterator[LoneChain]:
    """Run a chain; afterwards nothing of it may be left."""
    with running_network() as network:
        chain = LoneChain(network)
        chain.start(base_fee or {})
        yield chain


def pay(amount: int, to: str = SINK) -> Transaction:
    """Return a payment, which goes by its amount (peb)."""
    return Transaction(f"pay {amount}", to=to_checksum_address(to), value=amount, gas=21_000)


def _signer() -> Signer:
    """Return a fresh account with a limit above all base fees."""
    return KeySigner(private_key=secrets.token_hex(32), max_gas_price=1500 * GKEI)


def tamper(console: Console, *, swallow: bool = False) -> None:
    """Lose the next transaction on its way to the node, or else the answer to it."""
    real = console.web3.eth.send_raw_transaction
    left = [1]

    def send(raw: bytes) -> object:
        if not left[0]:
            return real(raw)
        left[0] = 0
        if not swallow:
            real(raw)
        console.close()
        raise Unreachable(CONSOLE_LOST("the connection is lost"))

    console.web3.eth.send_raw_transaction = send  # type: ignore[method-assign,assignment]
