"""A running network takes over contracts of two owners that were there before. Only its end can come after this."""

import secrets
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.artifact import Artifact
from components.chain.tx.batch import Transaction, execute
from components.chain.voters import calls
from components.domain.problems.bridge import FOREIGN_OPERATOR
from tests.network.lone_chain import ARTIFACT
from tests.network.network import CHAINS, COIN, Network
from tests.network.running import SETTINGS

pytestmark = pytest.mark.nightly

STRANGER = to_checksum_address(secrets.token_hex(20))
"""An operator that somebody has registered before."""


def by_hand(network: Network, chain: str, owner: KeySigner) -> str:
    """Make a contract as people do by hand: its deployer owns it and votes in it. Return its address."""
    console = network.on(chain)
    calls.fill_account(console, network.owners[chain], owner.account().address, COIN, 1000 * COIN)
    code = Artifact.load(Path(ARTIFACT)).creation(mode_mint_burn=chain == "child")
    (receipt,) = execute(console, owner, [Transaction("deploy by hand", data=code)])
    bridge = str(receipt["contractAddress"])
    calls.register_operators(console, owner, bridge, [STRANGER])
    calls.fill_bridge(console, owner, bridge, 1, 500 * COIN)
    return bridge


def test_contracts_of_two_owners_are_taken_over_and_nothing_of_them_is_changed(network: Network) -> None:
    owners = {chain: KeySigner(private_key=secrets.token_hex(32)) for chain in CHAINS}
    bridges = {chain: by_hand(network, chain, owners[chain]) for chain in CHAINS}
    sent = {chain: network.nonce(chain, owners[chain].account().address) for chain in CHAINS}
    given = {f"{chain}Bridge": bridge for chain, bridge in bridges.items()}
    keys = {f"{chain}OwnerKey": owner.private_key for chain, owner in owners.items()}
    stack = network.stack
    stack.configure({**SETTINGS, "bridge": {**given, **keys}})
    stack.up()

    taken = Network(stack)
    assert taken.bridges == bridges
    for chain in CHAINS:
        state, owner = taken.bridge(chain), owners[chain].account().address
        ours = [pair[f"{chain}Operator"] for pair in taken.pairs.values()]
        assert (state.owner, state.threshold) == (owner, 1)
        assert state.operators[:2] == (owner, STRANGER)
        assert sorted(state.operators[2:]) == sorted(ours)
        assert stack.outputs[f"{chain}Chain"]["otherOperators"] == [owner, STRANGER]
        assert network.nonce(chain, owner) == sent[chain] + len(ours) + 1, "a call for each operator, and the proof"
    for source in CHAINS:
        taken.send(source, 2).wait()
    assert stack.preview(expect_no_changes=True).steps == []
    run = stack.refresh(expect_no_changes=True)
    assert run.lines(FOREIGN_OPERATOR, f"operator {STRANGER} ", "kept", "bridge.otherOperators")
