"""The identity seed in AWS Secrets Manager: read with its ARN alone, and why one cannot be used."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import botocore.client
import pytest
from botocore.exceptions import ClientError

from components.domain.problems.accounts import SEED_SECRET
from components.stack.load import _raw
from components.topology.checks.configuration import BadSettings
from tests.aws.moto import Moto
from tests.aws.test_kms import REGION, connected, server
from tests.unit.samples import SEED

__all__ = ["server"]


@pytest.fixture
def secrets(server: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    yield from connected("secretsmanager", server, monkeypatch)


def arn(secrets: Any, **content: Any) -> str:
    return str(secrets.create_secret(Name="bridge/seed", **content)["ARN"])


def told(source: str) -> str:
    with pytest.raises(BadSettings) as caught:
        _raw({"servicechain-ha:identitySeedFrom": source})
    problem = str(caught.value.problems[0])
    assert problem.startswith("servicechain-ha:identitySeedFrom: ")
    assert problem.endswith(f" [{SEED_SECRET.code}]")
    assert not any("identitySeed:" in other for other in caught.value.problems)
    return problem


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_seed_is_read_from_the_region_of_its_arn(secrets: Any, end: str) -> None:
    source = arn(secrets, SecretString=f"{SEED}{end}")
    assert _raw({"servicechain-ha:identitySeedFrom": source}) == {"identitySeed": SEED}


@pytest.mark.parametrize(
    "content",
    [{"SecretString": f'{{"seed": "{SEED}"}}'}, {"SecretString": SEED[:-1]}, {"SecretBinary": bytes.fromhex(SEED)}],
)
def test_what_is_no_seed_is_told_and_not_shown(secrets: Any, content: dict[str, Any]) -> None:
    problem = told(arn(secrets, **content))
    assert "openssl rand -hex 32" in problem
    assert SEED[:20] not in problem


def test_a_secret_that_is_not_there_is_told(secrets: Any) -> None:
    assert secrets
    assert "ResourceNotFoundException" in told(f"arn:aws:secretsmanager:{REGION}:123456789012:secret:nobody-AbCdEf")


@pytest.mark.parametrize("source", ["arn:aws:kms:eu-central-1:123456789012:key/1", "arn:", f"arn:{SEED}"])
def test_another_arn_is_told_and_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nothing listens there")
    assert SEED not in told(source)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("AccessDeniedException", "secretsmanager:GetSecretValue"),
        ("DecryptionFailure", ""),
        ("ExpiredTokenException", ""),
    ],
)
def test_what_aws_refuses_is_told(secrets: Any, code: str, value: str) -> None:
    source = arn(secrets, SecretString=SEED)
    answer: Any = {"Error": {"Code": code, "Message": SEED}}
    with patch.object(botocore.client.BaseClient, "_make_api_call", side_effect=ClientError(answer, "Any")):
        problem = told(source)
    assert code in problem
    assert value in problem
    assert SEED not in problem


def test_without_credentials_or_an_answer_it_is_told(secrets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source = arn(secrets, SecretString=SEED)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert "127.0.0.1:9" in told(source)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "AWS_PROFILE" in told(source)
