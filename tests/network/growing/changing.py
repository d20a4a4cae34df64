"""A running network whose settings are edited: what is brought up, what dies, and what it took on the chains."""

import itertools
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from components.chain.contracts.contract import transaction
from components.chain.contracts.plan import Step
from components.chain.peers.seats import council
from components.dynamic.machines.local_namespaces import BASE, keeper_of
from tests.network.network import CHAINS, Network
from tests.network.traffic import traffic
from tests.run import Run
from tests.stack import Stack, settings

KEPT = "scn-4"
"""An SCN that stays out of all pairs and alive: by it the tests look at the child chain."""

_SAMPLES = {
    "registerOperator": ("0x" + "01" * 20,),
    "deregisterOperator": ("0x" + "01" * 20,),
    "setOperatorThreshold": (0, 1),
}


@dataclass
class Change:
    """What one edit did."""

    run: Run
    seconds: float
    calls: Mapping[str, list[str]] = field(default_factory=dict)
    """Of the owners to the bridge contracts, in their order, by chain; transfers and payments apart."""


def declared(pairs: Mapping[str, str], scns: Sequence[str], threshold: int) -> Mapping[str, Any]:
    """Return settings with these pairs, given as name and SCN."""
    return settings(
        pairs=[{"name": name, "scn": scn} for name, scn in pairs.items()],
        serviceChain={"chainId": 3000, "nodes": list(scns)},
        bridge={"threshold": threshold},
    )


def view(stack: Stack) -> Network:
    """Return the network as it is now."""
    network = Network(stack)
    network.via["child"] = KEPT
    return network


@contextmanager
def under_traffic(stack: Stack) -> Iterator[Network]:
    """Send transfers both ways while the block runs; all of them have to arrive."""
    network = view(stack)
    with traffic(network):
        yield network


def bring(network: Network, wanted: Mapping[str, Any] | None = None, **options: Any) -> Change:
    """Bring other settings up, with the packages that the nodes have, and see what that took."""
    network = copy(network)
    network._consoles = {}  # those are of the thread that sends transfers
    since = {chain: network.head(chain) for chain in CHAINS}
    begin = time.monotonic()
    if wanted is not None:
        packages = {key: value for key, value in network.stack.settings.items() if key == "packages"}
        network.stack.configure({**wanted, **packages})
    run = network.stack.up(**options)
    seconds = time.monotonic() - begin
    print(f"up took {seconds:.0f} s: {run.changes}")
    for line in run.text.splitlines():
        if line.startswith("    ") and any(words in line for words in ("restarting it", "healthy again", " votes to ")):
            print(line)
    return Change(run, seconds, {chain: _calls(network, chain, since[chain]) for chain in CHAINS})


def _calls(network: Network, chain: str, since: int) -> list[str]:
    ends = (network.owners[chain].account().address.lower(), network.bridges[chain].lower())
    by_selector = {
        str(transaction(ends[1], Step(name, arguments, ""), simulate=False).data)[:10]: name
        for name, arguments in _SAMPLES.items()
    }
    sent = [tx for tx in network._transactions(chain, since) if (tx["from"], tx["to"]) == ends]
    named = [by_selector.get(tx["input"][:10]) for tx in sent]
    return [name for name in named if name]


def kill_host(network: Network, name: str) -> None:
    """End a whole machine without a warning; what it held on its disk stays until it is removed."""
    network._consoles.pop(name, None)
    keeper = keeper_of(BASE / network.stack.network_id / name)
    assert keeper
    for pid in (keeper.first_process(), keeper.pid):
        assert pid
        os.kill(pid, signal.SIGKILL)


def validators(network: Network) -> set[str]:
    """Return the names of the SCNs that are validators; an address that is none of theirs as it is."""
    accounts = network.stack.of_type("Account")
    names = {
        account["address"].lower(): name.removesuffix("-node")
        for name, account in accounts.items()
        if name.endswith("-node")
    }
    return {names.get(address, address) for address in council(network.on("child"))}


def seconds_between_blocks(network: Network, since: int) -> list[int]:
    """Return how long each block of the child chain after that one took."""
    blocks = [network.on("child").web3.eth.get_block(number) for number in range(since, network.head("child") + 1)]
    return [int(later["timestamp"]) - int(one["timestamp"]) for one, later in itertools.pairwise(blocks)]
