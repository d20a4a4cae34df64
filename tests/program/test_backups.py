"""Snapshots of data volumes: which volumes, by whom, and nothing of it in a stack without them."""

import json
from typing import Any

import pytest

from components.hosts.aws.roles import partition
from tests.program.mocked import run
from tests.program.program import Program
from tests.program.stacks import aws, example, section

KINDS = ("LifecyclePolicy", "Role", "RolePolicyAttachment", "Backup")
TAG = "servicechain-ha:backup"


def backed_up(**given: Any) -> Program:
    return run(aws(2, aws=section(backup=given)))


def test_a_stack_has_none_until_it_asks_for_it() -> None:
    program = run(aws(2))
    assert not [one for one in program.resources if one.type.rpartition(":")[2] in KINDS]
    assert not [one for one in program.of("Volume").values() if TAG in one.inputs["tags"]]


def test_the_volumes_of_the_roles_have_the_tag_that_the_policy_looks_for() -> None:
    program = backed_up()
    (policy,) = program.of("LifecyclePolicy").values()
    details = policy.inputs["policyDetails"]
    assert details["resourceTypes"] == ["VOLUME"]
    assert len(details["targetTags"]) == 1, "a volume with any of several tags would be backed up"
    tagged = {
        name
        for name, one in program.of("Volume").items()
        if details["targetTags"].items() <= one.inputs["tags"].items()
    }
    assert tagged == {f"{node}-data" for node in ("pair-1-en", "pair-2-en", "scn-1", "scn-2", "scn-3", "scn-4")}
    others = [one for one in program.resources if details["targetTags"].items() <= one.inputs.get("tags", {}).items()]
    assert len(others) == len(tagged), "root disks have none"
    (schedule,) = details["schedules"]
    assert schedule["createRule"] == {"interval": 24, "intervalUnit": "HOURS", "times": "03:00"}
    assert schedule["retainRule"] == {"count": 7}
    assert schedule["copyTags"] is True
    assert all(one.inputs["encrypted"] is True for one in program.of("Volume").values())


def test_another_role_and_another_way_to_keep() -> None:
    program = backed_up(roles=["validator"], keepDays=30, intervalHours=6)
    assert {name for name, one in program.of("Volume").items() if TAG in one.inputs["tags"]} == {"parent-data"}
    (name,) = program.of("LifecyclePolicy")
    assert name == "backup-by-age", "the service refuses to change a policy from one kind to the other"
    (schedule,) = program.of("LifecyclePolicy")[name].inputs["policyDetails"]["schedules"]
    assert schedule["retainRule"] == {"interval": 30, "intervalUnit": "DAYS"}


def test_the_role_is_for_the_service_alone_and_has_its_policy_before_it_is_used() -> None:
    program = backed_up()
    (role,) = program.of("Role").values()
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "dlm.amazonaws.com"}
    assert role.inputs["path"] == "/servicechain-ha/test/"
    (attached,) = program.of("RolePolicyAttachment").values()
    assert attached.inputs["policyArn"] == "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole"
    (policy,) = program.of("LifecyclePolicy").values()
    assert any(urn.endswith("RolePolicyAttachment::backup") for urn in policy.options["dependencies"])


@pytest.mark.parametrize("protection", [True, False])
def test_it_is_protected_with_the_volumes(protection: bool) -> None:  # noqa: FBT001
    program = run(aws(2, aws=section(backup={}), protection=protection))
    for kind in ("LifecyclePolicy", "Role", "RolePolicyAttachment"):
        assert [bool(one.options.get("protect")) for one in program.of(kind).values()] == [protection]


def test_an_edit_touches_the_tags_of_volumes_only_where_it_begins() -> None:
    before = run(aws(2))
    touched = before.touched_by(run(aws(2, aws=section(backup={})), before=before))
    assert {kind for kind, _ in touched} == {"Volume"} | {kind for kind, _ in touched if kind in KINDS}
    assert all(name != "parent-data" for _, name in touched)


@pytest.mark.parametrize(
    ("region", "known"),
    [("ap-northeast-2", "aws"), ("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_policy_of_aws_is_that_of_the_partition(region: str, known: str) -> None:
    assert partition(region) == known


def test_flow_logs_go_to_a_log_group_or_to_a_bucket() -> None:
    program = run(aws(2, aws=section(flowLogs={})))
    (log,) = program.of("FlowLog").values()
    (group,) = program.of("LogGroup").values()
    (role,) = program.of("Role").values()
    assert (log.inputs["vpcId"], log.inputs["trafficType"]) == ("vpc.id", "ALL")
    assert group.inputs["retentionInDays"] == 30
    assert group.inputs["namePrefix"].startswith("/servicechain-ha/test/")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    bucket = "arn:aws:s3:::logs/vpc"
    program = run(aws(2, aws=section(flowLogs={"bucket": bucket})))
    (log,) = program.of("FlowLog").values()
    assert (log.inputs["logDestinationType"], log.inputs["logDestination"]) == ("s3", bucket)
    assert not program.of("LogGroup")
    assert not program.of("Role")
    assert not run(aws(2)).of("FlowLog")


def test_the_examples_have_none() -> None:
    assert not run(example("mainnet")).of("LifecyclePolicy")
