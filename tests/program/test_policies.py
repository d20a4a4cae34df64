"""Each policy on the example stacks, which keep to all of them, and on the same with one thing spoilt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.policies import (
    ANCHORING_TOO_EXPENSIVE,
    CONTROLLED_OVER_HTTP,
    DISK_NOT_ENCRYPTED,
    METADATA_WITHOUT_TOKEN,
    NOT_PROTECTED,
    OPEN_TO_THE_WORLD,
    OWNER_KEY_IN_STATE,
    OWNER_THAT_VOTES,
    PASSPHRASE_BESIDE_STATE,
    THRESHOLD_OF_ALL_PAIRS,
    TOO_FEW_SCNS,
)
from components.domain.seed import derive
from policy.servicechain_policy.custody import BACKEND, FILE, VALUE, passphrase_is_elsewhere
from policy.servicechain_policy.fees import spending_is_limited
from policy.servicechain_policy.pack import ADVICE_ON_THE_STACK, ON_A_RESOURCE, ON_THE_STACK
from policy.servicechain_policy.resources import UNKNOWN, Resource, Violation
from tests.program.mocked import made, run
from tests.program.program import Program
from tests.program.stacks import SEED, example

NAMES = ("dev", "existing", "kairos", "mainnet")
OBJECTS = {
    "owner-is-no-operator": OWNER_THAT_VOTES,
    "threshold-below-pairs": THRESHOLD_OF_ALL_PAIRS,
    "four-scns": TOO_FEW_SCNS,
    "no-driving-api-over-http": CONTROLLED_OVER_HTTP,
    "nothing-open-to-the-world": OPEN_TO_THE_WORLD,
    "encrypted-volumes": DISK_NOT_ENCRYPTED,
    "imdsv2": METADATA_WITHOUT_TOKEN,
    "protected-on-mainnet": NOT_PROTECTED,
    "owner-keys-on-mainnet": OWNER_KEY_IN_STATE,
    "spend-limit": ANCHORING_TOO_EXPENSIVE,
}
"""The problem that each policy objects to."""


def resources_of(program: Program) -> list[Resource]:
    return [
        Resource(one.type, one.name, one.inputs, bool(one.options.get("protect")), one.name)
        for one in program.resources
    ]


@pytest.fixture(scope="module")
def stacks() -> dict[str, list[Resource]]:
    return {name: resources_of(made(example(name))) for name in NAMES}


def violations(resources: Sequence[Resource], limit: float = 100) -> dict[str, list[Violation]]:
    """Return what each policy has to say, without those that are content."""
    found = {name: list(rule(resources)) for name, rule in ON_THE_STACK.items()}
    for name, one_by_one in ON_A_RESOURCE.items():
        found[name] = [violation for one in resources for violation in one_by_one(one)]
    found["spend-limit"] = list(spending_is_limited(resources, limit))
    return {name: said for name, said in found.items() if said}


def spoilt(
    resources: Sequence[Resource], name: str, type_: str = "", *, protect: bool = True, **props: Any
) -> list[Resource]:
    """Return the resources with some inputs of one of them changed."""
    hits = [one for one in resources if one.name == name and one.type.endswith(type_)]
    assert len(hits) == 1
    changed = replace(hits[0], props={**hits[0].props, **props}, protect=hits[0].protect and protect)
    return [changed if one is hits[0] else one for one in resources]


def one_violation(resources: Sequence[Resource], policy: str, of: str, *values: str) -> None:
    found = violations(resources)
    assert found.keys() == {policy}
    (said,) = found[policy]
    assert said.resource.name == of
    assert OBJECTS[policy].code in said.sentence
    for part in values:
        assert part in said.sentence


@pytest.mark.parametrize("name", NAMES)
def test_an_example_keeps_to_all_of_them(stacks: Mapping[str, list[Resource]], name: str) -> None:
    assert violations(stacks[name]) == {}


def test_what_is_not_known_yet_is_no_violation(stacks: Mapping[str, list[Resource]]) -> None:
    names = {name for resources in stacks.values() for one in resources for name in one.props}
    peers = Resource(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "peers",
        {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 32323.0, "toPort": 32324.0},
        protect=False,
    )
    for name in names - {"chain_id", "threshold", "role"}:  # these are always known
        unknown = [
            replace(one, props={**one.props, name: UNKNOWN} if name in one.props else one.props)
            for one in [*stacks["mainnet"], peers]
        ]
        assert violations(unknown) == {}, name


def test_an_owner_that_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    config = example("mainnet")
    monkeypatch.setenv("OWNER", derive(SEED, "operator/scn-2/child"))
    resources = resources_of(run({**config, "bridge": {**config["bridge"], "childOwner": {"env": "OWNER"}}}))
    one_violation(resources, "owner-is-no-operator", "scn-2-child-vote", "chain 3002", "threshold is 2;")
    harmless = [
        replace(one, props={**one.props, "threshold": 1.0}) if one.kind == "OperatorThreshold" else one
        for one in resources
    ]
    assert violations(harmless) == {}, "with a threshold of 1 each operator can pass any vote anyhow"


def test_an_owner_that_votes_is_known_by_its_reference(stacks: Mapping[str, list[Resource]]) -> None:
    resources = stacks["mainnet"]
    vote = next(one for one in resources if one.name == "scn-1-parent-vote")
    signer = {"kind": "kms", "key_id": "alias/owner", "address": vote.text("operator"), "chain": "parent"}
    changed = spoilt(resources, "parent-bridge", signer=signer)
    one_violation(changed, "owner-is-no-operator", "scn-1-parent-vote", vote.text("operator"))


def test_a_threshold_of_all_pairs(stacks: Mapping[str, list[Resource]]) -> None:
    resources = spoilt(stacks["dev"], "child-threshold", threshold=2.0)
    one_violation(resources, "threshold-below-pairs", "child-threshold", "2 of 2 pair(s) on chain 3000", "to 1 or less")


def test_three_scns(stacks: Mapping[str, list[Resource]]) -> None:
    fewer = [one for one in stacks["kairos"] if (one.kind, one.name) != ("RunningNode", "scn-4")]
    one_violation(fewer, "four-scns", "scn-1", "3 SCN(s)", "4 or more")


def test_nodes_that_exist_count_and_are_looked_at(stacks: Mapping[str, list[Resource]]) -> None:
    resources = stacks["kairos"]
    scn = next(one for one in resources if (one.kind, one.name) == ("RunningNode", "scn-4"))
    exposed = {"exposed": ["subbridge over HTTP on 10.0.0.5"], "role": "scn"}
    adopted = replace(scn, type=scn.type.replace("RunningNode", "AdoptedNode"), props=exposed)
    changed = [adopted if one is scn else one for one in resources]
    one_violation(changed, "no-driving-api-over-http", "scn-4", "scn-4", "subbridge over HTTP on 10.0.0.5")


@pytest.mark.parametrize(
    ("stack", "unit", "before", "after", "api"),
    [
        ("mainnet", "scn-1-kscnd.service", "--rpcapi klay,eth", "--rpcapi klay,subbridge,eth", "subbridge"),
        ("kairos", "beta-en-kend.service", "--rpcapi klay,eth,net,web3", "--ws --wsapi admin", "admin"),
        ("dev", "scn-3-kscnd.conf", 'RPC_API="klay,eth', 'RPC_API="klay,admin', "admin"),
    ],
)
def test_an_api_that_drives_a_node(
    stacks: Mapping[str, list[Resource]], stack: str, unit: str, before: str, after: str, api: str
) -> None:
    text = next(one for one in stacks[stack] if one.name == unit).text("stdin")
    assert before in text
    resources = spoilt(stacks[stack], unit, stdin=text.replace(before, after))
    one_violation(resources, "no-driving-api-over-http", unit, f"serves {api} over HTTP")


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        (
            Resource(
                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "rule",
                {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 8551.0, "toPort": 8551.0},
                protect=True,
            ),
            "port 8551 would be open to 0.0.0.0/0",
        ),
        (
            Resource(
                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "rule",
                {"cidrIpv6": "::/0", "ipProtocol": "-1"},
                protect=True,
            ),
            "all ports would be open to ::/0",
        ),
        (
            Resource(
                "aws:ec2/securityGroupRule:SecurityGroupRule",
                "rule",
                {
                    "type": "ingress",
                    "cidrBlocks": ["10.0.0.0/8", "0.0.0.0/0"],
                    "protocol": "tcp",
                    "fromPort": 1,
                    "toPort": 9,
                },
                protect=True,
            ),
            "ports 1 to 9 would be open to 0.0.0.0/0",
        ),
        (
            Resource(
                "aws:ec2/securityGroup:SecurityGroup",
                "rule",
                {"ingress": [{"cidrBlocks": ["0.0.0.0/0"], "protocol": "tcp", "fromPort": 50505, "toPort": 50505}]},
                protect=True,
            ),
            "port 50505 would be open to 0.0.0.0/0",
        ),
    ],
)
def test_what_is_open_to_the_world(stacks: Mapping[str, list[Resource]], rule: Resource, what: str) -> None:
    one_violation([*stacks["kairos"], rule], "nothing-open-to-the-world", "rule", what)


def test_disks_and_metadata(stacks: Mapping[str, list[Resource]]) -> None:
    resources = stacks["mainnet"]
    for kind, props, policy in (
        ("Volume", {"encrypted": False}, "encrypted-volumes"),
        ("Volume", {"encrypted": None}, "encrypted-volumes"),
        ("Instance", {"rootBlockDevice": {"volumeSize": 30}}, "encrypted-volumes"),
        ("Instance", {"rootBlockDevice": None}, "encrypted-volumes"),
        ("Instance", {"ebsBlockDevices": [{"encrypted": True}, {}]}, "encrypted-volumes"),
        ("Instance", {"metadataOptions": {"httpTokens": "optional"}}, "imdsv2"),
        ("Instance", {"metadataOptions": None}, "imdsv2"),
    ):
        name = {"Volume": "scn-1-data", "Instance": "scn-1-instance"}[kind]
        one_violation(spoilt(resources, name, f":{kind}", **props), policy, name)
    switched_off = spoilt(resources, "scn-1-instance", metadataOptions={"httpEndpoint": "disabled"})
    assert violations(switched_off) == {}


def test_what_is_not_protected(stacks: Mapping[str, list[Resource]]) -> None:
    for name, type_ in (("scn-1-data", ":Volume"), ("scn-1-node", ":Account"), ("scn-1-parent-operator", ":Account")):
        resources = spoilt(stacks["mainnet"], name, type_, protect=False)
        one_violation(resources, "protected-on-mainnet", name, f"{name} is ")
    claim = Resource("pulumi-python:dynamic/servicechain:ExistingHost", "scn-1", {}, protect=False)
    one_violation([*stacks["mainnet"], claim], "protected-on-mainnet", "scn-1", "claim on a machine")
    assert violations([*stacks["mainnet"], replace(claim, protect=True)]) == {}


def advice(resources: Sequence[Resource]) -> set[tuple[str, str]]:
    return {(name, one.resource.name) for name, rule in ADVICE_ON_THE_STACK.items() for one in rule(resources)}


@pytest.mark.parametrize("own", [{}, {"childOwnerKey": "46" * 32}], ids=["of the seed", "a secret"])
def test_an_owner_key_in_the_stack(own: dict[str, str]) -> None:
    config = example("mainnet")
    bridge = {key: value for key, value in config["bridge"].items() if key != "childOwner"}
    resources = resources_of(run({**config, "bridge": {**bridge, **own}}))
    one_violation(resources, "owner-keys-on-mainnet", "child-bridge", "bridge.childOwner:", "mainnet")
    of_a_node = spoilt(resources, "child-bridge", owner_node={"address": "0x0"})
    assert violations(of_a_node) == {}


def test_owner_keys_in_the_stack_are_no_violation_on_other_networks(stacks: Mapping[str, list[Resource]]) -> None:
    both = {("owner-keys-on-kairos", "parent-bridge"), ("owner-keys-on-kairos", "child-bridge")}
    assert {name: advice(stacks[name]) for name in NAMES} == {
        "dev": set(),
        "existing": set(),
        "kairos": both,
        "mainnet": set(),
    }


def test_what_is_spent(stacks: Mapping[str, list[Resource]]) -> None:
    config = example("kairos")
    resources = resources_of(run({**config, "anchoring": {"period": 10}}))
    one_violation(resources, "spend-limit", "scn-1-kscnd.service", "499.0 KAIA per day (2 SCN(s)", "limit of 100")
    assert violations(resources, limit=600) == {}
    assert violations(stacks["mainnet"], limit=1).keys() == {"spend-limit"}, "two of three pairs anchor, for 1.4 a day"
    assert violations(stacks["mainnet"], limit=1.5) == {}
    free = resources_of(run({**example("dev"), "anchoring": {"period": 1}}))
    assert violations(free) == {}, "a private chain is our own"


def beside(folder: Path, resources: Sequence[Resource], **environment: str) -> list[Violation]:
    """Return what the policy says of a stack called s of the project p whose state is in a folder."""
    named = [replace(one, urn=f"urn:pulumi:s::p::{one.type}::{one.name}") for one in resources]
    return list(passphrase_is_elsewhere(named, {BACKEND: folder.as_uri(), **environment}))


def test_a_passphrase_beside_the_state(stacks: Mapping[str, list[Resource]], tmp_path: Path) -> None:
    folder = tmp_path / "of the state"
    for file in (folder / "passphrase", folder / "deep/er", tmp_path / "passphrase"):
        (said,) = beside(folder, stacks["mainnet"], **{FILE: str(file)})
        assert said.resource.name == "parent-bridge"
        assert PASSPHRASE_BESIDE_STATE.code in said.sentence
        assert str(file) in said.sentence
    assert not beside(folder, stacks["kairos"], **{FILE: str(folder / "passphrase")}), "only mainnet has coins of value"


def test_a_passphrase_elsewhere(stacks: Mapping[str, list[Resource]], tmp_path: Path) -> None:
    folder, mainnet = tmp_path / "of the state", stacks["mainnet"]
    file = {FILE: str(folder / "passphrase")}
    assert not beside(folder, mainnet)
    assert not beside(folder, mainnet, **{FILE: str(tmp_path / "vault/passphrase")})
    assert not beside(folder, mainnet, **file, **{VALUE: "it is not read from the file"})
    assert not beside(folder, mainnet, **file, **{BACKEND: "s3://states"})


@pytest.mark.parametrize(("kind", "expected"), [("passphrase", 1), ("cloud", 0)])
def test_a_passphrase_beside_the_state_that_is_not_used(
    stacks: Mapping[str, list[Resource]], tmp_path: Path, kind: str, expected: int
) -> None:
    (tmp_path / ".pulumi/stacks/p").mkdir(parents=True)
    state = {"checkpoint": {"latest": {"secrets_providers": {"type": kind}}}}
    (tmp_path / ".pulumi/stacks/p/s.json").write_text(json.dumps(state))
    assert len(beside(tmp_path, stacks["mainnet"], **{FILE: str(tmp_path / "passphrase")})) == expected
