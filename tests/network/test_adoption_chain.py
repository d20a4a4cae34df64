"""Contracts that exist are taken over on a real chain, as the known scripts leave them, and are left as they were."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.chain.contracts.artifact import Artifact
from components.chain.contracts.contract import require_state
from components.chain.contracts.plan import BridgeState, Refused
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx.batch import Transaction, execute
from components.chain.voters import calls
from components.domain.problems.bridge import (
    ADOPTED_CONTRACT_WRONG,
    FOREIGN_OPERATOR,
    FOREIGN_OWNER,
    OTHERS_NEEDED,
    OWNERSHIP_MOVED,
)
from components.domain.problems.transfers import TOKEN_MODE
from components.dynamic.base import Props
from components.dynamic.contracts.bridge_contract import BridgeContract, BridgeContractProvider
from components.dynamic.contracts.bridge_operator import BridgeOperator, BridgeOperatorProvider
from components.dynamic.contracts.operator_threshold import OperatorThreshold, OperatorThresholdProvider
from components.dynamic.contracts.other_operators import OtherOperators, OtherOperatorsProvider
from tests.life import Life
from tests.network.bridge_calls import hand_over
from tests.network.lone_chain import ARTIFACT, CHAIN_ID, LoneChain
from tests.run import lines

FIRST, SECOND = "operator-10", "operator-11"
"""The owners of the contracts of the parent side and the child side: other tests know what `owner` has deployed."""

EMPTY_CODE = "0x60016000f3"
"""Creation code of a contract of one byte, which answers every call with nothing."""


@pytest.fixture
def contracts(chain: LoneChain) -> Iterator[dict[str, str]]:
    """Deploy the two contracts of a bridge by hand, each by an owner of its own who stays an operator of it."""
    with chain.console() as console:
        yield {
            owner: deploy(chain, console, owner, Artifact.load(Path(ARTIFACT)).creation(mode_mint_burn=mints))
            for owner, mints in ((FIRST, False), (SECOND, True))
        }


def deploy(chain: LoneChain, console: Console, owner: str, code: str) -> str:
    (receipt,) = execute(console, chain.signer(owner), [Transaction("deploy by hand", data=code)])
    return str(receipt["contractAddress"])


def transfer_ownership(chain: LoneChain, console: Console, bridge: str, owner: str, to: str) -> None:
    hand_over(console, chain.signer(owner), bridge, to)


@contextmanager
def nothing_sent(chain: LoneChain, console: Console, owner: str) -> Iterator[None]:
    before = console.web3.eth.get_transaction_count(chain.signer(owner).account().address)
    yield
    assert console.web3.eth.get_transaction_count(chain.signer(owner).account().address) == before


def adopt(chain: LoneChain, owner: str, address: str) -> Life:
    """Take a contract over; that of SECOND is the child chain's."""
    life = Life(BridgeContractProvider(), BridgeContract)
    life.up(program(chain, owner, address))
    return life


def program(chain: LoneChain, owner: str, address: str) -> Props:
    return chain.props(owner, mode_mint_burn=owner == SECOND, artifact="none.json", adopt=address.lower())


def state_of(chain: LoneChain, bridge: str) -> BridgeState:
    with chain.console() as console:
        return require_state(console, bridge)


