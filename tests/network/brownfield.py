"""A ServiceChain that people made by hand: 2 ENs, 2 SCNs, one pair connected and in use, and no stack anywhere.

It is the state of the document on high availability before its first step: EN-01 and SCN-L2-01 have their bridge, and
EN-02 and SCN-L2-02 are nodes like any others.
"""

import shlex
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from eth_keys.datatypes import PrivateKey
from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.deployment import ensure_deployed
from components.chain.nodes import registration
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.chain.voters import calls
from components.domain.kni import bridge_kni, consensus_kni
from components.domain.ports import EN_PORT, SCN_PORT
from components.dynamic.base import Props
from components.dynamic.secrets import ssh_key
from components.kaia import conf, daemon_commands, genesis
from components.kaia import layout as files
from components.kaia.package import Package
from tests.archives import archive_of
from tests.network.existing_hosts import SUDOER, local
from tests.network.local_hosts import Network, running_network
from tests.network.lone_chain import ARTIFACT, COIN, GKEI

PARENT, CHILD = 2020, 3000
ENS, SCNS = ("alpha-en", "beta-en"), ("alpha-scn", "beta-scn")
SECOND = (ENS[1], SCNS[1])
PROGRAMS = {"parent": "kcn", **dict.fromkeys(ENS, "ken"), **dict.fromkeys(SCNS, "kscn")}
DATA = "/srv/data"
USER = "nobody"
START_SECONDS = 120

PAIRED = conf.SubBridge(parent_chain_id=PARENT, anchoring=True, anchoring_period=10, recovery_interval=5)


