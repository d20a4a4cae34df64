"""A changed setting restarts the nodes concerned, one at a time, while transfers flow and all of them arrive."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import repeated
from components.domain.problems.nodes import NODE_DOWN
from tests.network.network import Network
from tests.network.running import SETTINGS
from tests.network.traffic import traffic
from tests.run import Run

SCNS = ("scn-1", "scn-2")
"""Of the two pairs."""


@contextmanager
def watched(network: Network) -> Iterator[list[int]]:
    """Count the pairs' SCNs that answer, again and again."""
    counts: list[int] = []

    def answers(node: str) -> bool:
        try:
            console = Console(network.endpoints[node])
        except ChainError:
            return False
        try:
            console.call("eth_chainId", timeout=2)
        except ChainError:
            return False
        finally:
            console.close()
        return True

    with repeated(lambda: counts.append(sum(map(answers, SCNS))), pause=0.2):
        yield counts


def change(network: Network, period: int) -> Run:
    """Bring another anchoring period up."""
    network.stack.configure({**SETTINGS, "anchoring": {"period": period}})
    return network.stack.up()


@pytest.mark.nightly
def test_a_changed_setting_restarts_the_nodes_concerned_one_at_a_time(network: Network) -> None:
    before = network.processes()
    with traffic(network), watched(network) as answering:
        begin = time.monotonic()
        run = change(network, 7)
        print(f"both SCNs restarted in {time.monotonic() - begin:.0f} s")
    after = network.processes()
    assert {node for node in before if before[node] != after[node]} == set(SCNS)
    assert min(answering) == 1, "one was down at a time, and each was"
    assert {step.name for step in run.steps if step.type == "UpdatedNode"} == set(SCNS)
    for pair in network.pairs:
        network.wait_for_anchor(pair)
    assert network.stack.preview(expect_no_changes=True).steps == []


@pytest.mark.nightly
def test_a_stopped_node_is_seen_and_started_again(network: Network) -> None:
    network.stop("scn-4")
    stack = network.stack
    assert stack.refresh().lines(NODE_DOWN, "scn-4: ", "starts it")
    with traffic(network):
        run = stack.up()
    assert [(step.verb, step.type, step.name) for step in run.steps] == [("update", "RunningNode", "scn-4")]
    assert "restarting it, because it does not answer" in run.text
    assert stack.preview(expect_no_changes=True).steps == []


@pytest.fixture(autouse=True, scope="module")
def _as_it_was(network: Network) -> Iterator[None]:
    yield
    network.stack.configure(SETTINGS)
    network.stack.up()
