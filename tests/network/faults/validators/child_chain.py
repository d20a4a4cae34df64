"""A ServiceChain of nodes alone, whose council changes: no parent chain, no bridge and no Pulumi."""

import json
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from eth_keys.datatypes import PrivateKey

from components.chain.accounts.signer import KeySigner
from components.chain.peers.seats import council
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.chain.rpc.waiting import wait_for
from components.domain.kni import consensus_kni, node_id
from components.domain.ports import SCN_PORT
from components.dynamic.base import Props
from components.kaia import conf, daemon_commands, genesis, layout
from components.kaia.package import Package
from tests.archives import archive_of
from tests.network.local_hosts import Network, running_network
from tests.network.lone_chain import console_at

CHAIN_ID = 3000
PACKAGE = Package("kscn", archive_of("kscn"))
LAYOUT = layout.Layout("/srv", PACKAGE)
SECONDS = 60


@dataclass
class ChildChain:
    """SCNs by the names of their hosts. `first` are the validators of the first block."""

    network: Network
    first: Sequence[str]
    nodes: list[str] = field(default_factory=list)

    def address(self, name: str) -> str:
        """Return the address of a node's key, in lower case."""
        return str(KeySigner(private_key=self.network.seed(name)).account().address).lower()

    @cached_property
    def first_block(self) -> str:
        """Return the chain's genesis."""
        return genesis.service_chain(CHAIN_ID, [self.address(name) for name in self.first], {})

    def first_block_with(self, **changed: object) -> str:
        """Return the same with some keys changed: that of another chain."""
        return json.dumps({**json.loads(self.first_block), **changed})

    def kni(self, name: str) -> str:
        """Return where other nodes dial one."""
        key = PrivateKey(bytes.fromhex(self.network.seed(name))).public_key.to_hex()[2:]
        return consensus_kni(key, self.network.address(name), SCN_PORT)

    def endpoint(self, name: str) -> Endpoint:
        """Return the console of a node."""
        return Endpoint.model_validate(self.login(name))

    def login(self, name: str) -> Props:
        """Return the same, as inputs have it."""
        return console_at(self.network, name, PACKAGE)

    def disk(self, name: str, path: str) -> Path:
        """Return where a file of a host is on this machine."""
        return self.network.folder / name / "srv" / Path(path).relative_to("/srv")

    def run(self, name: str, command: str) -> str:
        """Run a command on a host."""
        return run_on_host(self.endpoint(name), command, SECONDS)

    # -- nodes ---------------------------------------------------------------------------------------------

    def start(self, names: Sequence[str], *, first_block: str | None = None, network_id: int = CHAIN_ID) -> None:
        """Make hosts with nodes and start them; each dials all that are there by then."""
        for name in names:
            self._install(name, first_block or self.first_block, network_id)
        self.nodes += [name for name in names if name not in self.nodes]
        for name in names:
            listed = [self.kni(other) for other in self.nodes if other != name]
            self.disk(name, LAYOUT.static_nodes).write_text(layout.json_list(listed))
            self.run(name, daemon_commands.scripts(LAYOUT)["init"])
        for name in names:
            self.restart(name)

    def _install(self, name: str, first_block: str, network_id: int) -> None:
        self.network.up(name)
        shutil.copy(str(PACKAGE.archive), self.disk(name, LAYOUT.archive))
        self.run(name, daemon_commands.scripts(LAYOUT)["unpack"])
        values = conf.service_chain_node(network_id, LAYOUT.data, None)
        texts = {
            LAYOUT.release.conf: conf.render(PACKAGE.conf, values),
            LAYOUT.node_key: self.network.seed(name),
            LAYOUT.genesis: first_block,
        }
        for path, text in texts.items():
            self.disk(name, path).parent.mkdir(parents=True, exist_ok=True)
            self.disk(name, path).write_text(text)

    def restart(self, name: str) -> None:
        """Start a node, stopping it where it runs."""
        self.run(name, daemon_commands.scripts(LAYOUT)["start"])

    def kill(self, name: str) -> None:
        """Kill a node without a warning; its host stays."""
        pid = shlex.quote(f"{LAYOUT.data}/kscnd.pid")
        self.run(name, f"kill -9 $(cat {pid}); while pgrep -x kscn >/dev/null; do sleep 0.05; done")

    def remove(self, name: str) -> None:
        """Take a host away with all that is on it."""
        self.network.down(name)
        self.nodes.remove(name)

    # -- the chain -----------------------------------------------------------------------------------------

    @contextmanager
    def console(self, name: str) -> Iterator[Console]:
        """Connect to a node."""
        console = wait_for(lambda: Console(self.endpoint(name)), SECONDS)
        try:
            yield console
        finally:
            console.close()

    def council(self, name: str) -> set[str]:
        """Return the names of the validators, as a node knows them; an address that is none of theirs as it is."""
        names: Mapping[str, str] = {self.address(one): one for one in self.nodes}
        with self.console(name) as console:
            return {names.get(address, address) for address in council(console)}

    def goes_on(self, name: str, blocks: int = 2) -> None:
        """Wait until a node has so many more blocks. Raises NotReady."""
        with self.console(name) as console:
            before = console.web3.eth.block_number
            wait_for(
                lambda: console.web3.eth.block_number >= before + blocks or f"{name}: no new block since {before}",
                SECONDS,
            )

    def others(self, name: str) -> list[str]:
        """Return all nodes but one."""
        return [other for other in self.nodes if other != name]

    def knis(self, name: str) -> list[str]:
        """Return the KNIs of all nodes but one."""
        own = node_id(self.kni(name))
        return [kni for kni in map(self.kni, self.nodes) if node_id(kni) != own]


@contextmanager
def child_chain(first: Sequence[str]) -> Iterator[ChildChain]:
    """Run a chain of these; afterwards nothing of it may be left."""
    with running_network() as network:
        chain = ChildChain(network, first)
        chain.start(first)
        chain.goes_on(first[0])
        yield chain
