"""What the comment on a plan says of calls on chain and of refusals. Plans have the form of the engine's output."""

from collections.abc import Sequence

import pytest

from components.dynamic.providers import CLASSES
from toolchain.github.plan_calls import CALLED, calls
from toolchain.github.plan_summary import summary

SENDS_NOTHING = {
    "Account",
    "AdoptedIdentity",
    "AdoptedNode",
    "Boot",
    "BridgeRegistration",
    "BridgeSlot",
    "ChainData",
    "ExistingHost",
    "FirstLogin",
    "Genesis",
    "HostPreflight",
    "LocalHost",
    "LocalNetwork",
    "MonitoringProcess",
    "NodeFiles",
    "NodeToken",
    "Placement",
    "Resilience",
    "RunningNode",
    "SshKey",
    "SyncedNode",
    "TransferFees",
    "UpdatedNode",
    "Voters",
}
PARENT, CHILD, FORMER = (f"0x{digit * 40}" for digit in "abc")
OUTPUTS = f"""    --outputs:--
  ~ childChain       : {{
      + owner         : "{CHILD}"
    }}
  ~ parentChain      : {{
      ~ owner         : "{FORMER}" => "{PARENT}"
    }}
"""


def step(kind: str, name: str, verb: str = "create", inputs: Sequence[str] = (), known: str = "") -> str:
    """Return a step as `pulumi preview --diff` prints it."""
    sign = {"create": "+ ", "update": "~ ", "delete": "- ", "replace": "+-", "create-replacement": "++"}.get(verb, "--")
    lines = [
        f"    {sign}pulumi-python:dynamic/servicechain:{kind}: ({verb})",
        *([f"        [id={known}]"] if known else []),
        f"        [urn=urn:pulumi:s::p::servicechain:index:Bridge$pulumi-python:dynamic/servicechain:{kind}::{name}]",
        *(f"      {one}" for one in inputs),
    ]
    return "\n".join(lines) + "\n"


def told(*steps: str, outputs: str = OUTPUTS) -> list[str]:
    return calls(("".join(steps) + outputs).splitlines())


def test_each_type_of_resource_is_called_on_chain_or_known_to_send_nothing() -> None:
    assert SENDS_NOTHING | CALLED.keys() == CLASSES.keys()
    assert not SENDS_NOTHING & CALLED.keys()


def test_calls_are_listed_by_chain_and_payer() -> None:
    found = told(
        step("BridgeOperator", "scn-2-child-vote", inputs=["  chain_id : 3000"]),
        step("BridgeOperator", "scn-1-child-vote", inputs=["  chain_id : 3000"]),
        step("RunningNode", "scn-1", "update", ["~ chain_id : 5"]),
        step("Liquidity", "parent-liquidity", "update", ['~ target : "1" => "2"'], "1001/0xd/balance"),
        step("ChildValidator", "scn-4-validator", inputs=["  chain_id : 3000"]),
    )
    heads = [line for line in found if not line.startswith(" ")]
    assert [head.split(":")[0] for head in heads] == ["parent chain 1001", "child chain 3000", "child chain 3000"]
    assert PARENT in heads[0]
    assert sorted(CHILD in head for head in heads[1:]) == [False, True], "nobody pays for the votes of SCNs"
    assert FORMER not in "".join(found)
    assert "  2 x create BridgeOperator: scn-1-child-vote, scn-2-child-vote" in found
    assert "  1 x update Liquidity: parent-liquidity" in found
    assert len(found) == 6


def test_a_replacement_is_one_step() -> None:
    inputs = ["~ chain_id : 3000 => 3999"]
    verbs = ("create-replacement", "replace", "delete-replaced", "delete-original")
    found = told(*(step("BridgeContract", "child-bridge", verb, inputs, "3000/bridge") for verb in verbs))
    assert found[0].startswith("child chain 3999:")
    assert found[1:] == ["  1 x replace BridgeContract: child-bridge"]


