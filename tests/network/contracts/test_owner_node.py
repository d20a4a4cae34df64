"""Contracts that an SCN's operator owns, as the known scripts leave them: owner calls go through that node's API."""

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address

from components.chain.accounts.owner import OwnerNode
from components.chain.accounts.signer import KeySigner
from components.chain.contracts.contract import require_state
from components.chain.contracts.deployment import ensure_deployed
from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError
from components.chain.nodes.registration import deregister, register
from components.chain.voters import calls
from components.domain.problems.bridge import (
    FOREIGN_OWNER,
    OWNER_NODE_KEEPS_VOTE,
    OWNER_NODE_LACKS_CALL,
    OWNER_NODE_REFUSES,
    THRESHOLD_UNREACHABLE,
    TOO_FEW_OPERATORS,
)
from components.dynamic.base import Props
from components.dynamic.contracts.bridge_contract import BridgeContract, BridgeContractProvider
from components.dynamic.contracts.bridge_operator import BridgeOperator, BridgeOperatorProvider
from components.dynamic.contracts.operator_threshold import OperatorThreshold, OperatorThresholdProvider
from tests.life import Life
from tests.network.bridge_calls import hand_over
from tests.network.lone_chain import ARTIFACT
from tests.network.network import CHAINS, COIN, Network
from tests.run import lines

pytestmark = pytest.mark.nightly

SCN, EN, PAIR = "scn-2", "beta-en", "beta"
ONE, TWO = (to_checksum_address(secrets.token_hex(20)) for _ in range(2))


def owner(network: Network, chain: str, pair: str = PAIR) -> OwnerNode:
    declared = network.pairs[pair]
    node = network.endpoints[declared["scn"]["name"]]
    return OwnerNode(node=node, address=declared[f"{chain}Operator"], chain=chain)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def bridges(network: Network) -> Iterator[Mapping[str, str]]:
    """Deploy a second pair of contracts by hand, hand both to the operators of an SCN, and let it know them."""
    found = {}
    for chain in CHAINS:
        console, deployer = network.on(chain), KeySigner(private_key=secrets.token_hex(32))
        calls.fill_account(console, network.owners[chain], deployer.account().address, COIN, 10 * COIN)
        bridge = ensure_deployed(console, deployer, Path(ARTIFACT), None, mode_mint_burn=chain == "child")
        hand_over(console, deployer, bridge, owner(network, chain).address)
        found[chain] = bridge
    scn, en = network.console(SCN), network.console(EN)
    restart = network.stack.program_of("BridgeRegistration", f"{SCN}-registration")["restart"]
    register(scn, en, found["child"], found["parent"], restart)
    yield found
    deregister(network.console(SCN), found["child"], found["parent"])


def props(network: Network, chain: str, **more: object) -> Props:
    """Return the inputs of a resource of which the SCN is the owner."""
    known = network.stack.program_of("BridgeContract", f"{chain}-bridge")
    node = owner(network, chain).model_dump()
    return {name: known[name] for name in ("chain_id", "endpoints", "signer")} | {"owner_node": node, **more}


@pytest.mark.parametrize("chain", CHAINS)
def test_calls_go_through_the_node_and_what_holds_sends_nothing(
    network: Network, bridges: Mapping[str, str], capsys: pytest.CaptureFixture[str], chain: str
) -> None:
    console, bridge, node = network.on(chain), bridges[chain], owner(network, chain)
    contract = Life(BridgeContractProvider(), BridgeContract)
    contract.up(props(network, chain, adopt=bridge, mode_mint_burn=chain == "child", artifact="none.json"))
    assert contract.outs["owner"] == node.address
    vote = Life(BridgeOperatorProvider(), BridgeOperator)
    vote.up(props(network, chain, bridge=bridge, operator=ONE, cohort=[ONE, TWO]))
    calls.set_threshold(console, node, bridge, 2)
    state = require_state(console, bridge)
    assert (state.operators, state.threshold) == ((ONE, TWO), 2)
    since = network.head(chain)
    assert vote.refresh()
    calls.register_operators(console, node, bridge, [ONE, TWO])
    calls.set_threshold(console, node, bridge, 2)
    sent = [tx for tx in network._transactions(chain, since) if str(tx["to"]).lower() == bridge.lower()]
    assert sent == []
    with pytest.raises(Refused) as high:
        calls.set_threshold(console, node, bridge, 3)
    assert lines(str(high.value), THRESHOLD_UNREACHABLE, bridge, "threshold 3 ")
    with pytest.raises(Refused) as needed:
        calls.deregister_operator(console, node, bridge, ONE)
    assert lines(str(needed.value), TOO_FEW_OPERATORS, bridge, ONE)
    threshold = Life(OperatorThresholdProvider(), OperatorThreshold)
    threshold.up(props(network, chain, bridge=bridge, threshold=2.0, before=1, leaving=[ONE, TWO]))
    capsys.readouterr()
    threshold.delete()
    vote.delete()
    state = require_state(console, bridge)
    assert (state.operators, state.threshold) == ((ONE, TWO), 1), "the end is whole: what a node cannot do stays"
    owned = f"the owner is {node.address}, the operator of {SCN},"
    assert lines(capsys.readouterr().err, OWNER_NODE_KEEPS_VOTE, f"operator {ONE} ", owned)
    with pytest.raises(ChainError) as impossible:
        calls.deregister_operator(console, node, bridge, ONE)
    assert lines(str(impossible.value), OWNER_NODE_LACKS_CALL, ONE, owned, "transferOwnership")


def test_an_scn_that_is_not_the_owner_is_refused(network: Network, bridges: Mapping[str, str]) -> None:
    other = owner(network, "parent", "alpha")
    with pytest.raises(ChainError) as refused:
        calls.set_threshold(network.on("parent"), other, bridges["parent"], 2)
    named = (f"is {owner(network, 'parent').address},", f"scn-1 is {other.address};", "bridge.parentOwnerNode")
    assert lines(str(refused.value), FOREIGN_OWNER, bridges["parent"], *named)


def test_a_node_that_does_not_know_the_contract_is_refused(network: Network, bridges: Mapping[str, str]) -> None:
    stranger = owner(network, "child").model_copy(update={"node": network.endpoints["scn-1"]})
    with pytest.raises(ChainError) as refused:
        calls.set_threshold(network.on("child"), stranger, bridges["child"], 2)
    assert lines(str(refused.value), OWNER_NODE_REFUSES, bridges["child"], "scn-1 ", "its registration comes first")
