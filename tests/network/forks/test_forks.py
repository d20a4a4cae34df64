"""Both own chains of a bridge take forks while transfers flow, and a node that missed them is brought back or named.

The tests follow one another on one network. The archive of pair beta says that its SCN has a newer major version.
"""

import re
from functools import partial
from pathlib import Path

import pytest

from components.chain.rpc.console import NodeError
from components.chain.rpc.waiting import wait_for
from components.domain.forks import Blocks
from components.domain.problems.chains import FORK_MISSED
from components.domain.problems.nodes import OTHER_FORKS
from tests.network.forks.planned import ENDS, FAR, forks_of, has_passed, hashes, with_forks
from tests.network.network import CHAINS, Network
from tests.network.repackaged import SAYS_V2, repackaged
from tests.network.traffic import traffic
from tests.run import lines
from tests.stack import Failed
from toolchain.ops.replace import Stack as Machines

pytestmark = pytest.mark.nightly

AHEAD = 260
"""Blocks from the settings to the first fork: the up that restarts seven nodes takes less on a busy machine."""
STEP = 15
"""Blocks from one fork to the next."""
ORDER = ["alpha-en", "scn-1", "beta-en", "scn-2", "scn-3", "scn-4", "parent"]
COPY = "/srv/data.before-v1.0.3"
SAVED = "/srv/data.of-before-the-fork"
"""A second copy, with which an SCN misses the forks."""
PUSH0 = {"data": "0x5f5ff3"}
"""Code of Shanghai: it returns nothing. No older one knows its first instruction."""
CHAIN = {"parentChain": "parent", "serviceChain": "child"}


@pytest.fixture(scope="package")
def planned(network: Network) -> dict[str, Blocks]:
    """Return the forks of this run: those that the chains began with move, and Kaia comes."""
    first = {chain: network.head(CHAIN[chain]) + AHEAD for chain in ENDS}
    return {
        "parentChain": {"cancun": first["parentChain"], "kaia": first["parentChain"] + STEP},
        "serviceChain": {
            "shanghai": first["serviceChain"],
            "cancun": first["serviceChain"] + STEP,
            "kaia": first["serviceChain"] + 2 * STEP,
        },
    }


def knows_push0(network: Network, node: str) -> bool:
    try:
        return bool(network.console(node).call("eth_call", PUSH0, "latest") == "0x")
    except NodeError:
        return False


def passed(network: Network, planned: dict[str, Blocks]) -> None:
    """Wait until all nodes have passed all forks."""
    for chain, nodes in ENDS.items():
        last = max(planned[chain].values()) + 2
        for node in nodes:
            wait_for(partial(has_passed, network, node, last), AHEAD + 120)


def agree(network: Network, planned: dict[str, Blocks]) -> None:
    """Require the same blocks on all nodes of each chain, before, at and after each fork."""
    for chain, forks in planned.items():
        for fork, block in forks.items():
            for number in (block - 1, block, block + 1):
                found = hashes(network, chain, number)
                assert len(set(found.values())) == 1, (chain, fork, number, found)


def test_both_chains_pass_their_forks_with_transfers_and_one_scn_keeps_its_data(
    network: Network, planned: dict[str, Blocks], archives: Path
) -> None:
    assert {node: forks_of(network, node) for node in ORDER} == {
        node: dict(FAR[chain]) for chain, nodes in ENDS.items() for node in nodes
    }
    assert not knows_push0(network, "scn-1")
    stack = network.stack
    newer = {"kscn": {**repackaged(archives, "kscn", "v1.0.3", SAYS_V2)}}
    stack.configure(with_forks(planned, newer, upgrade={"keepData": True}))
    said = stack.preview().text
    for chain, forks in planned.items():
        for fork, block in forks.items():
            assert re.search(rf"the fork {fork} comes at block {block}\D.* blocks and about", said), (chain, fork)
    (order,) = {*re.findall(r"restarts in this order: ([^;]*);", said)}
    assert order.split(", ") == ORDER
    with traffic(network, pauses=True):
        run = stack.up()
        seen = Network(stack)  # with consoles of its own: those of the other one are of the thread that sends
        heads = {chain: seen.head(CHAIN[chain]) for chain in ENDS}
        print(f"after the up the chains are at {heads}, and the forks are {planned}")
        assert [step.name for step in run.steps if step.type == "UpdatedNode"] == ORDER
        assert all(heads[chain] < min(planned[chain].values()) for chain in ENDS), "the up was too slow for this test"
        assert {node: forks_of(seen, node) for node in ORDER} == {
            node: dict(planned[chain]) for chain, nodes in ENDS.items() for node in nodes
        }
        passed(seen, planned)
    agree(network, planned)
    assert all(knows_push0(network, node) for node in ORDER)
    assert {node for node in ENDS["serviceChain"] if network.run(node, f"ls -d {COPY} || true")} == {"scn-2"}
    assert stack.preview(expect_no_changes=True).steps == []
    for source in CHAINS:
        network.send(source, 2).wait()


def test_an_scn_that_goes_back_to_its_data_of_before_takes_the_forks_over_then(
    network: Network, planned: dict[str, Blocks]
) -> None:
    """The way back of docs/versions.md. The copy is of before the forks, and has the chain config of then."""
    stack = network.stack
    stack.configure(with_forks(planned, upgrade={"keepData": True}))
    network.run("scn-2", f"cp -a {COPY} {SAVED}", 120)
    network.stop("scn-2")
    network.run("scn-2", f"cd /srv && mv data data.of-v2.0.0 && mv {COPY} data")
    with traffic(network):
        stack.up()
    assert forks_of(network, "scn-2") == planned["serviceChain"]
    passed(network, planned)
    agree(network, planned)
    assert stack.preview(expect_no_changes=True).steps == []


def test_an_scn_that_passed_the_forks_by_the_old_rules_is_named_and_made_again(
    network: Network, planned: dict[str, Blocks]
) -> None:
    """As after a backup was put back and the machine started the node: it never read the new genesis.json."""
    stack, node = network.stack, "scn-2"
    first = planned["serviceChain"]["shanghai"]
    network.stop(node)
    network.run(node, f"cd /srv && mv data data.new && mv {SAVED} data")
    network.start(node)
    assert forks_of(network, node) == FAR["serviceChain"]
    wait_for(lambda: network.console(node).web3.eth.block_number >= first or "it has not passed the fork", 120)
    found = hashes(network, "serviceChain", first)
    print(f"without the forks it is at block {network.console(node).web3.eth.block_number}; at {first}: {found}")
    assert stack.refresh().lines(OTHER_FORKS, f"{node}: ")
    (order,) = {*re.findall(r"restarts in this order: ([^;]*);", stack.preview().text)}
    assert order == node
    with pytest.raises(Failed) as caught:
        stack.up()
    assert lines(str(caught.value), FORK_MISSED, f"{node}: ")
    assert network.console(node).web3.eth.block_number >= first, "it runs again, with its old chain config"
    machines = Machines.of({"deployment": stack.exported()})
    machines.require_healthy([name for name in machines.nodes if name != node])
    with traffic(network):
        stack.up(replace=[machines.urn(node)])
    assert forks_of(network, node) == planned["serviceChain"]
    passed(network, planned)
    agree(network, planned)
    assert stack.preview(expect_no_changes=True).steps == []
