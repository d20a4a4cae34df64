"""What Amazon Data Lifecycle Manager refuses, its imitation refuses too."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.moto import Moto, moto
from tests.aws.tested import unchanged

pytestmark = pytest.mark.skipif(unchanged(), reason="unchanged since it was tested; make imitation runs these")
TRUST = {"Effect": "Allow", "Principal": {"Service": "dlm.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Moto]:
    with moto() as running:
        yield running


@pytest.fixture
def lifecycles(cloud: Moto) -> Iterator[Any]:
    cloud.reset()
    client = cloud.client("dlm")
    yield client
    client.close()


@pytest.fixture
def role(cloud: Moto) -> Iterator[str]:
    client = cloud.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    yield client.create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    client.close()


def details(**changes: Any) -> dict[str, Any]:
    schedule = {
        "Name": "data",
        "CopyTags": True,
        "CreateRule": {"Interval": 24, "IntervalUnit": "HOURS", "Times": ["03:00"]},
        "RetainRule": {"Count": 7},
        **changes,
    }
    return {
        "ResourceTypes": ["VOLUME"],
        "TargetTags": [{"Key": "a", "Value": "b"}],
        "Schedules": [schedule],
    }


def refused(code: str, operation: Any, **parameters: Any) -> None:
    with pytest.raises(ClientError) as refusal:
        operation(**parameters)
    assert refusal.value.response["Error"]["Code"] == code


def test_a_life(cloud: Moto, lifecycles: Any, role: str) -> None:
    made = {"ExecutionRoleArn": role, "Description": "data volumes", "State": "ENABLED", "PolicyDetails": details()}
    policy = lifecycles.create_lifecycle_policy(**made, Tags={"k": "v"})["PolicyId"]
    assert sorted(cloud.leftovers()) == [f"Policy {policy} is still there", "Role r is still there"]
    found = lifecycles.get_lifecycle_policy(PolicyId=policy)["Policy"]
    assert {name: found[name] for name in made} == made
    lifecycles.tag_resource(ResourceArn=found["PolicyArn"], Tags={"more": "1"})
    lifecycles.untag_resource(ResourceArn=found["PolicyArn"], TagKeys=["k"])
    fewer = details(RetainRule={"Count": 3})
    lifecycles.update_lifecycle_policy(PolicyId=policy, PolicyDetails=fewer)
    found = lifecycles.get_lifecycle_policy(PolicyId=policy)["Policy"]
    assert (found["Tags"], found["PolicyDetails"]) == ({"more": "1"}, fewer)
    by_age = details(RetainRule={"Interval": 3, "IntervalUnit": "DAYS"})
    refused("InvalidRequestException", lifecycles.update_lifecycle_policy, PolicyId=policy, PolicyDetails=by_age)
    lifecycles.delete_lifecycle_policy(PolicyId=policy)
    refused("ResourceNotFoundException", lifecycles.get_lifecycle_policy, PolicyId=policy)


@pytest.mark.parametrize(
    "changes",
    [
        {"Description": "mine: data"},
        {"ExecutionRoleArn": "arn:aws:iam::123456789012:role/none"},
        {"PolicyDetails": details(Name="data: volumes")},
        {"PolicyDetails": details(CreateRule={"Interval": 5, "IntervalUnit": "HOURS"})},
        {"PolicyDetails": details(CreateRule={"Interval": 6, "IntervalUnit": "HOURS", "Times": ["25:00"]})},
        {"PolicyDetails": details(RetainRule={"Count": 3, "Interval": 3, "IntervalUnit": "DAYS"})},
    ],
)
def test_what_is_refused(lifecycles: Any, role: str, changes: dict[str, Any]) -> None:
    good = {"ExecutionRoleArn": role, "Description": "data", "State": "ENABLED", "PolicyDetails": details()}
    refused("InvalidRequestException", lifecycles.create_lifecycle_policy, **{**good, **changes})
