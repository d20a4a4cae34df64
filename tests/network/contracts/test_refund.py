"""What an operator has left goes back to the funder, on a running SCN that anchors with it."""

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.funds.refund import refund
from components.chain.nodes.health import disconnect_bridge
from components.chain.voters import calls
from tests.network.network import CHAINS, COIN, Network

pytestmark = pytest.mark.nightly

PAIR, SCN = "beta", "scn-2"
RESTART_SECONDS = 200.0


def test_what_an_anchoring_scn_has_left_goes_back(network: Network) -> None:
    """It stops anchoring, its key is used here, and after a restart, which reads its nonce anew, it goes on."""
    console, operator = network.on("parent"), network.pairs[PAIR]["parentOperator"]
    key = KeySigner(private_key=network.stack.of_type("Account")[f"{SCN}-parent-operator"]["private_key"])
    funder = network.owners["parent"].account().address
    restart = str(network.stack.program_of("BridgeRegistration", f"{SCN}-registration")["restart"])
    network.wait_for_anchor(PAIR)
    held, before = calls.balance(console, operator), calls.balance(console, funder)
    try:
        given = refund(console, key, funder, network.endpoints[SCN])
        print(f"{operator} held {held} peb and gave back {given}")
        assert held - COIN < given <= held
        assert calls.balance(console, operator) < COIN // 100, "the price of the gas at most"
        assert calls.balance(console, funder) == before + given
        assert refund(console, key, funder, network.endpoints[SCN]) == 0
    finally:
        calls.fill_account(console, network.owners["parent"], operator, 50 * COIN, 100 * COIN)
        disconnect_bridge(network.endpoints[SCN], network.pairs[PAIR]["en"]["kni"])  # or its stop takes a minute
        network.run(SCN, restart, timeout=RESTART_SECONDS)
    network.start(SCN)
    network.wait_for_anchor(PAIR)
    for source in CHAINS:
        network.send(source, 1).wait()
