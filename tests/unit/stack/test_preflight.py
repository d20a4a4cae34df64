"""What the preflight checks for tokens."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.domain.problems.settings import CONTRACT_FILE
from components.hosts.aws.account.account import AwsAccount
from components.hosts.aws.tags import Tags
from components.stack import preflight
from components.topology.checks.configuration import read
from tests.unit.samples import aws_raw, raw

DEVELOPED = [{"name": name, "kind": kind, "development": True} for name, kind in (("a", "erc20"), ("b", "erc20"))]
REAL = {"name": "c", "kind": "erc721", "parent": "0x" + "1a" * 20, "child": "0x" + "2b" * 20}


def test_missing_code_of_a_development_token_is_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(pulumi.RunError) as caught:
        preflight.check(read(raw(tokens=[*DEVELOPED, REAL])))
    told = [line for line in str(caught.value).splitlines() if "token" in line]
    assert len(told) == 1
    assert ".build/tokens/erc20.json" in told[0]
    assert told[0].endswith(f" [{CONTRACT_FILE.code}]")


def test_an_account_of_aws_is_asked_for_its_machines_and_addresses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(aws_raw())
    asked: list[str] = []
    tags = Tags(pulumi.get_project(), pulumi.get_stack(), {})
    live = {"InstanceType": "m6i.large", "Tags": [{"Key": k, "Value": v} for k, v in tags.of("scn-1").items()]}
    answers: dict[str, dict[str, Any]] = {
        "get_caller_identity": {"Account": "123456789012"},
        "describe_availability_zones": {"AvailabilityZones": [{"ZoneName": f"ap-northeast-2{zone}"} for zone in "ab"]},
        "describe_images": {"Images": [{"RootDeviceType": "ebs"}]},
        "describe_instances": {"Reservations": [{"Instances": [live]}]},
        "describe_addresses": {"Addresses": []},
        "describe_instance_types": {"InstanceTypes": []},
        "describe_instance_type_offerings": {"InstanceTypeOfferings": []},
        "get_service_quota": {"Quota": {"Value": 1000.0}},
    }

    def ask(account: AwsAccount, service: str, operation: str, **parameters: Any) -> Any:  # noqa: ARG001
        asked.append(operation)
        return answers[operation]

    monkeypatch.setattr(AwsAccount, "ask", ask)
    monkeypatch.setattr("components.user_input.guard.problems", lambda *_: ())
    preflight.check(settings)
    assert {operation: asked.count(operation) for operation in ("describe_instances", "describe_addresses")} == {
        "describe_instances": 1,
        "describe_addresses": 1,
    }
