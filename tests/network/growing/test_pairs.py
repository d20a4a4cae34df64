"""A running bridge grows and shrinks, also by what is dead, while transfers flow and all of them arrive.

The last tests of this network: it stays as they leave it, with the node packages that it got before.
"""

import pytest

from components.chain.nodes.journal import read_registration
from tests.network.growing.changing import (
    bring,
    declared,
    kill_host,
    seconds_between_blocks,
    under_traffic,
    validators,
    view,
)
from tests.network.looking import looked_at
from tests.network.network import CHAINS, Network
from tests.network.running import SETTINGS

GROWS = ["registerOperator", "setOperatorThreshold", "setOperatorThreshold"]  # of transfers and of configuration
SHRINKS = ["setOperatorThreshold", "setOperatorThreshold", "deregisterOperator"]
EXCHANGES = ["registerOperator", "deregisterOperator"]
ROUND_SECONDS = 8
"""Less than a block takes whose validator is away: the chain waits 10 s for it; 9 were seen, in whole seconds."""
UP_SECONDS = 240
"""An up in which a machine is dead may take so long: several resources know of it, and each try costs 10 s."""


def test_a_pair_with_an_scn_of_its_own_joins(network: Network) -> None:
    stack = network.stack
    with under_traffic(stack) as seen, looked_at(stack) as looks:
        wanted = {"alpha": "scn-1", "beta": "scn-2", "gamma": "scn-5"}
        change = bring(seen, declared(wanted, ["scn-1", "scn-2", "scn-3", "scn-4", "scn-5"], 2))
    assert change.calls == dict.fromkeys(CHAINS, GROWS)
    now = view(stack)
    assert validators(now) == {"scn-1", "scn-2", "scn-3", "scn-4", "scn-5"}
    now.wait_until_connected(validators(now))
    restarted = {step.name for step in change.run.steps if step.type == "RunningNode"}
    assert restarted == {"scn-5", "gamma-en"}
    during = [one.report for one in looks if one.locked and one.report.unfinished]
    assert [found for found in during if {"alpha", "beta"} <= {*found.verdict.healthy_pairs}], "the two went on"
    _require(now, pairs=3, threshold=2)


@pytest.mark.nightly
def test_no_block_waits_for_one_of_five_scns_that_is_restarted(network: Network) -> None:
    stack = network.stack
    with under_traffic(stack) as seen:
        since = seen.head("child")
        seen.run("scn-5", f"echo >> {seen.layout('scn-5').current.conf}")
        change = bring(seen, refresh=True)
    assert {step.name for step in change.run.steps if (step.verb, step.type) == ("update", "UpdatedNode")} == {"scn-5"}
    assert "scn-5: it is healthy again" in change.run.text
    now = view(stack)
    waits = seconds_between_blocks(now, since)
    print(f"{len(waits)} blocks, the slowest after {max(waits)} s")
    assert max(waits) < ROUND_SECONDS
    assert len(validators(now)) == 5
    _require(now, pairs=3, threshold=2)


@pytest.mark.nightly
def test_the_first_pair_goes_when_its_machines_are_dead(network: Network) -> None:
    stack = network.stack
    with under_traffic(stack) as seen:
        for machine in ("alpha-en", "scn-1"):
            kill_host(seen, machine)
        change = bring(seen, declared({"beta": "scn-2", "gamma": "scn-5"}, ["scn-2", "scn-3", "scn-4", "scn-5"], 1))
    assert change.calls == dict.fromkeys(CHAINS, SHRINKS)
    assert change.seconds < UP_SECONDS
    now = view(stack)
    assert validators(now) == {"scn-2", "scn-3", "scn-4", "scn-5"}
    _require(now, pairs=2, threshold=1)


@pytest.mark.nightly
def test_a_pair_whose_en_is_dead_goes_without_its_scn_and_another_takes_one(network: Network) -> None:
    stack = network.stack
    with under_traffic(stack) as seen:
        kill_host(seen, "beta-en")
        change = bring(seen, declared({"delta": "scn-3", "gamma": "scn-5"}, ["scn-2", "scn-3", "scn-4", "scn-5"], 1))
    assert change.calls == dict.fromkeys(CHAINS, EXCHANGES)
    assert change.seconds < UP_SECONDS
    now = view(stack)
    found = read_registration(now.console("scn-2"), now.bridges["child"], now.bridges["parent"])
    assert not found.registered
    assert "scn-2: restarting it, because it lets its bridge go" in change.run.text
    _require(now, pairs=2, threshold=1)


@pytest.mark.nightly
def test_a_pair_whose_scn_is_dead_goes_while_another_comes(network: Network) -> None:
    stack = network.stack
    with under_traffic(stack) as seen:
        kill_host(seen, "scn-5")
        # While it has a seat no other SCN may be stopped: the chain would halt. So it goes in a run of its own.
        gone = bring(seen, declared({"delta": "scn-3"}, ["scn-2", "scn-3", "scn-4"], 1))
        change = bring(seen, declared({"delta": "scn-3", "beta": "scn-2"}, ["scn-2", "scn-3", "scn-4"], 1))
    assert gone.calls == dict.fromkeys(CHAINS, EXCHANGES[1:])
    assert change.calls == dict.fromkeys(CHAINS, EXCHANGES[:1])
    assert change.seconds < UP_SECONDS
    now = view(stack)
    assert validators(now) == {"scn-2", "scn-3", "scn-4"}
    _require(now, pairs=2, threshold=1)


@pytest.mark.nightly
def test_a_pair_is_exchanged_for_another(network: Network) -> None:
    stack = network.stack
    with under_traffic(stack) as seen:
        change = bring(seen, SETTINGS)
    assert change.calls == dict.fromkeys(CHAINS, EXCHANGES)
    now = view(stack)
    assert validators(now) == {"scn-1", "scn-2", "scn-3", "scn-4"}
    _require(now, pairs=2, threshold=1)


def _require(network: Network, pairs: int, threshold: int) -> None:
    """Require that the contracts are as declared, every pair serves them, and nothing is left to do."""
    for chain in CHAINS:
        state = network.bridge(chain)
        assert (len(state.operators), state.threshold) == (pairs, threshold)
        assert set(state.operators) == {pair[f"{chain}Operator"] for pair in network.pairs.values()}
    for pair in network.pairs.values():
        scn = network.console(pair["scn"]["name"])
        assert read_registration(scn, network.bridges["child"], network.bridges["parent"]).live
    assert network.stack.preview(expect_no_changes=True).steps == []
