"""Existing contracts, and what a read says of drift, on contracts in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from eth_account import Account

from components.chain.contracts.plan import Step
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx import sender
from components.chain.voters import calls
from components.domain.problems.bridge import (
    ADOPTED_CONTRACT_WRONG,
    BALANCE_LOW,
    CONTRACT_MISSING,
    FOREIGN_OWNER,
    OWNER_NODE_KEEPS_VOTE,
    OWNERSHIP_MOVED,
    VOTES_CHANGED,
)
from components.domain.problems.problem import Problem
from components.domain.problems.transfers import FEE_CHARGED, FEE_RECEIVER_CHANGED, TOKEN_MODE
from components.dynamic import renamed
from components.dynamic.base import Props
from components.dynamic.contracts import (
    balance,
    bridge_contract,
    bridge_operator,
    operator_threshold,
    other_operators,
    transfer_fees,
)
from components.dynamic.contracts.balance import FundingProvider, LiquidityProvider
from components.dynamic.contracts.bridge_contract import BridgeContractProvider
from components.dynamic.contracts.bridge_operator import BridgeOperatorProvider
from components.dynamic.contracts.operator_threshold import ConfigurationThresholdProvider, OperatorThresholdProvider
from components.dynamic.contracts.transfer_fees import TransferFeesProvider
from tests.unit.dynamic.test_chain_resource import BRIDGE, CONTRACT, FUNDING, ON_CHAIN, ONE, OWNER, THRESHOLD, TWO, VOTE
from tests.unit.fake_contract import Contract
from tests.unit.fake_token import FakeToken
from tests.unit.fakes import FakeChain, console, read_from

STRANGER = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
ADOPTED: Props = {**CONTRACT, "adopt": BRIDGE.lower(), "signer": {**ON_CHAIN["signer"], "chain": "child"}}
DRIFT = f"drift: chain 3000, bridge {BRIDGE}: "


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> FakeChain:
    sender.forget()
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OWNER, mode_mint_burn=True, operators=[OWNER, ONE])

    @contextmanager
    def session(_inputs: object) -> Iterator[Console]:
        yield console(chain)

    for module in (balance, bridge_contract, bridge_operator, operator_threshold, other_operators, transfer_fees):
        monkeypatch.setattr(module, "session", session)
    read_from(monkeypatch, chain)
    return chain


def test_an_existing_contract_is_looked_at_and_nothing_is_sent(chain: FakeChain) -> None:
    chain.contracts[BRIDGE].thresholds = {0: 2, 1: 3}
    chain.contracts[BRIDGE].tokens[TWO] = ONE
    outs = BridgeContractProvider().create(ADOPTED).outs
    assert outs is not None
    assert {name: value for name, value in outs.items() if name not in ADOPTED} == {
        "address": BRIDGE,
        "owner": OWNER,
        "operators_before": [OWNER, ONE],
        "threshold_before": 2,
        "configuration_threshold_before": 3,
        "tokens_before": [TWO],
    }
    chain.contracts[BRIDGE].operators.append(TWO)
    chain.contracts[BRIDGE].tokens[ONE] = TWO
    again = BridgeContractProvider().update("id", dict(outs), ADOPTED).outs
    assert again == outs, "how it was is remembered"
    assert chain.sent == []


@pytest.mark.parametrize(("address", "replaces"), [(BRIDGE, []), (BRIDGE.lower(), []), (TWO, ["adopt"]), (None, [])])
def test_a_contract_whose_address_is_written_down_is_the_same_one(address: str | None, replaces: list[str]) -> None:
    own = {**CONTRACT, "address": BRIDGE, "owner": OWNER}
    diff = BridgeContractProvider().diff("id", own, {**CONTRACT, "adopt": address})
    assert (diff.changes, diff.replaces) == (address is not None, replaces)
    again = BridgeContractProvider().diff("id", {**own, "adopt": BRIDGE}, CONTRACT)
    assert again.replaces == ["adopt"], "one of our own is asked for instead"


@pytest.mark.parametrize(
    ("change", "problem", "values"),
    [
        (
            {"adopt": STRANGER},
            ADOPTED_CONTRACT_WRONG,
            f"no contract at {STRANGER}; set bridge.childBridge .* that of the parent chain",
        ),
        (
            {"signer": {"private_key": "47" * 32, "chain": "child"}},
            FOREIGN_OWNER,
            f".* child bridge {BRIDGE} is {OWNER}, .* {Account.from_key('47' * 32).address}; set bridge.childOwnerKey",
        ),
        ({"adopt": TWO}, ADOPTED_CONTRACT_WRONG, f"what is at {TWO} .* set bridge.childBridge"),
    ],
)
def test_a_contract_that_cannot_be_taken_over_is_refused_in_words(
    chain: FakeChain, change: Props, problem: Problem, values: str
) -> None:
    chain.tokens[TWO] = FakeToken("erc20", "gold", BRIDGE)
    with pytest.raises(ChainError, match=rf"^chain 3000: {values}.*{problem.code}"):
        BridgeContractProvider().create({**ADOPTED, **change})
    assert chain.sent == []


@pytest.mark.parametrize(
    ("side", "mode", "words"),
    [
        ("parent", True, "mints tokens that arrive on this chain and burns those that leave it, so it needs the right"),
        ("child", False, "pays tokens that arrive on this chain out of what it holds, and holds those that leave it"),
        ("parent", False, ""),
        ("child", True, ""),
    ],
)
def test_the_preview_says_what_another_mode_means_for_tokens(
    chain: FakeChain,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    side: str,
    *,
    mode: bool,
    words: str,
) -> None:
    monkeypatch.setattr("components.chain.nodes.health.listens", lambda one: one.node == "scn-2")
    chain.contracts[BRIDGE].mode_mint_burn = mode
    asked = {**ADOPTED, "mode_mint_burn": side == "child"}
    assert not BridgeContractProvider().check({}, asked).failures
    said = capsys.readouterr().err
    assert words in said if words else said == ""
    assert (TOKEN_MODE.code in said) == bool(words)
    assert BridgeContractProvider().create(asked).outs
    BridgeContractProvider().check(asked, asked)
    assert capsys.readouterr().err == "", "it is said once"


@pytest.mark.usefixtures("chain")
def test_a_contract_that_cannot_be_taken_over_is_refused_by_the_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.chain.nodes.health.listens", lambda _one: True)
    (failure,) = BridgeContractProvider().check({}, {**ADOPTED, "adopt": STRANGER}).failures or []
    assert f"no contract at {STRANGER}" in failure.reason
    assert ADOPTED_CONTRACT_WRONG.code in failure.reason
    monkeypatch.setattr("components.chain.nodes.health.listens", lambda _one: False)
    assert not BridgeContractProvider().check({}, {**ADOPTED, "adopt": STRANGER}).failures, "no node can be asked yet"


@pytest.mark.parametrize(("before", "found", "after"), [(3, 1, 3), (1, 2, 1)])
def test_configuration_votes_get_the_threshold_and_give_it_back(
    chain: FakeChain, before: int, found: int, after: int
) -> None:
    bridge, provider = chain.contracts[BRIDGE], ConfigurationThresholdProvider()
    bridge.operators, bridge.thresholds = [OWNER, ONE, TWO], {0: 1, 1: found}
    outs = provider.create({**THRESHOLD, "threshold": 3.0, "before": before}).outs
    assert bridge.thresholds == {0: 1, 1: 3}
    provider.delete("id", dict(outs or {}))
    assert bridge.thresholds == {0: 1, 1: after}


def test_an_ownership_that_has_moved_stops_an_up_until_the_new_key_is_given(
    chain: FakeChain, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = BridgeContractProvider()
    known = dict(provider.create(ADOPTED).outs or {})
    assert provider.read("id", known).outs == known
    new: Props = {**ON_CHAIN["signer"], "private_key": "47" * 32}
    thief = Account.from_key("47" * 32).address
    chain.contracts[BRIDGE].owner = thief
    found = provider.read("id", known)
    said = capsys.readouterr().err
    assert OWNERSHIP_MOVED.code in said
    assert FOREIGN_OWNER.code not in said, "whoever does not know of it has to stop the SCNs first"
    assert said.startswith(DRIFT)
    assert f"the owner of the child bridge {BRIDGE} is {thief}, and the" in said
    assert found.outs is not None
    assert provider.diff("id", dict(found.outs), ADOPTED).changes
    with pytest.raises(ChainError, match=rf"{thief}.* set bridge\.childOwnerKey .*{FOREIGN_OWNER.code}"):
        provider.update("id", dict(found.outs), ADOPTED)
    given = {**ADOPTED, "signer": {**new, "chain": "child"}}
    mended = provider.update("id", dict(found.outs), given).outs
    assert mended is not None
    assert (mended["owner"], mended.get("drift")) == (thief, None)
    assert not provider.diff("id", dict(mended), given).changes


def test_an_operator_of_an_adopted_node_that_voted_before_us_keeps_its_vote(chain: FakeChain) -> None:
    provider = BridgeOperatorProvider()
    for adopted, before, left in ((True, [ONE], [OWNER, ONE]), (True, [], [OWNER]), (False, [ONE], [OWNER])):
        chain.contracts[BRIDGE].operators = [OWNER, ONE]
        made = provider.create({**VOTE, "adopted": adopted, "before": before}).outs
        assert made is not None
        assert made["registered_before"] == bool(before)
        renamed.forget()  # a destroy is another run
        provider.delete("id", dict(made))
        assert chain.contracts[BRIDGE].operators == left


@pytest.mark.parametrize(
    ("before", "leaving", "after"), [(2, [ONE], 2), (3, [ONE], 2), (2, [ONE, TWO], 1), (1, [], 1), (3, [], 3)]
)
def test_the_threshold_goes_back_to_what_it_was_where_those_who_stay_can_give_it(
    chain: FakeChain, before: int, leaving: list[str], after: int
) -> None:
    chain.contracts[BRIDGE].operators = [OWNER, ONE, TWO]
    chain.contracts[BRIDGE].thresholds[0] = 1
    OperatorThresholdProvider().delete("id", {**THRESHOLD, "before": float(before), "leaving": leaving})
    assert chain.contracts[BRIDGE].thresholds[0] == after


def test_each_drift_is_one_line_in_words(chain: FakeChain, capsys: pytest.CaptureFixture[str]) -> None:
    bridge = chain.contracts[BRIDGE]
    bridge.operators, bridge.thresholds = [TWO], {0: 2, 1: 3}
    chain.balances[ONE] = chain.balances[BRIDGE] = 7
    BridgeOperatorProvider().read("id", dict(VOTE))
    OperatorThresholdProvider().read("id", dict(THRESHOLD))
    ConfigurationThresholdProvider().read("id", dict(THRESHOLD))
    FundingProvider().read("id", dict(FUNDING))
    LiquidityProvider().read("id", {**FUNDING, "account": BRIDGE})
    del chain.contracts[BRIDGE]
    BridgeContractProvider().read("id", {**CONTRACT, "address": BRIDGE})
    lines = capsys.readouterr().err.splitlines()
    expected = [
        (f"{DRIFT}operator {ONE} is not registered", VOTES_CHANGED),
        (f"{DRIFT}the threshold of value transfers is 2, not 1", VOTES_CHANGED),
        (f"{DRIFT}the threshold of configuration votes is 3, not 1", VOTES_CHANGED),
        (f"drift: chain 3000: account {ONE} holds 7 peb, less than its minimum of 50", BALANCE_LOW),
        (f"drift: chain 3000: the bridge {BRIDGE} holds 7 peb, less than its minimum of 50", BALANCE_LOW),
        (f"{DRIFT}the contract is gone", CONTRACT_MISSING),
    ]
    for line, (begin, problem) in zip(lines, expected, strict=True):
        assert line.startswith(begin)
        assert line.endswith(f" [{problem.code}]")


OWNED: Props = {"node": ON_CHAIN["endpoints"][0], "address": OWNER, "chain": "parent"}


def test_the_end_of_a_contract_that_a_node_owns_is_whole(
    chain: FakeChain, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The threshold goes back, and the votes stay, with a sentence: a node's API has no call that takes them away."""
    bridge = chain.contracts[BRIDGE]
    reset: list[tuple[object, ...]] = []
    bridge.operators, bridge.thresholds[0] = [ONE, TWO], 1

    def send(_console: object, _owner: object, _bridge: str, steps: Callable[[], list[Step]]) -> None:
        reset.extend(step.arguments for step in steps())
        bridge.thresholds[0] = 2

    monkeypatch.setattr(calls, "send_through", send)
    OperatorThresholdProvider().delete("id", {**THRESHOLD, "owner_node": OWNED, "before": 2.0, "leaving": [ONE, TWO]})
    assert reset == [(0, 2)]
    BridgeOperatorProvider().delete("id", {**VOTE, "owner_node": OWNED})
    assert bridge.operators == [ONE, TWO]
    said = capsys.readouterr().err
    assert OWNER_NODE_KEEPS_VOTE.code in said
    assert f"{BRIDGE}: operator {ONE} keeps its vote: the owner is {OWNER}, the operator of scn-1" in said
    BridgeOperatorProvider().delete("id", {**VOTE, "owner_node": OWNED, "operator": STRANGER})
    assert capsys.readouterr().err == ""