@pytest.mark.parametrize(
    ("kind", "name", "chain"),
    [
        ("TransferProof", "parent-to-child-proof", "parent"),
        ("TokenProof", "child-child-to-parent-proof", "child"),
        ("BridgeOperator", "parent-child-vote", "child"),
        ("DevelopmentToken", "child-on-parent", "parent"),
        ("TokenRegistration", "play-child-registration", "child"),
        ("ConfigurationThreshold", "parent-configuration-threshold", "parent"),
        ("OtherOperators", "child-other-operators", "child"),
        ("Funding", "scn-1-parent-funding", "parent"),
        ("OwnerFunds", "parent-funds", "parent"),
    ],
)
def test_the_chain_of_a_resource_is_in_its_name(kind: str, name: str, chain: str) -> None:
    (head, line) = told(step(kind, name))
    assert head.startswith(f"{chain} chain: ")
    assert {"parent": PARENT, "child": CHILD}[chain] in head
    assert f"1 x create {kind}: {name}" in line


def test_the_operator_of_an_scn_pays_where_it_owns_the_contract_or_leaves() -> None:
    (head, _) = told(step("OperatorThreshold", "parent-threshold", inputs=["  owner_node: [secret]"]))
    assert PARENT not in head
    (head, _) = told(step("Funding", "scn-1-parent-funding", "delete", known="1001/0xd/balance"))
    assert head.startswith("parent chain 1001: ")
    assert PARENT not in head
    owner, operator = (line for line in told(step("Funding", "x-parent-funding", "replace")) if line[0] != " ")
    assert (PARENT in owner, PARENT in operator) in ((True, False), (False, True))


@pytest.mark.parametrize(
    ("kind", "verb"),
    [("BridgeContract", "delete"), ("TransferProof", "delete"), ("ChildSeat", "create"), ("TransferFees", "update")],
)
def test_a_step_that_sends_nothing_is_no_call(kind: str, verb: str) -> None:
    assert told(step(kind, "parent-x", verb)) == []


def test_an_owner_is_known_from_the_outputs_or_the_other_contract() -> None:
    contract = step("BridgeContract", "child-bridge", inputs=[f'  other_owner : "{PARENT}"'])
    funding = step("Funding", "scn-1-parent-funding")
    assert any(PARENT in line for line in told(contract, funding, outputs=""))
    (head, _) = told(funding, outputs="")
    assert "0x" not in head
    assert "make outputs" in head


PROBLEMS = """error: 2 problems in the configuration of this stack:
  - servicechain-ha:pairs: 3 pairs and 1 SCN(s) [SCH-130]
  - servicechain-ha:pairs[1].scn: 'scn-2' is not listed [SCH-107]
an SCN says [SCH-402]
"""
POLICIES = """    survives         : "2 pairs"
    servicechain-ha@v0.0.1 [mandatory]  four-scns  (pulumi-python:dynamic/servicechain:RunningNode: scn-1)Refuse it.
3 SCN(s): list 4 or more [SCH-702]
Resources:
"""
DRIFT = """    ~ pulumi-python:dynamic/servicechain:RunningNode: (update)
      - drift: {
          - anchoring: "anchoring is off [SCH-334]"
"""


def test_all_points_of_a_refusal_and_violated_policies_are_listed() -> None:
    found = summary(PROBLEMS)
    assert found.count("[SCH-") == 2
    assert "\n- servicechain-ha:pairs[1].scn: 'scn-2' is not listed [SCH-107]\n" in found
    found = summary(POLICIES)
    assert "\nfour-scns, mandatory: 3 SCN(s): list 4 or more [SCH-702]\n" in found
    assert summary(DRIFT) == ""


def test_only_outputs_of_the_stack_are_listed() -> None:
    found = summary('    childCouncil     : {\n        survives: "one"\n    }\n    survives         : "two"\n')
    assert "two" in found
    assert "one" not in found
