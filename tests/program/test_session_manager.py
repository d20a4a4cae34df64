"""Session Manager: off by default; each machine gets one role, and keeps running when it is turned on or off."""

import json

import pytest

from components.hosts.aws.session_manager import service_of
from tests.program.mocked import run
from tests.program.stacks import aws, example, section

KINDS = {"Role", "RolePolicyAttachment", "InstanceProfile"}


def test_no_machine_has_a_role_until_it_is_asked_for() -> None:
    for program in (run(aws(2)), run(example("mainnet"))):
        assert not [one for one in program.resources if one.type.rpartition(":")[2] in KINDS]
        assert not [one for one in program.of("Instance").values() if one.inputs.get("iamInstanceProfile")]


def test_every_machine_has_the_role_of_the_agent_and_a_way_to_the_service() -> None:
    program = run(aws(2, aws=section(sessionManager=True), monitoring={"enabled": True, "allowed": ["10.4.0.0/16"]}))
    (role,) = program.of("Role").values()
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}
    (attached,) = program.of("RolePolicyAttachment").values()
    assert attached.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    (profile,) = program.of("InstanceProfile").values()
    assert profile.inputs["path"] == role.inputs["path"] == "/servicechain-ha/test/"
    assert any(urn.endswith("RolePolicyAttachment::session-manager") for urn in profile.options["dependencies"])
    instances = program.of("Instance")
    assert {"bastion-instance", "monitor-instance", "parent-instance", "scn-1-instance"} <= instances.keys()
    assert len({one.inputs["iamInstanceProfile"] for one in instances.values()}) == 1
    assert program.of("NatGateway"), "a private machine reaches the service through one"


def test_to_turn_it_on_stops_and_replaces_nothing() -> None:
    before = run(aws(2))
    after = run(aws(2, aws=section(sessionManager=True)), before=before)
    touched = before.touched_by(after)
    assert {"Instance", *KINDS} <= {kind for kind, _ in touched}
    old, new = before.of("Instance"), after.of("Instance")
    assert old.keys() == new.keys()
    for name, one in new.items():
        assert {key for key in one.inputs if one.inputs[key] != old[name].inputs.get(key)} == {"iamInstanceProfile"}


@pytest.mark.parametrize(
    ("region", "service"), [("eu-central-1", "ec2.amazonaws.com"), ("cn-north-1", "ec2.amazonaws.com.cn")]
)
def test_the_service_that_takes_the_role_is_that_of_the_partition(region: str, service: str) -> None:
    assert service_of(region) == service
