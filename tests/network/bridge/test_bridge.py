"""A bridge brought up from nothing: what is on the chains, and that nothing more happens to it."""

import re

import pytest

from components.chain.nodes.journal import read_registration
from components.chain.nodes.registration import main_bridge_id, operators
from components.chain.peers.peers import peers
from components.chain.rpc.waiting import wait_for
from components.chain.transfers.requests import pending, requested
from components.chain.voters.calls import balance
from components.domain.kni import node_id
from components.domain.problems.settings import SHORT_LASTING
from tests.network.network import CHAINS, COIN, Network
from tests.stack import Run


def test_up_makes_everything_and_warns_of_nothing_else(first_up: Run) -> None:
    assert first_up.changes.keys() == {"create"}
    assert first_up.changes["create"] > 100
    (told,) = first_up.warnings
    assert SHORT_LASTING.code in told, "an anchor every 5 blocks spends the default balance in less than six days"


def test_outputs_are_complete(network: Network) -> None:
    outputs = network.outputs
    assert outputs["survives"] == "2 pairs, threshold 1: survives the loss of 1 pair, no hostile operator"
    assert outputs["threshold"] == 1
    assert list(outputs["serviceChainNodes"]) == ["scn-1", "scn-2", "scn-3", "scn-4"]
    assert {name: (pair["en"]["name"], pair["scn"]["name"]) for name, pair in network.pairs.items()} == {
        "alpha": ("alpha-en", "scn-1"),
        "beta": ("beta-en", "scn-2"),
    }
    for pair in network.pairs.values():
        assert re.fullmatch(rf"kni://[0-9a-f]{{128}}@{pair['en']['address']}:50505\?discport=0", pair["en"]["kni"])
        assert outputs["serviceChainNodes"][pair["scn"]["name"]]["address"] == pair["scn"]["address"]
    for name, chain_id in (("parent", 2020), ("child", 3000)):
        chain = outputs[f"{name}Chain"]
        assert chain["chainId"] == chain_id == network.on(name).web3.eth.chain_id
        assert chain["operators"] == [pair[f"{name}Operator"] for pair in network.pairs.values()]
        assert chain["owner"] == network.owners[name].account().address


@pytest.mark.parametrize("chain", CHAINS)
def test_the_contract_is_as_declared(network: Network, chain: str) -> None:
    bridge = network.bridge(chain)
    assert bridge.owner == network.outputs[f"{chain}Chain"]["owner"]
    assert bridge.owner not in bridge.operators
    assert sorted(bridge.operators) == sorted(pair[f"{chain}Operator"] for pair in network.pairs.values())
    assert bridge.threshold == 1
    assert bridge.mode_mint_burn == (chain == "child")
    assert balance(network.on(chain), network.bridges[chain]) >= 999 * COIN


def test_the_parent_operators_can_pay(network: Network) -> None:
    for pair in network.pairs.values():
        assert balance(network.on("parent"), pair["parentOperator"]) > 50 * COIN


@pytest.mark.parametrize("pair", ["alpha", "beta"])
def test_the_nodes_are_who_they_were_computed_to_be(network: Network, pair: str) -> None:
    declared = network.pairs[pair]
    en, scn = network.console(declared["en"]["name"]), network.console(declared["scn"]["name"])
    assert main_bridge_id(en) == node_id(declared["en"]["kni"])
    assert peers(scn, "subbridge") == [node_id(declared["en"]["kni"])]
    assert [address.lower() for address in operators(scn)] == [
        declared[f"{chain}Operator"].lower() for chain in ("parent", "child")
    ]
    registration = read_registration(scn, network.bridges["child"], network.bridges["parent"])
    assert registration.registered
    assert registration.live


@pytest.mark.parametrize(("source", "output"), [("child", "childToParent"), ("parent", "parentToChild")])
def test_the_proof_transfer_was_handled(network: Network, source: str, output: str) -> None:
    assert int(network.outputs["provenTransfers"][output]) == 1
    assert requested(network.direction(source)) >= 1
    assert pending(network.direction(source)) == 0


def test_again_does_nothing(network: Network) -> None:
    before = _sent(network)
    assert network.stack.up(expect_no_changes=True).changes == {}
    assert "drift: " not in network.stack.refresh(expect_no_changes=True).text
    assert _sent(network) == before
    assert network.stack.outputs == network.outputs


def _sent(network: Network) -> dict[str, int]:
    sent = {name: network.nonce(name, owner.account().address) for name, owner in network.owners.items()}
    requests = {f"{name} requests": requested(network.direction(name)) for name in CHAINS}
    print(f"transactions of the owners: {sent}, {requests}")
    return sent | requests


@pytest.mark.parametrize("pair", ["alpha", "beta"])
def test_both_pairs_anchor(network: Network, pair: str) -> None:
    scn = network.console(network.pairs[pair]["scn"]["name"])
    anchored = int(scn.call("subbridge_getLatestAnchoredBlockNumber"))
    anchor = network.wait_for_anchor(pair)
    assert anchor.child_block % 5 == 0

    def probe() -> int | str:
        latest = int(scn.call("subbridge_getLatestAnchoredBlockNumber"))
        return latest if latest > anchored else f"the latest anchored block of {pair} is {latest} as before"

    print(f"{pair}: anchored {anchored}, then {wait_for(probe, deadline=90)}")


@pytest.mark.parametrize("source", CHAINS)
def test_transfers_arrive(network: Network, source: str) -> None:
    held = balance(network.on(source), network.bridges[source])
    transfers = network.send(source, 20)
    transfers.wait()
    assert pending(network.direction(source)) == 0
    assert balance(network.on(source), network.bridges[source]) == held + sum(transfers.amounts.values())
