"""What is read of an account's limits, once and for new machines only; what is refused is named in one line."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.domain.problems.aws.account import AWS_DENIED, LOW_QUOTA, NOT_OFFERED, SLOW_MACHINE
from components.hosts.aws.account.account import AwsAccount, AwsRefusal
from components.hosts.aws.account.limits import ADDRESS_QUOTA, VCPU_QUOTA, Limits
from components.hosts.aws.tags import MANAGED_BY, Tags
from components.topology.bastion import BASTION_MACHINE
from components.topology.checks.configuration import read
from components.topology.machines import machines
from tests.unit.samples import VPC, aws_raw

TAGS = Tags("servicechain-ha", "dev", {})
ALL = [*machines(read(aws_raw())), BASTION_MACHINE]
DENIED = AwsRefusal(AWS_DENIED("no"), "UnauthorizedOperation", "x:Y")


def kind(name: str, vcpus: int, megabytes: float) -> dict[str, Any]:
    return {
        "InstanceType": name,
        "VCpuInfo": {"DefaultVCpus": vcpus},
        "EbsInfo": {
            "EbsOptimizedInfo": {
                "BaselineThroughputInMBps": megabytes,
                "BaselineIops": 6000,
                "MaximumThroughputInMBps": 1250.0,
                "MaximumIops": 40000,
            }
        },
    }


TYPES = [kind("m6i.xlarge", 4, 156.25), kind("t3.micro", 2, 10.875), kind("c5.large", 2, 81.25)]


def tagged(name: str, instance_type: str = "m6i.xlarge", tags: Tags = TAGS) -> dict[str, Any]:
    return {"InstanceType": instance_type, "Tags": [{"Key": k, "Value": v} for k, v in tags.of(name).items()]}


def instances(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Reservations": [{"Instances": [one]} for one in found]}


class Asked:
    """Answers, and what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: Any) -> None:
        zones = [f"ap-northeast-2{zone}" for zone in "abc"]
        self.operations: list[str] = []
        self.answers: Mapping[str, Any] = {
            "describe_instances": instances(),
            "describe_instance_types": {"InstanceTypes": TYPES},
            "describe_instance_type_offerings": {
                "InstanceTypeOfferings": [
                    {"InstanceType": one["InstanceType"], "Location": zone} for one in TYPES for zone in zones
                ]
            },
            "describe_subnets": {"Subnets": [{"AvailabilityZone": "ap-northeast-2d"}]},
            "describe_addresses": {"Addresses": []},
            VCPU_QUOTA: {"Quota": {"Value": 100.0}},
            ADDRESS_QUOTA: {"Quota": {"Value": 5.0}},
            **answers,
        }

        def ask(_: AwsAccount, service: str, operation: str, **parameters: Any) -> Any:
            return self.answer(service, operation, parameters)

        monkeypatch.setattr(AwsAccount, "ask", ask)

    def answer(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Answer or raise."""
        assert (service == "service-quotas") == ("QuotaCode" in parameters)
        self.operations.append(operation)
        answer = self.answers[parameters.get("QuotaCode", operation)]
        if isinstance(answer, Exception):
            raise answer
        return answer


def told(**changes: Any) -> list[Any]:
    settings = read(aws_raw(**changes))
    assert settings.aws
    return Limits(AwsAccount(settings.aws.region), settings, settings.aws, TAGS).warnings()


def test_with_room_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    assert told() == []
    assert sorted(asked.operations) == [
        "describe_addresses",
        "describe_instance_type_offerings",
        "describe_instance_types",
        "describe_instances",
        "get_service_quota",
        "get_service_quota",
    ]


def test_a_stack_that_runs_is_asked_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    own = [tagged(one.name, one.size.instance_type) for one in ALL]
    asked = Asked(monkeypatch, describe_instances=instances(*own))
    assert told() == []
    assert asked.operations == ["describe_instances"]


def test_what_is_of_others_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = 4 * (len(ALL) - 1) + 2
    others = [tagged("x", "c5.large", Tags("servicechain-ha", "other", {})), {"InstanceType": "c5.large"}]
    own = tagged("scn-1")
    quota = {VCPU_QUOTA: {"Quota": {"Value": float(needed + 3)}}}
    Asked(monkeypatch, describe_instances=instances(own, *others), **quota)
    (said,) = told()
    assert said.codes == (LOW_QUOTA.code,)
    assert f"needs {needed} vCPUs" in said
    assert "have 4" in said
    two = {ADDRESS_QUOTA: {"Quota": {"Value": 2.0}}}
    Asked(monkeypatch, describe_addresses={"Addresses": [{}, {}, tagged("bastion")]}, **two)
    (said,) = told()
    assert "2 others" in said
    assert MANAGED_BY not in said


def test_zones_are_those_of_the_subnets(monkeypatch: pytest.MonkeyPatch) -> None:
    Asked(monkeypatch)
    found = told(aws__network=VPC)
    assert {one.codes for one in found} == {(NOT_OFFERED.code,)}
    assert "ap-northeast-2d" in found[0]


def test_a_disk_that_its_machine_cannot_serve_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Asked(monkeypatch)
    (said,) = told(aws__scn={"throughput": 250})
    assert said.codes == (SLOW_MACHINE.code,)
    assert "149 MiB/s" in said


def test_what_is_refused_stops_nothing_and_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = AwsRefusal(AWS_DENIED("no"), "AccessDeniedException", "servicequotas:GetServiceQuota")
    Asked(monkeypatch, **{VCPU_QUOTA: refused, ADDRESS_QUOTA: refused})
    (said,) = told()
    assert said.codes == (AWS_DENIED.code,)
    assert said.count("servicequotas:GetServiceQuota (AccessDeniedException)") == 1
    assert "\n" not in said
    every = [name for name in Asked(monkeypatch).answers if name != "describe_subnets"]
    Asked(monkeypatch, **dict.fromkeys(every, DENIED))
    assert [one.codes for one in told()] == [(AWS_DENIED.code,)]


def test_an_address_that_is_the_stacks_own_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"Addresses": [tagged("bastion"), *[tagged("nat-a")] * 3]}
    Asked(monkeypatch, describe_addresses=wanted, **{ADDRESS_QUOTA: {"Quota": {"Value": 4.0}}})
    assert told() == []


def test_types_are_asked_for_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"InstanceType": f"m{number}.large"} for number in range(150)]
    asked = Asked(monkeypatch, describe_instances=instances(*many))
    told()
    assert asked.operations.count("describe_instance_types") == 2
