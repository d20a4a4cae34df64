"""The gate of an EN on a real chain: without peers, behind, gone in the middle, in step, and left by its peers."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from components.chain.peers.peers import peers
from components.chain.rpc import waiting
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.dynamic.base import Props
from components.dynamic.nodes.synced_node import SyncedNode, SyncedNodeProvider
from components.kaia import conf, daemon_commands, layout
from components.kaia.package import Package
from tests.archives import archive_of
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.lone_chain import CHAIN_ID, LoneChain, console_at, start_node

EN = "alpha-en"
PACKAGE = Package("ken", archive_of("ken"))
LAYOUT = layout.Layout("/srv", PACKAGE)


@dataclass(frozen=True)
class Joining:
    """An EN that knows nobody until it is told."""

    chain: LoneChain

    @property
    def endpoint(self) -> Props:
        """Return where its console is."""
        return console_at(self.chain.network, EN, PACKAGE)

    def console(self) -> Console:
        """Connect."""
        return Console(Endpoint.model_validate(self.endpoint))

    def join(self) -> None:
        """Have it dial the validator until it is connected."""

        def connected(console: Console) -> bool | str:
            console.call("admin_removePeer", self.chain.kni)
            console.call("admin_addPeer", self.chain.kni)
            time.sleep(1)
            return bool(peers(console, "admin")) or "no peer yet"

        with closing(self.console()) as console:
            wait_for(lambda: connected(console), 60)

    def leave(self) -> None:
        """Have it leave the validator."""
        with closing(self.console()) as console:
            console.call("admin_removePeer", self.chain.kni)
            wait_for(lambda: not peers(console, "admin") or "still connected", 90)

    def run(self, command: str) -> None:
        """Run a command on its host."""
        self.chain.network.run(EN, command)


@pytest.fixture(scope="module")
def en(chain: LoneChain) -> Iterator[Joining]:
    values = conf.endpoint_node(CHAIN_ID, LAYOUT.data)
    start_node(chain.network, EN, PACKAGE, values, chain.network.seed("alpha-en-key"), chain.first_block)
    yield Joining(chain)
    chain.network.down(EN)


def program(en: Joining) -> Props:
    return {"node": en.endpoint, "chain_id": float(CHAIN_ID), "started": "1", "hours": 1.0, "passed_at": None}


def test_it_waits_for_peers_and_for_a_node_that_is_gone_in_the_middle(
    en: Joining, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waiting, "PROGRESS_INTERVAL", 0.5)
    with closing(en.console()) as console:
        assert console.call("eth_syncing") is False, "which it says of a node that knows nobody too"
    created: list[Props] = []
    thread = threading.Thread(target=lambda: created.append(dict(SyncedNodeProvider().create(program(en)).outs or {})))
    said = ""

    def heard(words: str) -> bool | str:
        nonlocal said
        said += capsys.readouterr().err
        return words in said or "it was not said yet"  # which is on standard error too

    thread.start()
    wait_for(lambda: heard("alpha-en: it has no peers; compare its network id and first block"), 90)
    en.run(f"kill -9 $(cat {LAYOUT.data}/kend.pid)")
    wait_for(lambda: heard(f"alpha-en: no node listens on {LAYOUT.ipc}"), 90)
    assert thread.is_alive()
    en.run(daemon_commands.scripts(LAYOUT)["start"])
    en.join()
    thread.join(60)
    print(said)
    with closing(en.console()) as console:
        head = console.web3.eth.block_number
    assert 0 < int(created[0]["passed_at"]) <= head


def test_the_life_of_a_gate(en: Joining) -> None:
    en.join()
    lifecycle(
        Life(SyncedNodeProvider(), SyncedNode),
        program(en),
        [
            Edit({"hours": 3.0}, "same"),
            Edit({"reference_rpc": "https://rpc.test/a-key"}, "same"),
            Edit({"reference_rpc": None}, "same"),
            Edit({"started": "2"}),
        ],
        drifts=[(Behind(en.leave, en.join), ["drift"])],
        secrets=[en.endpoint["private_key"].splitlines()[3]],
        lasting=True,
    )
