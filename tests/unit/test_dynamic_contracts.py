"""Existing contracts, and what a read says of drift, on contracts in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from eth_account import Account

from components.chain import senders
from components.chain.console import Console
from components.chain.errors import ChainError
from components.dynamic import balance, bridge_contract, bridge_operator, operator_threshold, other_operators
from components.dynamic.balance import FundingProvider, LiquidityProvider
from components.dynamic.base import Props
from components.dynamic.bridge_contract import BridgeContractProvider
from components.dynamic.bridge_operator import BridgeOperatorProvider
from components.dynamic.operator_threshold import OperatorThresholdProvider
from tests.unit.fake_contract import Contract
from tests.unit.fake_token import FakeToken
from tests.unit.fakes import FakeChain, console
from tests.unit.test_dynamic_chain import BRIDGE, CONTRACT, FUNDING, ON_CHAIN, ONE, OWNER, THRESHOLD, TWO, VOTE

STRANGER = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
ADOPTED: Props = {**CONTRACT, "adopt": BRIDGE.lower(), "signer": {**ON_CHAIN["signer"], "chain": "child"}}
DRIFT = f"drift: chain 3000, bridge {BRIDGE}: "


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> FakeChain:
    senders.forget()
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OWNER, mode_mint_burn=True, operators=[OWNER, ONE])

    @contextmanager
    def session(_inputs: object) -> Iterator[Console]:
        yield console(chain)

    for module in (balance, bridge_contract, bridge_operator, operator_threshold, other_operators):
        monkeypatch.setattr(module, "session", session)
    return chain


def test_an_existing_contract_is_looked_at_and_nothing_is_sent(chain: FakeChain) -> None:
    chain.contracts[BRIDGE].thresholds[0] = 2
    outs = BridgeContractProvider().create(ADOPTED).outs
    assert outs is not None
    assert {name: value for name, value in outs.items() if name not in ADOPTED} == {
        "address": BRIDGE,
        "owner": OWNER,
        "operators_before": [OWNER, ONE],
        "threshold_before": 2,
    }
    chain.contracts[BRIDGE].operators.append(TWO)
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
    ("change", "sentence"),
    [
        (
            {"adopt": STRANGER},
            f"chain 3000: no contract at {STRANGER}; set bridge.childBridge to the address of the child chain's bridge "
            r"contract \(has it been mixed up with that of the parent chain\?\)",
        ),
        (
            {"mode_mint_burn": False},
            f"chain 3000: the bridge contract {BRIDGE} mints and burns tokens, and that of the parent chain has to "
            "hold and pay out them; it was deployed for the child side, so deploy one with modeMintBurn false, and set "
            "bridge.parentBridge to it",
        ),
        (
            {"signer": {"private_key": "47" * 32, "chain": "child"}},
            f"chain 3000: the owner of the child bridge {BRIDGE} is {OWNER}, and the configured key is that of "
            "0x[0-9a-fA-F]{40}; set bridge.childOwnerKey to the owner's key",
        ),
        ({"adopt": TWO}, f"chain 3000: what is at {TWO} does not answer like a bridge contract"),
    ],
)
def test_a_contract_that_cannot_be_taken_over_is_refused_in_words(
    chain: FakeChain, change: Props, sentence: str
) -> None:
    chain.tokens[TWO] = FakeToken("erc20", "gold", BRIDGE)
    with pytest.raises(ChainError, match=f"^{sentence}"):
        BridgeContractProvider().create({**ADOPTED, **change})
    assert chain.sent == []


def test_an_ownership_that_has_moved_stops_an_up_until_the_new_key_is_given(
    chain: FakeChain, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = BridgeContractProvider()
    known = dict(provider.create(ADOPTED).outs or {})
    assert provider.read("id", known).outs == {**known, "moved_to": None}
    new: Props = {**ON_CHAIN["signer"], "private_key": "47" * 32}
    thief = Account.from_key("47" * 32).address
    chain.contracts[BRIDGE].owner = thief
    found = provider.read("id", known)
    said = capsys.readouterr().err
    assert said.startswith(
        f"{DRIFT}the ownership has moved: the owner of the child bridge {BRIDGE} is {thief}, and the"
    )
    assert found.outs is not None
    assert provider.diff("id", dict(found.outs), ADOPTED).changes
    with pytest.raises(ChainError, match=r"set bridge\.childOwnerKey to the owner's key"):
        provider.update("id", dict(found.outs), ADOPTED)
    given = {**ADOPTED, "signer": {**new, "chain": "child"}}
    mended = provider.update("id", dict(found.outs), given).outs
    assert mended is not None
    assert (mended["owner"], mended.get("moved_to")) == (thief, None)
    assert not provider.diff("id", dict(mended), given).changes


def test_an_operator_of_an_adopted_node_that_voted_before_us_keeps_its_vote(chain: FakeChain) -> None:
    provider = BridgeOperatorProvider()
    for adopted, before, left in ((True, [ONE], [OWNER, ONE]), (True, [], [OWNER]), (False, [ONE], [OWNER])):
        chain.contracts[BRIDGE].operators = [OWNER, ONE]
        made = provider.create({**VOTE, "adopted": adopted, "before": before}).outs
        assert made is not None
        assert made["registered_before"] == bool(before)
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
    bridge.operators, bridge.thresholds[0] = [TWO], 2
    chain.balances[ONE] = chain.balances[BRIDGE] = 7
    BridgeOperatorProvider().read("id", dict(VOTE))
    OperatorThresholdProvider().read("id", dict(THRESHOLD))
    FundingProvider().read("id", dict(FUNDING))
    LiquidityProvider().read("id", {**FUNDING, "account": BRIDGE})
    del chain.contracts[BRIDGE]
    BridgeContractProvider().read("id", {**CONTRACT, "address": BRIDGE})
    assert capsys.readouterr().err.splitlines() == [
        f"{DRIFT}operator {ONE} is not registered; the next up registers it",
        f"{DRIFT}the threshold of value transfers is 2, not 1; the next up sets it",
        f"drift: chain 3000: account {ONE} holds 7 peb, less than its minimum of 50; the next up fills it up to 100",
        f"drift: chain 3000: the bridge {BRIDGE} holds 7 peb, less than its minimum of 50; "
        "the next up fills it up to 100",
        f"{DRIFT}the contract is gone: there is no code at its address; the next up deploys another one",
    ]
