"""A stack on contracts that exist: what it asks for, and in which order."""

from typing import Any

import pytest

from tests.program import mocked
from tests.program.mocked import THRESHOLD, made, run
from tests.program.program import Asked, Program
from tests.program.stacks import aws, example

PARENT, CHILD = "0x" + "ab" * 20, "0x" + "cd" * 20
KEYS = {"parentOwnerKey": "4a" * 32, "childOwnerKey": "4b" * 32}
ADDRESSES = {"parentBridge": PARENT, "childBridge": CHILD}


def stack(**bridge: Any) -> Program:
    return run(aws(2, bridge=bridge))


@pytest.fixture(scope="module")
def adopted() -> Program:
    return stack(**ADDRESSES, **KEYS)


def waits_for(one: Asked) -> set[str]:
    """Return the names of all resources that one waits for, directly."""
    return {urn.rpartition("::")[2] for urn in one.options["dependencies"]}


def test_nothing_is_filled_or_set_that_is_not_written(adopted: Program) -> None:
    assert not adopted.of("Liquidity")
    assert {one.inputs["threshold"] for one in adopted.of("OperatorThreshold").values()} == {THRESHOLD}
    assert adopted.outputs["threshold"] == THRESHOLD
    assert adopted.outputs["survives"].startswith("2 pairs, threshold 2: survives no loss of a pair")
    assert {one.inputs["policy"] for one in adopted.of("OtherOperators").values()} == {"keep"}
    told = stack(**ADDRESSES, **KEYS, threshold=1, liquidity=5, otherOperators="remove")
    assert len(told.of("Liquidity")) == 2
    assert {one.inputs["threshold"] for one in told.of("OperatorThreshold").values()} == {1}
    assert not adopted.of("ConfigurationThreshold")
    assert {one.inputs["threshold"] for one in told.of("ConfigurationThreshold").values()} == {1}
    assert {one.inputs["policy"] for one in told.of("OtherOperators").values()} == {"remove"}


def test_each_direction_is_proven_with_the_threshold_of_its_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mocked.THRESHOLDS, "child-bridge", 1)
    found = stack(**ADDRESSES, **KEYS)
    covers = {name: one.inputs["covers"][-1] for name, one in found.of("TransferProof").items()}
    assert covers == {"child-to-parent-proof": str(THRESHOLD), "parent-to-child-proof": "1"}
    assert found.outputs["threshold"] == THRESHOLD


def test_no_call_is_sent_before_both_contracts_have_been_looked_at(adopted: Program) -> None:
    first = [one for kind in ("BridgeOperator", "Funding") for one in adopted.of(kind).values()]
    assert len(first) == 6
    for one in first:
        assert {"parent-bridge", "child-bridge"} <= waits_for(one), one.name
    assert adopted.one("BridgeContract", "parent-bridge").inputs["adopt"] == PARENT
    assert adopted.one("BridgeContract", "child-bridge").inputs["adopt"] == CHILD


def test_what_a_contract_had_before_is_what_it_goes_back_to(adopted: Program) -> None:
    threshold = adopted.one("OperatorThreshold", "parent-threshold").inputs
    operators = [one.inputs["operator"] for name, one in adopted.of("BridgeOperator").items() if "parent" in name]
    assert (threshold["before"], sorted(threshold["leaving"])) == (THRESHOLD, sorted(operators))
    for one in adopted.of("BridgeOperator").values():
        assert str(one.inputs["before"]).endswith("-bridge.operators_before")
        assert "adopted" not in one.inputs


def test_an_scn_that_owns_a_contract_is_asked_for_calls_when_it_knows_the_contract() -> None:
    program = stack(**ADDRESSES, childOwnerKey="4b" * 32, parentOwnerNode="scn-2")
    operator = program.one("Account", "scn-2-parent-operator").inputs["address"]
    assert program.outputs["parentChain"]["owner"] == "parent-bridge.owner"
    assert program.outputs["childChain"]["owner"].startswith("0x")
    owned = ("BridgeContract", "BridgeOperator", "OperatorThreshold", "OtherOperators")
    for kind in owned:
        for name, one in program.of(kind).items():
            node = one.inputs.get("owner_node")
            assert (node is not None) == ("parent" in name), name
            if node:
                assert (node["address"], node["chain"], node["node"]["node"]) == (operator, "parent", "scn-2")
                assert "owner_node" in one.options["additionalSecretOutputs"]
    for name, vote in program.of("BridgeOperator").items():
        assert ("scn-2-registration" in waits_for(vote)) == ("parent" in name), name


def test_contracts_of_our_own_ask_for_what_they_always_did() -> None:
    program = stack()
    assert len(program.of("Liquidity")) == 2
    for kind in ("BridgeContract", "BridgeOperator", "OperatorThreshold"):
        for one in program.of(kind).values():
            assert not {"adopt", "adopted", "before", "leaving", "owner_node"} & {
                name for name, value in one.inputs.items() if value is not None
            }


def test_operators_of_nobody_are_an_output(adopted: Program) -> None:
    assert adopted.outputs["parentChain"]["otherOperators"] == "parent-other-operators.others"
    assert adopted.outputs["childChain"]["otherOperators"] == "child-other-operators.others"


def test_what_operators_have_left_goes_back_only_where_the_chain_outlives_the_stack(adopted: Program) -> None:
    assert not any(one.inputs.get("refund") for one in adopted.of("Funding").values())
    kairos = made(example("kairos"))
    for scn in ("scn-1", "scn-2"):
        funding = kairos.one("Funding", f"{scn}-parent-funding")
        operator = kairos.one("Account", f"{scn}-parent-operator").inputs
        assert funding.inputs["account"] == operator["address"]
        assert funding.inputs["refund"]["private_key"] == operator["private_key"]
        assert funding.inputs["refund"]["scn"]["node"] == scn
        assert "refund" in funding.options["additionalSecretOutputs"]
        # So the SCN lets the bridge go before the balance does.
        assert f"{scn}-parent-funding" in waits_for(kairos.one("BridgeRegistration", f"{scn}-registration"))


def test_what_the_bridge_survives_is_read_after_all_votes_are_set() -> None:
    told = stack(threshold=2)
    votes = {
        f"{chain}-{what}"
        for chain in ("parent", "child")
        for what in ("threshold", "configuration-threshold", "other-operators")
    }
    assert votes <= waits_for(told.one("Resilience", "resilience"))


def test_only_contracts_that_the_stack_deployed_may_have_requests_that_nobody_served(adopted: Program) -> None:
    own = made(aws(2)).of("BridgeRegistration").values()
    assert {one.inputs.get("deployed") for one in own} == {True}
    assert {one.inputs.get("deployed") for one in adopted.of("BridgeRegistration").values()} == {None}
