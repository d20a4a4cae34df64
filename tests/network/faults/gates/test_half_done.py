"""Steps of two calls of which only the first was made: the next up makes the second one, without a refresh."""

import pytest

from components.chain.nodes.journal import has_sub_bridge, read_registration
from components.chain.nodes.registration import deregister
from tests.network.faults.gates.conftest import SETTINGS
from tests.network.network import CHAINS, Network

pytestmark = pytest.mark.nightly


def test_an_scn_that_was_deregistered_to_forget_a_token_is_registered_again(network: Network) -> None:
    stack, pair = network.stack, (network.bridges["child"], network.bridges["parent"])
    deregister(network.console("scn-1"), *pair)  # and there the run was killed
    stack.configure({**SETTINGS, "tokens": []})
    stack.up()
    assert read_registration(network.console("scn-1"), *pair).live
    stack.configure(SETTINGS)
    stack.up()
    for source in CHAINS:
        network.send(source, 2).wait()


def test_an_scn_that_let_its_bridge_go_and_was_not_restarted_loses_its_sub_bridge(network: Network) -> None:
    stack, pair = network.stack, (network.bridges["child"], network.bridges["parent"])
    deregister(network.console("scn-2"), *pair)
    stack.configure({**SETTINGS, "pairs": SETTINGS["pairs"][:1]})
    stack.up()
    assert not has_sub_bridge(network.console("scn-2"))
    stack.configure(SETTINGS)
    stack.up()
    assert read_registration(network.console("scn-2"), *pair).live
