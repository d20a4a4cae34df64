"""Votes that go while others are needed, votes that set fees, and what a bridge says of itself, on real nodes.

The tests stand in this order: the pair gamma leaves in the last of them.
"""

import time

import pytest

from components.chain.contracts.contract import view
from components.chain.nodes.registration import one_peer
from components.chain.rpc.waiting import wait_for
from components.domain.problems.bridge import PAIR_UNABLE, PAIRS_UNABLE
from components.domain.problems.transfers import FEE_CHARGED
from tests.network.faults.votes.conftest import NAMES, declared
from tests.network.network import CHAINS, Network
from tests.stack import Failed

pytestmark = pytest.mark.nightly

FEE = 12_345
VOTED = 5.0
"""Seconds for a vote: a few blocks of the child chain."""

RECONNECT_SECONDS = 240
"""For an SCN to find its EN again: each failed dial pauses for 30 s, and a handshake may hang."""


def set_fee(network: Network, scn: str, fee: int) -> None:
    network.console(scn).call("subbridge_setKLAYFee", network.bridges["child"], fee)


def fee(network: Network) -> int:
    return int(view(network.on("child"), network.bridges["child"]).feeOfKLAY().call())


def test_one_operator_alone_sets_no_fee(network: Network) -> None:
    assert network.outputs["survives"] == "3 pairs, threshold 2: survives the loss of 1 pair, 1 hostile operator"
    assert network.outputs["childChain"]["transferFees"] == {"receiver": "", "coin": "0", "tokens": {}}
    set_fee(network, "scn-1", FEE)
    time.sleep(VOTED)
    assert fee(network) == 0


def test_a_fee_that_two_operators_set_is_drift_that_an_up_does_not_hide(network: Network) -> None:
    stack = network.stack
    set_fee(network, "scn-2", FEE)
    wait_for(lambda: fee(network) == FEE or "not voted yet", 30)
    fee_of_coins = f" {FEE} peb, not 0"
    assert stack.refresh().lines(FEE_CHARGED, fee_of_coins)
    run = stack.up()
    assert [step.name for step in run.steps] == ["child-fees"]
    assert run.lines(FEE_CHARGED, fee_of_coins, "on 2 SCN(s)", "subbridge.setKLAYFee")
    for scn in ("scn-1", "scn-2"):
        set_fee(network, scn, 0)
    wait_for(lambda: fee(network) == 0 or "not voted back yet", 30)
    assert FEE_CHARGED.code not in stack.up().text
    assert stack.preview(expect_no_changes=True).steps == []


def test_a_pair_does_not_leave_while_one_that_stays_is_dead(network: Network) -> None:
    """The proof of the smaller bridge would be carried by the pair that leaves, and then nothing would be."""
    stack = network.stack
    before = {chain: network.bridge(chain) for chain in CHAINS}
    network.kill("alpha-en")
    try:
        stack.configure(declared("alpha", "beta"))
        with pytest.raises(Failed) as failed:
            stack.up()
        named = ("removing a pair ", "of the 2 pair(s) that stay 1 can vote", "pair alpha: alpha-en")
        assert failed.value.run.lines(PAIRS_UNABLE, *named)
        for chain, state in before.items():
            assert (network.bridge(chain).operators, network.bridge(chain).threshold) == (state.operators, 2)
    finally:
        network.start("alpha-en")
    wait_for(lambda: one_peer(network.console("scn-1")), RECONNECT_SECONDS)
    for source in CHAINS:
        network.send(source, 1).wait()


def test_what_it_survives_counts_the_pairs_that_can_vote(network: Network) -> None:
    stack = network.stack
    stack.configure(declared(*NAMES))
    network.kill("gamma-en")
    run = stack.refresh()
    seen = stack.of_type("Resilience")["resilience"]
    print(seen["drift"])
    assert run.lines(PAIR_UNABLE, "pair gamma ", "gamma-en")
    assert seen["unable"] == ["gamma"]
    network.start("gamma-en")
    wait_for(lambda: one_peer(network.console("scn-3")), RECONNECT_SECONDS)
    stack.refresh()
    assert stack.of_type("Resilience")["resilience"]["unable"] == []


def test_a_dead_pair_leaves(network: Network) -> None:
    stack = network.stack
    network.kill("gamma-en")
    stack.configure(declared("alpha", "beta"))
    stack.up()
    for chain in CHAINS:
        state = network.bridge(chain)
        assert set(state.operators) == {network.pairs[name][f"{chain}Operator"] for name in ("alpha", "beta")}
        assert (state.threshold, state.configuration_threshold) == (2, 2)
    assert stack.outputs["survives"] == "2 pairs, threshold 2: survives no loss of a pair, 1 hostile operator"
    for source in CHAINS:
        network.send(source, 1).wait()
    assert stack.preview(expect_no_changes=True).steps == []
