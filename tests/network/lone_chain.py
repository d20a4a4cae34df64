"""The cheapest real chain: one kcn validator on a local host, without Pulumi."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from eth_keys.datatypes import PrivateKey

from components.chain.accounts.signer import KeySigner
from components.chain.rpc.console import Console, connect
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.domain.kni import consensus_kni
from components.domain.ports import EN_PORT
from components.dynamic.base import Props
from components.dynamic.secrets import ssh_key
from components.kaia import conf, daemon_commands, genesis
from components.kaia import layout as files
from components.kaia.package import Package
from tests.archives import archive_of
from tests.network.local_hosts import Network, running_network
from tests.stack import ROOT

CHAIN_ID = 2020
HOST = "parent"
COIN = 10**18
GKEI = 10**9
PACKAGE = Package("kcn", archive_of("kcn"))
ARTIFACT = str(ROOT / ".build/bridge/Bridge.json")
START_SECONDS = 120


@dataclass(frozen=True)
class LoneChain:
    """A chain that makes blocks by itself, with gas as on the public networks."""

    network: Network

    def signer(self, label: str) -> KeySigner:
        """Return the account of that label; `owner`, `owner-2`, `owner-4`, `operator-1` to `operator-12` have coins."""
        return KeySigner(private_key=self.network.seed(label))

    def address(self, label: str) -> str:
        """Return the address of that account."""
        return str(self.signer(label).account().address)

    @property
    def balances(self) -> Mapping[str, int]:
        """Return who holds what from the first block on."""
        rich = ("owner", "owner-2", "owner-4", *(f"operator-{i + 1}" for i in range(12)))
        return {self.address(label): 10**6 * COIN for label in rich}

    @property
    def first_block(self) -> str:
        """Return its genesis."""
        return genesis.parent_chain(CHAIN_ID, [self.address("validator")], self.balances, 25 * GKEI)

    @property
    def kni(self) -> str:
        """Return where another node dials the validator."""
        key = PrivateKey(bytes.fromhex(self.signer("validator").private_key)).public_key.to_hex()[2:]
        return consensus_kni(key, self.network.address(HOST), EN_PORT)

    @cached_property
    def endpoint(self) -> Props:
        """Return the validator's console, as inputs have it; the key in it is written differently each time."""
        return console_at(self.network, HOST, PACKAGE)

    def props(self, signer: str = "owner", **more: object) -> Props:
        """Return the inputs of a resource on this chain."""
        key = {"kind": "key", "private_key": self.signer(signer).private_key}
        return {"chain_id": float(CHAIN_ID), "endpoints": [self.endpoint], "signer": key, **more}

    @contextmanager
    def console(self) -> Iterator[Console]:
        """Connect."""
        with connect([Endpoint.model_validate(self.endpoint)], CHAIN_ID) as console:
            yield console

    def start(self) -> None:
        """Make the host and start the validator on it; return when it has made a block."""
        start_validator(self.network, PACKAGE, str(self.signer("validator").private_key), self.first_block)
        with self.console() as console:
            wait_for(lambda: console.web3.eth.block_number >= 1 or f"{HOST}: no block yet", START_SECONDS)


def console_at(network: Network, host: str, package: Package) -> Props:
    """Return the console of the node on a host, as inputs have it."""
    return {
        "node": host,
        "host": network.address(host),
        "port": 22.0,
        "user": "root",
        "private_key": ssh_key.private_key(network.seed("client")),
        "host_key": ssh_key.public_key(network.seed(host)),
        "ipc": files.Layout("/srv", package).ipc,
    }


def start_validator(network: Network, package: Package, node_key: str, first_block: str) -> None:
    """Make the host and start the validator of a chain on it, by the steps of a node. `first_block` is the genesis."""
    start_node(
        network, HOST, package, conf.validator(CHAIN_ID, files.Layout("/srv", package).data), node_key, first_block
    )


def start_node(
    network: Network, host: str, package: Package, values: conf.Conf, node_key: str, first_block: str
) -> None:
    """Start a node on a host, which is made where it is not there yet, by the steps of a node."""
    if not network.alive(host):
        network.up(host)
    layout = files.Layout("/srv", package)
    disk = network.folder / host / "srv"
    shutil.copy(str(package.archive), disk / package.file_name)
    commands = daemon_commands.scripts(layout)
    network.run(host, commands["unpack"])
    texts = {
        layout.release.conf: conf.render(package.conf, values),
        layout.node_key: node_key,
        layout.genesis: first_block,
    }
    for path, text in texts.items():
        place = disk / Path(path).relative_to("/srv")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    network.run(host, commands["init"])
    network.run(host, commands["start"])


@contextmanager
def lone_chain() -> Iterator[LoneChain]:
    """Run the chain; afterwards nothing of it may be left."""
    with running_network() as network:
        chain = LoneChain(network)
        chain.start()
        yield chain
