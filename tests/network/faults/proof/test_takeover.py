"""Contracts that exist are taken over on real nodes: without coins in them, and two that are not counterparts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.chain.contracts.contract import require_state
from components.chain.contracts.deployment import ensure_deployed
from components.chain.tx import sender
from components.chain.voters import calls
from components.domain.problems.bridge import NOT_COUNTERPARTS
from components.domain.problems.transfers import LIQUIDITY_MISSING, NOTHING_REQUESTED, PROOF_STALE
from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.lone_chain import ARTIFACT
from tests.network.network import CHAINS, COIN, OTHER, Network
from tests.run import lines
from tests.stack import Failed, Settings, settings

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]

PARTS: dict[str, Any] = {
    "serviceChain": {"chainId": 3000, "nodes": ["scn-1", "scn-2"]},
    "pairs": [{"name": "alpha", "scn": "scn-1"}],
}
TOKEN = {"name": "my-erc20", "kind": "erc20", "development": True}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Yield the smallest network, with a bridge of its own in use."""
    with make_stack(tmp_path_factory.mktemp("stack"), settings(**PARTS)) as stack:
        stack.up()
        yield Network(stack)


@pytest.fixture(scope="module")
def empty(network: Network) -> dict[str, str]:
    """Return a pair of contracts made by hand, by the same owners, without coins, as the known scripts leave them."""
    found = {}
    for chain in CHAINS:
        sender.forget()
        found[chain] = ensure_deployed(
            network.on(chain),
            network.owners[chain],
            Path(ARTIFACT),
            None,
            mode_mint_burn=chain == "child",
            operators=["0x" + "11" * 20],
        )
        calls.register_operators(
            network.on(chain), network.owners[chain], found[chain], [network.pairs["alpha"][f"{chain}Operator"]]
        )
    assert not set(found.values()) & set(network.bridges.values())
    return found


def on(network: Network, bridges: dict[str, str]) -> Settings:
    """Return the settings of a stack on these contracts."""
    keys = {f"{chain}OwnerKey": network.owners[chain].private_key for chain in CHAINS}
    addresses = {f"{chain}Bridge": bridges[chain] for chain in CHAINS}
    return settings(**PARTS, bridge={**addresses, **keys}, tokens=[TOKEN])


def test_contracts_that_are_no_counterparts_stop_before_anything_is_sent(
    network: Network, empty: dict[str, str]
) -> None:
    stack = network.stack
    for source in CHAINS:
        network.send(source, 1).wait()
    sent = {chain: network.nonce(chain, network.owners[chain].account().address) for chain in CHAINS}
    stack.configure(on(network, {"parent": network.bridges["parent"], "child": empty["child"]}))
    with pytest.raises(Failed) as caught:
        stack.up()
    upwards = ("0 requested on the child chain, 2 handled on the parent chain", network.bridges["parent"])
    downwards = ("2 requested on the parent chain, 0 handled on the child chain", empty["child"])
    assert caught.value.run.lines(NOT_COUNTERPARTS, *upwards, *downwards)
    assert sent == {chain: network.nonce(chain, network.owners[chain].account().address) for chain in CHAINS}


def test_a_bridge_without_coins_is_taken_over_and_not_jammed(network: Network, empty: dict[str, str]) -> None:
    stack = network.stack
    stack.configure(on(network, empty))
    run = stack.up()
    why = (LIQUIDITY_MISSING.code, "holds 0 coins", "1 of 1 SCNs")
    assert run.lines(NOTHING_REQUESTED, *why)
    proofs = stack.outputs["proofs"]
    assert stack.outputs["provenTransfers"] == {"childToParent": "0", "parentToChild": "0"}
    for chain in CHAINS:
        name = f"{chain}To{OTHER[chain].capitalize()}"
        assert lines(proofs[name], NOTHING_REQUESTED, *why)
        assert "arrived with the votes of 0x" in proofs[f"{name}/my-erc20"], "a token can be paid out"
        state = require_state(network.on(chain), empty[chain])
        assert (state.request_nonce, state.lower_handle_nonce) == (1, 1), "and nothing is left behind"
    assert stack.preview(expect_no_changes=True).steps == []


def test_once_there_are_coins_the_next_up_that_looks_proves_transfers(network: Network, empty: dict[str, str]) -> None:
    stack = network.stack
    for chain in CHAINS:
        calls.fill_bridge(network.on(chain), network.owners[chain], empty[chain], COIN, COIN)
    assert stack.refresh().lines(PROOF_STALE, "none was requested")
    stack.up()
    assert stack.outputs["provenTransfers"] == {"childToParent": "1", "parentToChild": "1"}
    assert all("arrived with the votes of 0x" in proof for proof in stack.outputs["proofs"].values())
    assert len(stack.outputs["proofs"]) == len(CHAINS), "tokens prove nothing more"


def test_a_lost_vote_is_proven_again(network: Network, empty: dict[str, str]) -> None:
    stack, operator = network.stack, network.pairs["alpha"]["parentOperator"]
    parent = (network.on("parent"), network.owners["parent"], empty["parent"])
    calls.register_operators(*parent, ["0x" + "22" * 20])
    calls.deregister_operator(*parent, operator)
    stack.up(refresh=True)
    assert operator in require_state(network.on("parent"), empty["parent"]).operators
    assert stack.outputs["provenTransfers"]["childToParent"] == "2"
