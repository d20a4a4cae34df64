"""Resources on a chain: which edits touch them, and what counts as drift."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pulumi.dynamic import DiffResult

from components.chain.rpc.console import Console
from components.chain.tx import sender
from components.domain.problems.bridge import BALANCE_LOW, VOTES_CHANGED
from components.dynamic import renamed
from components.dynamic.base import Props, Provider
from components.dynamic.contracts import balance, bridge_contract, bridge_operator, operator_threshold
from components.dynamic.contracts.balance import FundingProvider, LiquidityProvider
from components.dynamic.contracts.bridge_contract import BridgeContractProvider
from components.dynamic.contracts.bridge_operator import BridgeOperatorProvider
from components.dynamic.contracts.operator_threshold import OperatorThresholdProvider
from components.dynamic.nodes.bridge_registration import BridgeRegistrationProvider
from components.dynamic.nodes.running_node import RunningNodeProvider
from components.dynamic.nodes.updated_node import UpdatedNodeProvider
from components.dynamic.proofs.transfer_proof import TransferProofProvider
from tests.unit.fake_contract import Contract
from tests.unit.fakes import FakeChain, console, read_from

OWNER = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"  # of the key 46 46 ..., the example of EIP-155
BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
ONE = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
TWO = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"


def diff_of(provider: Provider[Any], olds: Props, change: Props) -> DiffResult:
    """Return what an accepted edit asks for; outputs are no reason to act."""
    news = {**olds, **change}
    assert not provider.check(olds, news).failures
    return provider.diff("id", {**olds, "an_output": 1}, news)


def endpoint(name: str, **changes: object) -> Props:
    login = {"node": name, "host": "10.0.0.1", "port": 22.0, "user": "root", "private_key": "k", "host_key": "h"}
    return {**login, "ipc": f"/srv/{name}/klay.ipc", **changes}


ON_CHAIN: Props = {
    "chain_id": 3000.0,
    "endpoints": [endpoint("scn-1"), endpoint("scn-2")],
    "signer": {"kind": "key", "private_key": "46" * 32},
}
VOTE: Props = {**ON_CHAIN, "bridge": BRIDGE, "operator": ONE, "cohort": [ONE]}
THRESHOLD: Props = {**ON_CHAIN, "bridge": BRIDGE, "threshold": 1.0}
CONTRACT: Props = {**ON_CHAIN, "mode_mint_burn": True, "artifact": "Bridge.json"}
PROOF: Props = {
    **ON_CHAIN,
    "direction": "up",
    "source_bridge": BRIDGE,
    "target_chain_id": 2020.0,
    "target_endpoints": [endpoint("en-1")],
    "target_bridge": BRIDGE,
    "amount": "1",
    "covers": [ONE, "1"],
    "source": "child",
    "voters": [ONE],
    "serves": ["scn-1/en-1"],
}
FUNDING: Props = {**ON_CHAIN, "account": ONE, "minimum": "50", "target": "100"}
NODE: Props = {
    "node": endpoint("scn-1"),
    "role": "scn",
    "chain_id": 3000.0,
    "started": "1",
    "start": "kscnd start",
    "runs": "0a",
    "static_nodes": ["kni://a"],
}
BRIDGES: Props = {"child_bridge": BRIDGE, "parent_bridge": BRIDGE}
UPDATED: Props = {name: value for name, value in NODE.items() if name != "started"}
ON_NODE: Props = {"node": endpoint("scn-1"), "en": endpoint("en-1"), **BRIDGES, "restart": "kscnd start"}
REGISTRATION: Props = {**ON_NODE, "started": "1", "en_started": "1"}


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> FakeChain:
    sender.forget()
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OWNER, operators=[ONE])
    chain.balances[OWNER] = 10**6

    @contextmanager
    def session(_inputs: object) -> Iterator[Console]:
        yield console(chain)

    for module in (balance, bridge_contract, bridge_operator, operator_threshold):
        monkeypatch.setattr(module, "session", session)
    read_from(monkeypatch, chain)
    return chain


@pytest.mark.parametrize(
    ("provider", "olds", "change", "changes", "replaces"),
    [
        (BridgeOperatorProvider(), VOTE, {}, 0, []),
        (BridgeOperatorProvider(), VOTE, {"endpoints": [*VOTE["endpoints"], endpoint("scn-3")]}, 0, []),
        (BridgeOperatorProvider(), VOTE, {"endpoints": VOTE["endpoints"][::-1]}, 0, []),
        (BridgeOperatorProvider(), VOTE, {"endpoints": [endpoint("scn-1")]}, 1, []),
        (BridgeOperatorProvider(), VOTE, {"endpoints": [endpoint("scn-1"), endpoint("scn-2", port=23.0)]}, 1, []),
        (BridgeOperatorProvider(), VOTE, {"cohort": [ONE, TWO]}, 0, []),
        (BridgeOperatorProvider(), VOTE, {"operator": TWO}, 1, ["operator"]),
        (BridgeOperatorProvider(), VOTE, {"bridge": TWO}, 1, ["bridge"]),
        (BridgeOperatorProvider(), VOTE, {"chain_id": 3001.0}, 1, ["chain_id"]),
        (BridgeOperatorProvider(), VOTE, {"signer": {"kind": "key", "private_key": "47" * 32}}, 1, []),
        (BridgeOperatorProvider(), VOTE, {"signer": {**ON_CHAIN["signer"], "max_gas_price": "5000"}}, 1, []),
        (BridgeOperatorProvider(), VOTE, {"signer": {**ON_CHAIN["signer"], "chain": "child"}}, 1, []),
        (BridgeOperatorProvider(), VOTE, {"signer": {**ON_CHAIN["signer"], "funding_minutes": "5"}}, 1, []),
        (BridgeOperatorProvider(), VOTE, {"signer": {"kind": "env", "name": "OWNER", "address": "0x1"}}, 1, []),
        (OperatorThresholdProvider(), THRESHOLD, {"threshold": 2.0}, 1, []),
        (BridgeContractProvider(), CONTRACT, {"artifact": "Other.json"}, 0, []),
        (BridgeContractProvider(), CONTRACT, {"mode_mint_burn": False}, 1, ["mode_mint_burn"]),
        (TransferProofProvider(), PROOF, {"target_endpoints": [endpoint("en-1"), endpoint("en-2")]}, 0, []),
        (TransferProofProvider(), PROOF, {"target_endpoints": [endpoint("en-2")]}, 1, []),
        (TransferProofProvider(), PROOF, {"amount": "2"}, 0, []),
        (TransferProofProvider(), PROOF, {"covers": [ONE, TWO, "1"]}, 1, []),
        (FundingProvider(), FUNDING, {"target": "200"}, 1, []),
        (FundingProvider(), FUNDING, {"account": TWO}, 1, ["account"]),
        (RunningNodeProvider(), NODE, {"started": "2"}, 1, []),
        (RunningNodeProvider(), NODE, {"runs": "0b"}, 1, []),
        (RunningNodeProvider(), NODE, {"start": "kscnd restart"}, 0, []),
        (UpdatedNodeProvider(), UPDATED, {"runs": "0b"}, 1, []),
        (UpdatedNodeProvider(), UPDATED, {"began_with": "0b"}, 0, []),
        (UpdatedNodeProvider(), UPDATED, {"start": "kscnd restart"}, 0, []),
        (UpdatedNodeProvider(), UPDATED, {"kni": "kni://c"}, 0, []),
        (BridgeRegistrationProvider(), REGISTRATION, {"restart": "kscnd restart"}, 1, []),
        (OperatorThresholdProvider(), THRESHOLD, {"leaving": [ONE]}, 1, []),
        (BridgeContractProvider(), CONTRACT, {"signer": {**ON_CHAIN["signer"], "max_gas_price": "5000"}}, 0, []),
        (LiquidityProvider(), FUNDING, {"signer": {**ON_CHAIN["signer"], "max_gas_price": "5000"}}, 0, []),
        (RunningNodeProvider(), NODE, {"static_nodes": ["kni://a", "kni://b"]}, 0, []),
    ],
)
def test_an_edit_touches_what_it_has_to(
    provider: Provider[Any], olds: Props, change: Props, changes: int, replaces: list[str]
) -> None:
    diff = diff_of(provider, olds, change)
    assert (diff.changes, diff.replaces) == (bool(changes), replaces)


DEARER = {"signer": {**ON_CHAIN["signer"], "max_gas_price": "5000"}}


@pytest.mark.parametrize(
    ("provider", "olds", "change"),
    [
        (BridgeOperatorProvider(), VOTE, DEARER),
        (OperatorThresholdProvider(), THRESHOLD, {**DEARER, "leaving": [ONE]}),
        (FundingProvider(), FUNDING, DEARER),
        (FundingProvider(), FUNDING, {"refund": {"private_key": "48" * 32, "scn": endpoint("scn-1")}}),
        (BridgeRegistrationProvider(), REGISTRATION, {"restart": "kscnd restart"}),
    ],
)
def test_what_only_a_removal_uses_reaches_the_state_and_nothing_is_done(
    chain: FakeChain, provider: Provider[Any], olds: Props, change: Props
) -> None:
    chain.contracts.clear()  # whoever looked at the chain would stop
    news = {**olds, **change, "an_output": None}
    updated = provider.update("id", {**olds, "an_output": 1}, news).outs
    assert updated == {**olds, **change, "an_output": 1}
    assert chain.calls == []
    assert not provider.diff("id", updated, news).changes


def test_a_login_with_a_fault_is_named_by_its_path_and_not_shown() -> None:
    news = {
        **VOTE,
        "endpoints": [endpoint("scn-1"), endpoint("scn-2", port="hush")],
        "signer": {"private_key": ["hush"]},
    }
    failures = BridgeOperatorProvider().check({}, news).failures or []
    assert [failure.property for failure in failures] == ["endpoints.1.port", "signer.key.private_key"]
    assert "hush" not in str([failure.reason for failure in failures])


@pytest.mark.parametrize("held", [0, 49, 50, 99, 10**30])
def test_only_a_balance_below_the_minimum_is_drift(chain: FakeChain, held: int) -> None:
    chain.balances[ONE] = held
    found = FundingProvider().read("id", dict(FUNDING))
    assert found.outs is not None
    declared = dict(found.inputs or {})
    drift = declared.pop("drift", {})
    assert declared == FUNDING
    assert list(drift) == (["balance"] if held < 50 else [])
    for part in (ONE, f" {held} ", " 50;", " 100 ", BALANCE_LOW.code) if drift else ():
        assert part in drift["balance"]
    assert FundingProvider().diff("id", dict(found.outs), dict(FUNDING)).changes == (held < 50)


@pytest.mark.parametrize(("provider", "data"), [(FundingProvider(), ""), (LiquidityProvider(), "dd9222d6")])
def test_drift_of_a_balance_is_mended_once(chain: FakeChain, provider: FundingProvider, data: str) -> None:
    account = {**FUNDING, "account": BRIDGE if data else ONE}
    for _ in range(2):
        provider.update("id", {**account, "minimum": "0"}, account)
    assert chain.balances[account["account"]] == 100
    assert [(tx.to, tx.value, tx.data.hex()) for tx in chain.sent] == [(account["account"], 100, data)]


def test_a_vote_that_is_there_is_adopted_and_one_that_is_not_is_gone(chain: FakeChain) -> None:
    provider = BridgeOperatorProvider()
    assert provider.create(dict(VOTE)).id == f"3000/{BRIDGE}/operator/{ONE}"
    assert chain.sent == []
    assert provider.read("id", dict(VOTE)).id == "id"
    chain.contracts[BRIDGE].operators = [TWO]
    assert provider.read("id", dict(VOTE)).id == ""
    del chain.contracts[BRIDGE]
    assert provider.read("id", dict(VOTE)).id == ""


def test_a_vote_is_given_with_its_cohort_and_taken_alone(chain: FakeChain) -> None:
    BridgeOperatorProvider().create({**VOTE, "cohort": [ONE, TWO]})
    assert chain.contracts[BRIDGE].operators == [ONE, TWO]
    renamed.forget()  # a destroy is another run
    BridgeOperatorProvider().delete("id", dict(VOTE))
    assert chain.contracts[BRIDGE].operators == [TWO]


def test_a_threshold_drifts_is_mended_and_goes_back_to_one(chain: FakeChain) -> None:
    provider, bridge = OperatorThresholdProvider(), chain.contracts[BRIDGE]
    bridge.operators = [ONE, TWO]
    bridge.thresholds[0] = 2
    found = provider.read("id", dict(THRESHOLD))
    assert found.outs is not None
    assert found.inputs is not None
    said = found.inputs["drift"]["threshold"]
    assert found.inputs == {**THRESHOLD, "threshold": 2, "drift": {"threshold": said}}
    assert " 2, not 1;" in said
    assert VOTES_CHANGED.code in said
    provider.update("id", dict(found.outs), dict(THRESHOLD))
    assert bridge.thresholds[0] == 1
    provider.update("id", {}, {**THRESHOLD, "threshold": 2.0})
    provider.delete("id", {**THRESHOLD, "threshold": 2.0})
    assert bridge.thresholds == {0: 1, 1: 1}


def test_without_a_contract_there_is_nothing_to_undo(chain: FakeChain) -> None:
    del chain.contracts[BRIDGE]
    OperatorThresholdProvider().delete("id", dict(THRESHOLD))
    BridgeOperatorProvider().delete("id", dict(VOTE))
    assert chain.sent == []


def test_a_contract_tells_its_owner_and_is_gone_without_code(chain: FakeChain) -> None:
    known = {**CONTRACT, "address": BRIDGE, "owner": OWNER}
    chain.contracts[BRIDGE].owner = TWO
    found = BridgeContractProvider().read("id", known).outs
    assert found is not None
    assert (found["owner"], list(found["drift"])) == (TWO, ["owner"])
    assert BridgeContractProvider().read("id", dict(CONTRACT)).id == ""
    del chain.contracts[BRIDGE]
    assert BridgeContractProvider().read("id", known).id == ""
    adopted = BridgeContractProvider().read("id", {**known, "adopt": BRIDGE, "operators_before": [ONE]})
    assert adopted.outs is not None
    assert adopted.outs["operators_before"] == [ONE], "what it was before is not forgotten"
    assert list(adopted.outs["drift"]) == ["code"]
