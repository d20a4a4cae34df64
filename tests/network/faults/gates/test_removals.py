"""What a removal uses is what the settings say today: an edit of it reaches the state, and nothing else happens."""

import pytest

from tests.network.faults.gates.conftest import SETTINGS
from tests.network.network import CHAINS, Network

pytestmark = pytest.mark.nightly

SIGNED = {"BridgeOperator", "ConfigurationThreshold", "OperatorThreshold", "TokenRegistration", "Funding"}
DEARER = 777 * 10**9


def test_a_raised_limit_for_gas_reaches_every_removal_and_nothing_is_sent(network: Network) -> None:
    stack = network.stack
    before = {chain: network.nonce(chain, network.owners[chain].account().address) for chain in CHAINS}
    processes = network.processes()
    stack.configure({**SETTINGS, "bridge": {"threshold": 1, "maxGasPrice": 777}})
    planned = stack.preview().steps
    assert {(step.verb, step.type) for step in planned} == {("update", kind) for kind in SIGNED}
    stack.up()
    for kind in SIGNED:
        assert {int(one["signer"]["max_gas_price"]) for one in stack.of_type(kind).values()} == {DEARER}
    assert {chain: network.nonce(chain, network.owners[chain].account().address) for chain in CHAINS} == before
    assert network.processes() == processes
    assert stack.preview(expect_no_changes=True).steps == []
