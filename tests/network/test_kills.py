"""Runs that are killed again and again, at random moments of up, update and destroy; the next one finishes the job.

At the end of each phase the user's own command is run once, and everything is there once: contracts, votes,
registrations, nodes; or nothing at all. In the order in which they stand here, as each goes on from the one before.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial

import pytest
from eth_utils.address import to_checksum_address
from web3.types import Nonce
from web3.utils import get_create_address

from components.chain.nodes.registration import _is_live
from components.chain.rpc.console import wait_for
from components.dynamic.machines.local_network import LocalNetworkProvider
from components.hosts.local_preflight import missing
from components.kaia.layout import ALONE_SECONDS, alone
from components.topology.local_addresses import default_subnet
from tests.network.kills import Kills
from tests.network.network import CHAINS, Network
from tests.network.traces import Traces
from tests.stack import ROOT, Settings, Stack, settings
from toolchain.ops import sweep

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))

SCNS = ["scn-1", "scn-2"]
SMALL = settings(serviceChain={"chainId": 3000, "nodes": SCNS})
CHANGED: Settings = {**SMALL, "anchoring": {"period": 7}, "bridge": {"threshold": 2}}
FIFTY = 50
SUBSCRIBED_SECONDS = 150
"""For an SCN that was restarted a moment ago: its EN may be dialled again half a minute later."""


class Mortal:
    """A small stack, and what is done to it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.kills = Kills(stack)
        self._settings = ROOT / f"Pulumi.{stack.name}.yaml"
        self._folder = ROOT / ".state" / stack.name
        self._folder.mkdir(parents=True)
        (self._folder / "identity-seed").write_text(stack.seed)

    def make(self, verb: str) -> str:
        """Do what make up and make down do after setup."""
        shutil.copy(self.stack.folder / self._settings.name, self._settings)
        done = subprocess.run(
            ["toolchain/stack", verb, self.stack.name],
            cwd=ROOT,
            env={**os.environ, **self.stack.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{self.kills.done[-3:]}: {done.stdout[-6000:]}{done.stderr}"
        return done.stdout + done.stderr

    def clear(self) -> None:
        """Remove what is left after a failure, and the files in this checkout."""
        self.kills.bury()
        network = self.stack.network_id
        LocalNetworkProvider().delete("", {"network": network, "subnet": str(default_subnet(network))})
        self._settings.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """Yield a stack with nothing in it."""
    folder = tmp_path_factory.mktemp("kills")
    mortal = Mortal(Stack(folder, SMALL, f"kills-{folder.stat().st_ino}"))
    try:
        yield mortal
    finally:
        mortal.clear()


def check(network: Network, threshold: int) -> None:
    """See that everything is there once.

    A restart that a killed run began is finished on its machine: a stop that it asked for may come to its end, and the
    node be started again, after the run that finished the job (docs/interrupted.md).
    """
    for node in network.endpoints:
        network.run(node, alone(network.layout(node), "true"), timeout=ALONE_SECONDS + 10)
    for chain in CHAINS:
        bridge, owner = network.bridge(chain), network.owners[chain].account().address
        assert sorted(bridge.operators) == sorted(pair[f"{chain}Operator"] for pair in network.pairs.values())
        assert (bridge.threshold, bridge.owner) == (threshold, owner)
        made = [get_create_address(owner, Nonce(nonce)) for nonce in range(network.nonce(chain, owner))]
        there = [address for address in made if network.on(chain).web3.eth.get_code(address)]
        assert there == [to_checksum_address(network.bridges[chain])]
    for node in SCNS:
        scn = network.console(node)
        assert len(scn.call("subbridge_listBridge")) == 1
        wait_for(partial(_is_live, scn, network.bridges["child"], network.bridges["parent"]), SUBSCRIBED_SECONDS)
    for node in network.endpoints:
        assert network.run(node, "pgrep -c 'k(en|scn|cn)$'").strip() == "1"
    for transfers in [network.send(chain, 3) for chain in CHAINS]:
        transfers.wait()
    assert network.stack.preview(expect_no_changes=True).steps == []


def test_up_from_nothing(mortal: Mortal) -> None:
    mortal.kills.run("up", most=16, seconds=1.5)
    text = mortal.make("up")
    assert "pending operations" not in text
    check(Network(mortal.stack), threshold=1)


@pytest.mark.parametrize("wanted", [CHANGED, SMALL], ids=["there", "back"])
def test_an_update(mortal: Mortal, wanted: Settings) -> None:
    mortal.stack.configure(wanted)
    mortal.kills.run("up", most=9, seconds=1.5)
    mortal.make("up")
    check(Network(mortal.stack), wanted["bridge"]["threshold"])


def test_destroy(mortal: Mortal) -> None:
    traces = Traces.of(mortal.stack.network_id)
    mortal.kills.run("destroy", most=6, seconds=0.3)
    mortal.kills.unlock()
    mortal.stack.destroy()
    assert traces.remains() == []
    assert mortal.stack.resources() == []


def test_an_up_that_is_given_up(mortal: Mortal) -> None:
    chance, stack = mortal.kills.chance, mortal.stack
    while len(mortal.kills.done) < FIFTY:
        mortal.kills.run("up", most=chance.randint(1, 5), seconds=2)
        traces = Traces.of(stack.network_id)
        mortal.kills.run("destroy", most=2, seconds=0.3)
        mortal.kills.unlock()
        stack.destroy()
        sweep.main(stack.folder / "seed")
        assert traces.remains() == []
        assert stack.resources() == []


def test_nothing_is_left_of_a_stack_that_is_taken_down(mortal: Mortal) -> None:
    mortal.kills.run("up", most=1, seconds=4)
    mortal.make("down")
    assert Traces.of(mortal.stack.network_id).remains() == []
    print("\n".join(mortal.kills.done))
    assert len(mortal.kills.done) >= FIFTY