@pytest.mark.parametrize("owner", [FIRST, SECOND])
def test_a_second_pair_joins_an_existing_bridge_and_leaves_it_as_it_was(
    chain: LoneChain, contracts: dict[str, str], owner: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge, first, second = contracts[owner], chain.address("operator-1"), chain.address("operator-2")
    with chain.console() as console:
        calls.register_operators(console, chain.signer(owner), bridge, [first])
        calls.set_threshold(console, chain.signer(owner), bridge, 2)
        before = require_state(console, bridge)
        with nothing_sent(chain, console, owner):
            contract = adopt(chain, owner, bridge)
            on = {"bridge": bridge, "before": contract.outs["operators_before"]}
            votes = {name: Life(BridgeOperatorProvider(), BridgeOperator) for name in (first, second)}
            cohort = [first, second]
            votes[first].up(chain.props(owner, **on, operator=first, cohort=[first], adopted=True))
        votes[second].up(chain.props(owner, **on, operator=second, cohort=cohort))
        threshold = Life(OperatorThresholdProvider(), OperatorThreshold)
        asked = chain.props(owner, bridge=bridge, threshold=3.0, before=2.0, leaving=[second])
        threshold.up(asked)
        with nothing_sent(chain, console, owner):
            others = Life(OtherOperatorsProvider(), OtherOperators)
            others.up(chain.props(owner, bridge=bridge, operators=cohort, policy="keep"))
            assert others.outs["others"] == [chain.address(owner)], "its deployer votes in it, and is kept"
            for life, again in ((contract, program(chain, owner, bridge)), (threshold, asked)):
                assert life.up(again) == "same"
    state = state_of(chain, bridge)
    assert (state.threshold, set(state.operators)) == (3, {chain.address(owner), first, second})
    capsys.readouterr()
    others.refresh()
    assert lines(capsys.readouterr().err, FOREIGN_OPERATOR, bridge, f"operator {chain.address(owner)} ", "kept")
    for life in (others, threshold, votes[second], votes[first], contract):
        life.delete()
    assert state_of(chain, bridge) == before


def test_a_deployers_vote_is_removed_where_that_is_asked_for_but_never_the_last_one(
    chain: LoneChain, contracts: dict[str, str]
) -> None:
    bridge, ours = contracts[FIRST], chain.address("operator-1")
    asked = chain.props(FIRST, bridge=bridge, operators=[ours], policy="remove")
    others = Life(OtherOperatorsProvider(), OtherOperators)
    with pytest.raises(Refused) as refused:
        others.up(asked)
    assert lines(str(refused.value), OTHERS_NEEDED, chain.address(FIRST), "0 operators would stay", "threshold is 1")
    with chain.console() as console:
        calls.register_operators(console, chain.signer(FIRST), bridge, [ours])
    others.up(asked)
    assert state_of(chain, bridge).operators == (ours,)


def test_what_is_no_bridge_contract_is_refused_at_preview(chain: LoneChain) -> None:
    life = Life(BridgeContractProvider(), BridgeContract)
    with chain.console() as console:
        empty = deploy(chain, console, FIRST, EMPTY_CODE)
        for address, words in (
            (empty, "does not answer like"),
            (chain.address("nobody"), "no contract at"),
        ):
            with nothing_sent(chain, console, FIRST):
                (failure,) = life.raw_check(program(chain, FIRST, address)).failures or []
                named = (f"chain {CHAIN_ID}: ", words, address.lower(), "bridge.parentBridge")
                assert lines(failure.reason, ADOPTED_CONTRACT_WRONG, *named)


def test_a_contract_with_the_token_mode_of_the_other_chain_is_adopted_and_the_mode_is_explained(
    chain: LoneChain, contracts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with chain.console() as console:
        for owner, other, mode in ((FIRST, SECOND, True), (SECOND, FIRST, False)):
            transfer_ownership(chain, console, contracts[other], other, chain.address(owner))
            with nothing_sent(chain, console, owner):
                adopt(chain, owner, contracts[other])
            named = (f"chain {CHAIN_ID}: ", contracts[other].lower(), f"modeMintBurn {str(mode).lower()}")
            assert lines(capsys.readouterr().err, TOKEN_MODE, *named)


def test_an_ownership_that_moved_stops_clearly_and_goes_on_with_the_new_key(
    chain: LoneChain, contracts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    bridge, old, new = contracts[FIRST], chain.address(FIRST), chain.address("operator-5")
    contract = adopt(chain, FIRST, bridge)
    asked = chain.props(FIRST, bridge=bridge, operator=chain.address("operator-6"))
    with chain.console() as console:
        transfer_ownership(chain, console, bridge, FIRST, new)
        assert contract.refresh()
        named = (f"{bridge} is {new},", f"that of {old}")
        drift = lines(capsys.readouterr().err, OWNERSHIP_MOVED, *named)
        assert [line for line in drift if line.startswith(f"drift: chain {CHAIN_ID}, bridge {bridge}: ")]
        with nothing_sent(chain, console, FIRST):
            for life, inputs in (
                (contract, program(chain, FIRST, bridge)),
                (Life(BridgeOperatorProvider(), BridgeOperator), asked),
            ):
                with pytest.raises(ChainError) as refused:
                    life.up(inputs)
                assert lines(str(refused.value), FOREIGN_OWNER, *named)
        given = chain.props("operator-5")["signer"]
        assert contract.up({**program(chain, FIRST, bridge), "signer": given}) == "update"
        assert Life(BridgeOperatorProvider(), BridgeOperator).up({**asked, "signer": given}) == "create"
    assert chain.address("operator-6") in state_of(chain, bridge).operators