@dataclass(frozen=True)
class Brownfield:
    """The nodes by name, the two bridge contracts, and who owns them."""

    network: Network

    # -- who and where -------------------------------------------------------------------------------------

    def signer(self, label: str) -> KeySigner:
        """Return an account; `parent-owner`, `child-owner` and `user` have coins on both chains."""
        return KeySigner(private_key=self.network.seed(label))

    def owner(self, chain: str) -> KeySigner:
        """Return who owns the bridge contract of a chain."""
        return self.signer(f"{chain}-owner")

    def address_of(self, label: str) -> str:
        """Return the address of that account, or that a node has as a validator."""
        return str(self.signer(label).account().address)

    def layout(self, name: str) -> files.Layout:
        """Return where things are on a node's host."""
        return files.Layout("/srv", _package(PROGRAMS[name]))

    def disk(self, name: str, path: str) -> Path:
        """Return where a file of a host is on this machine."""
        return self.network.folder / name / "srv" / Path(path).relative_to("/srv")

    def login(self, name: str) -> Props:
        """Return the console of a node, as inputs have it."""
        seed = self.network.seed
        return {
            "node": name,
            "host": self.network.address(name),
            "port": 22.0,
            **self.who(name),
            "private_key": ssh_key.private_key(seed("client")),
            "host_key": ssh_key.public_key(seed(name)),
            "ipc": self.layout(name).ipc,
        }

    def who(self, name: str) -> Props:
        """Return who logs in there: root, and on the machines of the second pair one who becomes root by sudo."""
        return {"user": SUDOER, "sudo": True} if name in SECOND else {"user": "root"}

    def endpoint(self, name: str) -> Endpoint:
        """Return the same, parsed."""
        return Endpoint.model_validate(self.login(name))

    def public_key(self, name: str) -> str:
        """Return the public key of a node."""
        return PrivateKey(bytes.fromhex(self.network.seed(name))).public_key.to_hex()[2:]

    def kni(self, en: str) -> str:
        """Return the KNI of an EN's main bridge."""
        return bridge_kni(self.public_key(en), self.network.address(en))

    @cached_property
    def bridges(self) -> Mapping[str, str]:
        """Return the addresses of the contracts, by chain; deployed by the owner at the first call."""
        with ExitStack() as stack:
            consoles = {"parent": Console(self.endpoint("alpha-en")), "child": Console(self.endpoint("alpha-scn"))}
            for console in consoles.values():
                stack.callback(console.close)
            return {
                chain: ensure_deployed(
                    console, self.owner(chain), Path(ARTIFACT), None, mode_mint_burn=chain == "child"
                )
                for chain, console in consoles.items()
            }

    # -- how it was made -----------------------------------------------------------------------------------

    def make(self) -> None:
        """Start all nodes, the first pair connected, and have its bridge work."""
        rich = {self.address_of(label): 10**6 * COIN for label in ("parent-owner", "child-owner", "user")}
        first = genesis.parent_chain(PARENT, [self.address_of("parent")], rich, 25 * GKEI)
        child = genesis.service_chain(CHILD, [self.address_of(scn) for scn in SCNS], rich)
        values = {
            "parent": conf.validator(PARENT, DATA),
            **{en: {**conf.endpoint_node(PARENT, DATA), "SC_MAIN_BRIDGE": int(en == ENS[0])} for en in ENS},
            SCNS[0]: conf.service_chain_node(CHILD, DATA, PAIRED),
            SCNS[1]: conf.service_chain_node(CHILD, DATA, None),
        }
        validator = consensus_kni(self.public_key("parent"), self.network.address("parent"), EN_PORT)
        scns = [consensus_kni(self.public_key(scn), self.network.address(scn), SCN_PORT) for scn in SCNS]
        for name in PROGRAMS:
            listed = [] if name == "parent" else [validator] if name in ENS else scns
            self._install(name, values[name], child if name in SCNS else first, listed)
        self.disk(SCNS[0], self.layout(SCNS[0]).main_bridges).write_text(f'["{self.kni(ENS[0])}"]\n')
        self._start("parent")  # an EN that dials it too early would pause for 30 s
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._start, [*ENS, *SCNS]))
        self._connect()

    def _install(self, name: str, values: conf.Conf, first_block: str, listed: list[str]) -> None:
        layout, network = self.layout(name), self.network
        if name in SECOND:
            local(network, name)
        else:
            network.up(name)
        package = layout.package
        shutil.copy(str(package.archive), network.folder / name / "srv" / package.file_name)
        network.run(name, daemon_commands.scripts(layout)["unpack"])
        texts = {
            layout.release.conf: conf.render(package.conf, values),
            layout.node_key: self.network.seed(name),
            layout.genesis: first_block,
            layout.static_nodes: files.json_list(listed),
        }
        for path, text in texts.items():
            self.disk(name, path).parent.mkdir(parents=True, exist_ok=True)
            self.disk(name, path).write_text(text)
        network.run(name, daemon_commands.scripts(layout)["init"])

    def _start(self, name: str) -> None:
        """Start a node; those of the second pair belong to a user who is not root."""
        start = daemon_commands.scripts(self.layout(name))["start"]
        if name in SECOND:
            root = self.layout(name).root
            start = f"chown -R {USER} {root} && runuser -u {USER} -- sh -c {shlex.quote(start)}"
        self.network.run(name, start)

    def _connect(self) -> None:
        """Deploy, register the one pair's operators and have its SCN serve the bridge."""
        with ExitStack() as stack:

            def console(name: str) -> Console:
                opened = wait_for(lambda: Console(self.endpoint(name)), START_SECONDS)
                stack.callback(opened.close)
                return opened

            en, scn = console(ENS[0]), console(SCNS[0])
            for one in (en, scn):
                wait_for(partial(_has_block, one), START_SECONDS)
            operators = dict(
                zip(("parent", "child"), map(to_checksum_address, registration.operators(scn)), strict=True)
            )
            for chain, one in (("parent", en), ("child", scn)):
                owner, bridge = self.owner(chain), self.bridges[chain]
                calls.register_operators(one, owner, bridge, [operators[chain]])
                calls.fill_bridge(one, owner, bridge, COIN, 1000 * COIN)
            calls.fill_account(en, self.owner("parent"), operators["parent"], COIN, 100 * COIN)
            restart = daemon_commands.scripts(self.layout(SCNS[0]))["start"]
            registration.register(scn, en, self.bridges["child"], self.bridges["parent"], restart)


def _has_block(console: Console) -> bool | str:
    return console.web3.eth.block_number >= 1 or f"{console.node}: no block yet"


def _package(program: str) -> Package:
    return Package(program, archive_of(program))


@contextmanager
def brownfield() -> Iterator[Brownfield]:
    """Run it; afterwards nothing of it may be left."""
    with running_network() as network:
        field = Brownfield(network)
        field.make()
        yield field
