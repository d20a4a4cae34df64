"""What is missing in the account is named with its setting, all of it at once."""

from collections.abc import Sequence
from typing import Any

import pytest

from components.domain.problems.accounts import AWS_SETTINGS
from components.domain.problems.aws.account import AWS_DENIED, NO_IMAGE, OTHER_ACCOUNT, STOPS_PAIRS
from components.domain.problems.hosts import WRONG_SUBNETS
from components.domain.problems.settings import AWS_NETWORK
from components.hosts.aws.account import preflight
from components.hosts.aws.account.account import AwsAccount, AwsRefusal
from components.hosts.aws.tags import Tags
from components.settings.sections.aws import Aws
from components.topology.checks.configuration import read
from components.topology.machine import Machine
from components.topology.machines import machines
from tests.unit.samples import VPC, aws_raw, says

ACCOUNT = "123456789012"
IMAGE = {"ImageId": "ami-1", "RootDeviceType": "ebs"}
TAGS = Tags("servicechain-ha", "dev", {})
KEY, OTHER = (f"arn:aws:kms:ap-northeast-2:123456789012:key/{digit * 8}-0000-1111-2222-333344445555" for digit in "ab")


def settings(**changes: Any) -> Aws:
    found = read(aws_raw(**changes)).aws
    assert found
    return found


def found(
    monkeypatch: pytest.MonkeyPatch, asked: Aws, machines: Sequence[Machine] | None = None, **answers: Any
) -> list[str]:
    """Return the problems, without the namespace. `answers` is keyed by operation; an exception is raised."""
    known: dict[str, Any] = {
        "get_caller_identity": {"Account": ACCOUNT},
        "describe_availability_zones": {
            "AvailabilityZones": [
                {"ZoneName": "ap-northeast-2a", "State": "available"},
                {"ZoneName": "ap-northeast-2b", "State": "available"},
                {"ZoneName": "ap-northeast-2c", "State": "impaired"},
            ]
        },
        "describe_subnets": {"Subnets": [{"SubnetId": id_} for id_ in VPC["privateSubnets"]]},
        "describe_images": {"Images": [IMAGE]},
        "describe_instances": {"Reservations": []},
        "describe_addresses": {"Addresses": []},
        **answers,
    }

    def ask(_: AwsAccount, service: str, operation: str, **__: Any) -> Any:  # noqa: ARG001
        if isinstance(answer := known[operation], Exception):
            raise answer
        return answer

    monkeypatch.setattr(AwsAccount, "ask", ask)
    told = preflight.problems(AwsAccount(asked.region), asked, machines or [], TAGS)
    return [one.removeprefix("servicechain-ha:") for one in told]


def test_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, settings(aws__account=ACCOUNT)) == []
    assert found(monkeypatch, settings(aws__network=VPC)) == []


def test_without_a_login_nothing_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = AwsRefusal(AWS_SETTINGS("log in"))
    told = found(monkeypatch, settings(), get_caller_identity=refusal, describe_images={"Images": []})
    assert told == [refusal.message]


def test_another_account_is_named_and_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = found(monkeypatch, settings(aws__account="2" * 12), describe_images={"Images": []})
    assert says(told, "aws.account", OTHER_ACCOUNT, ACCOUNT)
    assert "2" * 12 in told


@pytest.mark.parametrize("images", [[], [{"ImageId": "ami-1", "RootDeviceType": "instance-store"}]])
def test_an_image_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, images: list[Any]) -> None:
    (told,) = found(monkeypatch, settings(aws__image__name="moon-*"), describe_images={"Images": images})
    assert says(told, "aws.image.name", NO_IMAGE, "'moon-*'")


def test_unknown_subnets_are_named_by_their_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    there, gone = VPC["privateSubnets"]
    network = {**VPC, "publicSubnets": ["subnet-0000000c"]}
    answer = {"Subnets": [{"SubnetId": there}]}
    private, public = found(monkeypatch, settings(aws__network=network), describe_subnets=answer)
    assert says(private, "aws.network.privateSubnets", WRONG_SUBNETS, gone)
    assert says(public, "aws.network.publicSubnets", WRONG_SUBNETS, "subnet-0000000c")


def test_a_zone_that_the_account_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = settings(aws__network__zones=["ap-northeast-2a", "ap-northeast-2c"])
    (told,) = found(monkeypatch, wanted)
    assert says(told, "aws.network.zones", AWS_NETWORK, "ap-northeast-2c")
    assert "ap-northeast-2a, ap-northeast-2b" in told
    denied = AwsRefusal(AWS_DENIED("no"), "UnauthorizedOperation")
    assert found(monkeypatch, wanted, describe_availability_zones=denied) == []


def test_all_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = AwsRefusal(AWS_DENIED("no"), "UnauthorizedOperation")
    told = found(monkeypatch, settings(aws__network=VPC), describe_subnets=denied, describe_images={"Images": []})
    assert told[0] == denied.message
    assert says(told[1], "aws.image.name", NO_IMAGE, "ubuntu")


def live(name: str, instance_type: str = "m6i.xlarge", tags: Tags = TAGS) -> dict[str, Any]:
    return {
        "InstanceType": instance_type,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.of(name).items()],
        "RootDeviceName": "/dev/sda1",
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/sda1", "Ebs": {"VolumeId": f"vol-{name}"}},
            {"DeviceName": "/dev/sdf", "Ebs": {"VolumeId": f"vol-{name}-data"}},
        ],
    }


OTHERS = Tags("servicechain-ha", "other", {})
RUNNING = {
    "Reservations": [
        {"Instances": [live("pair-1-en"), live("scn-1"), {"InstanceType": "c5.large"}]},
        {"Instances": [live("pair-2-en"), live("pair-1-en", "m6i.2xlarge", OTHERS)]},
    ]
}


@pytest.mark.parametrize(
    ("changes", "answers"),
    [
        ({"aws__en__instanceType": "m6i.2xlarge"}, {}),
        (
            {},
            {
                "describe_addresses": {
                    "Addresses": [{"Tags": live(name)["Tags"]} for name in ("pair-1-en", "pair-2-en")]
                }
            },
        ),
        (
            {"aws__kmsKey": KEY},
            {
                "describe_volumes": {
                    "Volumes": [
                        {"VolumeId": "vol-scn-1", "KmsKeyId": KEY},
                        *({"VolumeId": f"vol-pair-{i}-en", "KmsKeyId": OTHER} for i in (1, 2)),
                    ]
                }
            },
        ),
    ],
)
def test_an_edit_that_stops_machines_of_two_pairs_is_told(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], answers: dict[str, Any]
) -> None:
    config = aws_raw(**changes)
    wanted = read(config)
    assert wanted.aws
    answers = {"describe_instances": RUNNING, **answers}
    told = found(monkeypatch, wanted.aws, machines(wanted), **answers)
    assert len(told) == 1
    assert STOPS_PAIRS.code in told[0]
    assert all(f"pair-{i}-en" in told[0] for i in (1, 2))
    assert "scn-1" not in told[0]


def test_who_may_not_look_at_machines_is_not_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = read(aws_raw(aws__en__instanceType="m6i.2xlarge"))
    assert wanted.aws
    denied = AwsRefusal(AWS_DENIED("no"), "UnauthorizedOperation")
    assert found(monkeypatch, wanted.aws, machines(wanted), describe_instances=denied) == []
    assert found(monkeypatch, wanted.aws, machines(wanted), describe_instances=RUNNING, describe_addresses=denied) == []
