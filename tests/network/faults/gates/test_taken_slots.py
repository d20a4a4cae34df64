"""A pair that moves to another SCN, and two that swap theirs: an EN has one slot, and the former SCN holds it."""

from collections.abc import Mapping

import pytest

from components.chain.nodes.journal import has_sub_bridge, read_registration
from tests.network.faults.gates.conftest import SETTINGS
from tests.network.growing.changing import bring, under_traffic, view
from tests.network.network import CHAINS, Network

pytestmark = pytest.mark.nightly

UP_SECONDS = 400
"""Without a hand-over every up fails, whatever time it has. An SCN that deadlocks at its restart, as v1.0.3 may do, is
stopped and started once more, and that alone takes three minutes."""


def declared(**pairs: str) -> Mapping[str, object]:
    """Return settings with these pairs, by name."""
    named = [{"name": name, "scn": scn} for name, scn in pairs.items()]
    return {**SETTINGS, "tokens": [], "pairs": named}


def require(network: Network, scns: Mapping[str, str]) -> None:
    """Require that these SCNs serve the bridge, vote and nobody else does, and that nothing is left to do."""
    now = view(network.stack)
    assert {name: pair["scn"]["name"] for name, pair in now.pairs.items()} == scns
    for chain in CHAINS:
        assert set(now.bridge(chain).operators) == {pair[f"{chain}Operator"] for pair in now.pairs.values()}
    for name in ("scn-1", "scn-2", "scn-3"):
        found = read_registration(now.console(name), now.bridges["child"], now.bridges["parent"])
        assert found.live == has_sub_bridge(now.console(name)) == (name in scns.values())
    assert now.stack.preview(expect_no_changes=True).steps == []


def test_a_pair_moves_to_another_scn_while_transfers_flow(network: Network) -> None:
    stack = network.stack
    bring(view(stack), declared(alpha="scn-1", beta="scn-2"))
    with under_traffic(stack) as seen:
        change = bring(seen, declared(alpha="scn-3", beta="scn-2"))
    assert change.seconds < UP_SECONDS
    assert "alpha-en: scn-1 makes room for scn-3" in change.run.text
    require(network, {"alpha": "scn-3", "beta": "scn-2"})


def test_two_pairs_swap_their_scns_while_transfers_flow(network: Network) -> None:
    stack = network.stack
    with under_traffic(stack) as seen:
        change = bring(seen, declared(alpha="scn-2", beta="scn-3"))
    assert change.seconds < UP_SECONDS
    assert change.calls == {chain: [] for chain in CHAINS}
    require(network, {"alpha": "scn-2", "beta": "scn-3"})