def test_fees_are_watched_and_said_until_they_are_as_they_were(
    chain: FakeChain, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge, provider, asked = chain.contracts[BRIDGE], TransferFeesProvider(), {**ON_CHAIN, "bridge": BRIDGE}
    bridge.tokens[ONE] = TWO
    known = dict(provider.create(asked).outs or {})
    assert (known["fees"], known.get("drift")) == ({"receiver": "", "coin": "0", "tokens": {}}, None)
    bridge.fee, bridge.token_fees[ONE], bridge.fee_receiver, bridge.thresholds[1] = 5, 7, STRANGER, 2
    found = dict(provider.read("id", known).outs or {})
    votes = "operators set it by votes: on 2 SCN(s), and on each with the same fee, call subbridge"
    said = [  # with the calls as they are made
        f"{DRIFT}the receiver of fees is {STRANGER}, not nobody; only the owner can set it: have the owner call "
        f"setFeeReceiver(0x0000000000000000000000000000000000000000) [{FEE_RECEIVER_CHANGED.code}]",
        f'{DRIFT}the fee of a transfer of coins is 5 peb, not 0; {votes}.setKLAYFee("{BRIDGE}", 0) '
        f"[{FEE_CHARGED.code}]",
        f'{DRIFT}the fee of a transfer of token {ONE} is 7, not 0; {votes}.setERC20Fee("{BRIDGE}", "{ONE}", 0) '
        f"[{FEE_CHARGED.code}]",
    ]
    assert capsys.readouterr().err.splitlines() == said
    assert provider.diff("id", found, asked).changes
    known = dict(provider.update("id", found, asked).outs or {})
    assert capsys.readouterr().err.splitlines() == said, "an up says it too"
    assert provider.diff("id", known, asked).changes, "and does not take it for what is meant to be"
    bridge.fee_receiver = "0x" + "00" * 20
    provider.read("id", known)
    assert "5 peb, not 0, which nobody is charged while there is no receiver;" in capsys.readouterr().err
    bridge.fee = bridge.token_fees[ONE] = 0
    known = dict(provider.update("id", known, asked).outs or {})
    assert not provider.diff("id", known, asked).changes
    assert capsys.readouterr().err == ""


def test_a_contract_that_is_taken_over_may_charge_what_it_did(
    chain: FakeChain, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge, provider = chain.contracts[BRIDGE], TransferFeesProvider()
    bridge.fee = 5
    asked = {**ON_CHAIN, "bridge": BRIDGE, "adopted": True}
    known = dict(provider.create(asked).outs or {})
    assert "drift" not in known
    bridge.fee = 6
    provider.read("id", known)
    said = capsys.readouterr().err
    assert FEE_CHARGED.code in said
    assert "is 6 peb, not 5" in said
