"""What cannot be read, or only by a node that is behind, keeps its state; and the nodes are started."""

import pytest

from components.chain.rpc.console import connect
from components.chain.rpc.waiting import wait_for
from components.domain.problems.chains import CHAIN_UNREADABLE
from components.domain.problems.nodes import STATE_UNKNOWN
from tests.network.network import CHAINS, Network

pytestmark = pytest.mark.nightly

SCNS = ("scn-1", "scn-2", "scn-3", "scn-4")
CHILD = 3000


def test_a_chain_whose_nodes_are_all_down_keeps_its_state_and_is_started(network: Network) -> None:
    before = len(network.stack.resources())
    for node in SCNS:
        network.kill(node)
    run = network.stack.refresh()
    begin = f"no node of chain {CHILD} can be used"
    lines = run.lines(STATE_UNKNOWN, CHAIN_UNREADABLE.code, begin)
    said = {line.partition(begin)[2] for line in lines}  # Pulumi shows it again at its end
    held = len(network.stack.resources())
    run = network.stack.up()
    assert len(said) == 1, "one message"
    assert held == before
    assert {(step.verb, step.name) for step in run.steps if step.type == "RunningNode"} == {
        ("update", node) for node in SCNS
    }
    for source in CHAINS:
        network.send(source, 2).wait()
    assert network.stack.refresh(expect_no_changes=True).changes == {}


def test_a_node_that_has_its_first_block_alone_says_nothing_of_contracts(network: Network) -> None:
    """As after its machine was made again: it answers before it has caught up."""
    node, layout = "scn-1", network.layout("scn-1")
    aside = f"{layout.data}/aside"
    contracts = network.stack.of_type("BridgeContract")
    network.kill(node)
    network.run(
        node,
        f"set -e; mkdir {aside}; mv {layout.data}/klay/chaindata {layout.static_nodes} {aside}; "
        f"{layout.release.binary} init --datadir {layout.data} {layout.genesis} >/dev/null 2>&1",
    )
    network.start(node)
    ends = [network.endpoints[name] for name in ("scn-1", "scn-2")]
    with connect(ends, CHILD) as console:
        assert (console.node, console.behind) == ("scn-2", None)
    with connect(ends[:1], CHILD) as console:
        assert console.behind
    for other in SCNS[1:]:
        network.kill(other)
    try:
        assert network.stack.refresh().lines(CHAIN_UNREADABLE, f" chain {CHILD} ")
        assert network.stack.of_type("BridgeContract") == contracts
    finally:
        network.kill(node)
        network.run(
            node,
            f"set -e; rm -rf {layout.data}/klay/chaindata; mv {aside}/chaindata {layout.data}/klay; "
            f"mv {aside}/static-nodes.json {layout.static_nodes}; rmdir {aside}",
        )
        network.start(node)
    network.stack.up()
    network.stack.refresh()
    network.stack.up()
    wait_for(lambda: network.head("child") or "no block", 60)
    for source in CHAINS:
        network.send(source, 2).wait()
