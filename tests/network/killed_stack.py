"""A small stack whose runs are killed again and again, at random moments; the next run finishes the job.

At the end of each phase the user's own command is run once, and everything is there once: contracts, votes,
registrations, nodes; or nothing at all. KILLS=60 has four times as many kills as a push.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from eth_utils.address import to_checksum_address
from web3.types import Nonce
from web3.utils import get_create_address

from components.chain.nodes.journal import is_live
from components.chain.rpc.waiting import wait_for
from components.dynamic.machines.local_network import LocalNetworkProvider
from components.kaia.host_commands import ALONE_SECONDS, alone
from components.topology.local_addresses import default_subnet
from tests.network.kills import Kills
from tests.network.network import CHAINS, Network
from tests.stack import ROOT, Settings, Stack, settings

SCNS = ["scn-1", "scn-2"]
SMALL = settings(serviceChain={"chainId": 3000, "nodes": SCNS})
CHANGED: Settings = {**SMALL, "anchoring": {"period": 7}, "bridge": {"threshold": 2}}
PER_PUSH = 15
"""Kills in all of tests/network/test_kills_*.py, unless KILLS says otherwise."""
SUBSCRIBED_SECONDS = 150
"""For an SCN that was restarted a moment ago: its EN may be dialled again half a minute later."""


def share(kills: int) -> int:
    """Return how many kills a test does of which a push does so many."""
    return max(1, kills * int(os.environ.get("KILLS") or PER_PUSH) // PER_PUSH)


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


@contextmanager
def mortal_stack(folder: Path) -> Iterator[Mortal]:
    """Yield a stack with nothing in it."""
    every_step = {"PULUMI_SKIP_CHECKPOINTS": "false"}
    mortal = Mortal(Stack(folder, SMALL, f"kills-{folder.stat().st_ino}", every_step))
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
        wait_for(partial(is_live, scn, network.bridges["child"], network.bridges["parent"]), SUBSCRIBED_SECONDS)
    for node in network.endpoints:
        assert network.run(node, "pgrep -c 'k(en|scn|cn)$'").strip() == "1"
    for transfers in [network.send(chain, 3) for chain in CHAINS]:
        transfers.wait()
    assert network.stack.preview(expect_no_changes=True).steps == []
