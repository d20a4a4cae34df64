"""What is said when AWS does not answer: no login, a wrong one, no permission, nobody there."""

from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, SSOTokenLoadError

from components.domain.problems.accounts import AWS_SETTINGS
from components.domain.problems.aws.account import AWS_DENIED, AWS_SILENT
from components.domain.problems.problem import Problem
from components.hosts.aws.account.account import AwsAccount, AwsRefusal

REGION = "eu-central-1"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the logins of whoever runs the tests."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def asked(monkeypatch: pytest.MonkeyPatch, answer: Exception) -> AwsRefusal:
    def fail(*_: Any) -> None:
        raise answer

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", fail)
    with pytest.raises(AwsRefusal) as caught:
        AwsAccount(REGION).ask("ec2", "describe_images", Owners=["self"])
    return caught.value


def test_without_credentials_it_is_said_how_to_log_in() -> None:
    with pytest.raises(AwsRefusal) as caught:
        AwsAccount(REGION).ask("sts", "get_caller_identity")
    assert caught.value.message.codes == (AWS_SETTINGS.code,)
    assert "AWS_PROFILE" in caught.value.message


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "moon")
    with pytest.raises(AwsRefusal) as caught:
        AwsAccount(REGION).ask("sts", "get_caller_identity")
    assert caught.value.message.codes == (AWS_SETTINGS.code,)
    assert "moon" in caught.value.message


@pytest.mark.parametrize(
    ("answer", "problem", "values"),
    [
        (ClientError({"Error": {"Code": "ExpiredToken", "Message": "no"}}, "X"), AWS_SETTINGS, ["ExpiredToken"]),
        (ClientError({"Error": {"Code": "AuthFailure", "Message": "no"}}, "X"), AWS_SETTINGS, ["AuthFailure"]),
        (
            ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "no.\nx Encoded"}}, "X"),
            AWS_DENIED,
            ["ec2:DescribeImages", "UnauthorizedOperation"],
        ),
        (SSOTokenLoadError(error_msg="it expired"), AWS_SETTINGS, ["it expired"]),
        (
            ConnectTimeoutError(endpoint_url="https://ec2.invalid"),
            AWS_SILENT,
            ["servicechain-ha:aws.region", REGION, "ec2:DescribeImages", "https://ec2.invalid"],
        ),
    ],
)
def test_a_refusal_has_its_problem(
    monkeypatch: pytest.MonkeyPatch, answer: Exception, problem: Problem, values: list[str]
) -> None:
    refusal = asked(monkeypatch, answer)
    assert refusal.message.codes == (problem.code,)
    assert "\n" not in refusal.message
    assert all(value in refusal.message for value in values)


def test_the_code_of_aws_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    told = ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}, "X")
    assert asked(monkeypatch, told).code == "UnauthorizedOperation"
