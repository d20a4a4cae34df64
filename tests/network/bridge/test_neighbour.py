"""Two stacks on one machine: the second, the smallest that is allowed, comes and goes and the first notices nothing."""

import pytest

from components.chain.peers.peers import peers
from components.domain.problems.settings import FEW_SCNS, SINGLE_PAIR
from tests.network.conftest import destroy, make_stack
from tests.network.network import CHAINS, Network
from tests.network.traces import Traces
from tests.stack import settings

pytestmark = pytest.mark.nightly

SMALLEST = settings(serviceChain={"chainId": 3000, "nodes": 1}, pairs=[{"name": "alpha", "scn": "scn-1"}])
"""Names and chain ids are those of the first stack, so that whatever could meet would."""


def test_a_second_stack_comes_and_goes(network: Network, tmp_path_factory: pytest.TempPathFactory) -> None:
    mine = Traces.of(network.stack.network_id)
    with make_stack(tmp_path_factory.mktemp("neighbour"), SMALLEST) as stack:
        run = stack.up()
        assert len(run.warnings) == 2
        for problem in (SINGLE_PAIR, FEW_SCNS):
            assert [warning for warning in run.warnings if problem.code in warning]
        neighbour = Network(stack)
        assert neighbour.outputs["survives"] == "1 pair, threshold 1: survives no loss of a pair, no hostile operator"
        _require_strangers(network, neighbour)
        sent = [which.send(source, 3) for which in (network, neighbour) for source in CHAINS]
        for transfers in sent:
            transfers.wait()
        neighbour.wait_for_anchor("alpha")
        theirs = Traces.of(stack.network_id)
        assert not mine.spaces & theirs.spaces
        destroy(stack)
        assert theirs.remains() == []
    assert Traces.of(network.stack.network_id) == mine
    for source in CHAINS:
        network.send(source, 3).wait()


def _require_strangers(network: Network, neighbour: Network) -> None:
    """Require that the second stack's nodes know only one another, and that it has other accounts."""
    assert peers(neighbour.console("scn-1"), "admin") == []
    assert len(peers(neighbour.console("parent"), "admin")) == 1
    assert len(peers(network.console("parent"), "admin")) == 2
    assert set(network.bridges.values()).isdisjoint(neighbour.bridges.values())
    hosts, others = ({endpoint.host for endpoint in each.endpoints.values()} for each in (network, neighbour))
    assert hosts.isdisjoint(others)
