"""Keys in AWS KMS: the address of one, what it signs, and why one cannot be used."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import botocore.client
import pytest
from botocore.exceptions import ClientError
from eth_account import Account as Accounts
from eth_keys.constants import SECPK1_N

from components.chain.accounts.signer import KmsSigner
from components.chain.errors import KeyUnavailable
from components.domain.problems.accounts import (
    AWS_SETTINGS,
    KMS_DENIED,
    KMS_KEY_DISABLED,
    KMS_KEY_MISSING,
    KMS_KEY_UNSUITED,
    KMS_SILENT,
    OTHER_ACCOUNTS_KEY,
)
from components.domain.problems.problem import Problem
from tests.aws import recorder
from tests.aws.moto import Moto, moto
from tests.unit.chain.accounts.test_keys import TRANSACTION
from toolchain.docs.iam.key_policies import OWNER_READS, OWNER_SIGNS

REGION = "eu-central-1"


@pytest.fixture(scope="module")
def server() -> Iterator[Moto]:
    with moto(REGION) as running:
        yield running


@pytest.fixture
def kms(server: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    yield from connected("kms", server, monkeypatch)


def connected(service: str, server: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Yield a client of an empty service, which the program of this process asks too."""
    server.reset()
    for name, value in server.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    client = server.client(service)
    yield client
    client.close()


def made(kms: Any, spec: str = "ECC_SECG_P256K1", usage: str = "SIGN_VERIFY") -> dict[str, Any]:
    found: dict[str, Any] = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    return found


def signer(key_id: str, region: str | None = REGION) -> KmsSigner:
    return KmsSigner(chain="parent", key_id=key_id, region=region)


def test_what_it_signs_is_of_its_address(kms: Any) -> None:
    key = made(kms)
    kms.create_alias(AliasName="alias/owner", TargetKeyId=key["KeyId"])
    recorder.taken()
    addresses = {str(signer(name).located().address) for name in (key["KeyId"], key["Arn"], "alias/owner")}
    assert len(addresses) == 1
    assert recorder.taken() == {OWNER_READS}, "what the key policy in docs/aws allows to a preview"
    account = signer("alias/owner").located().account()
    assert {account.address} == addresses
    # Half of all signatures come with the higher s, and half have the parity 1.
    for nonce in range(12):
        for kept in (TRANSACTION.keys(), TRANSACTION.keys() - {"to"}):  # a deployment has no receiver
            transaction: Any = {key: TRANSACTION[key] for key in kept} | {"nonce": nonce}
            signed = account.sign_transaction(transaction)
            assert Accounts.recover_transaction(signed.raw_transaction) == account.address
            assert signed.s <= SECPK1_N // 2
    assert recorder.taken() == {OWNER_READS, OWNER_SIGNS}, "what the key policy in docs/aws allows to an up"


def test_the_region_is_that_of_the_arn(kms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = made(kms)
    assert signer(key["Arn"], region=None).located().address
    with pytest.raises(KeyUnavailable, match=rf"bridge\.parentOwner\.region.*{AWS_SETTINGS.code}"):
        signer(key["KeyId"], region=None).located()
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert signer(key["KeyId"], region=None).located().address


@pytest.mark.parametrize(
    ("spec", "usage"),
    [("ECC_NIST_P256", "SIGN_VERIFY"), ("RSA_2048", "SIGN_VERIFY"), ("RSA_2048", "ENCRYPT_DECRYPT")],
)
def test_a_key_that_signs_for_no_account_is_told(kms: Any, spec: str, usage: str) -> None:
    key = made(kms, spec, usage)
    values = rf"{key['KeyId']} .*{spec} .*{usage}\b.* ECC_SECG_P256K1 .*SIGN_VERIFY"
    with pytest.raises(KeyUnavailable, match=rf"bridge\.parentOwner\.kms: .*{values}.*{KMS_KEY_UNSUITED.code}"):
        signer(key["KeyId"]).located()


def test_a_key_that_is_not_there_is_told(kms: Any) -> None:
    with pytest.raises(KeyUnavailable, match=rf"bridge\.parentOwner\.kms: .*NotFoundException.*{KMS_KEY_MISSING.code}"):
        signer("alias/nobody").located()
    assert kms


@pytest.mark.parametrize(
    ("code", "problem", "value"),
    [
        ("AccessDeniedException", KMS_DENIED, "kms:Sign"),
        ("NotFoundException", KMS_KEY_MISSING, ""),
        ("InvalidKeyUsageException", KMS_KEY_UNSUITED, "SIGN_VERIFY"),
        ("DisabledException", KMS_KEY_DISABLED, ""),
        ("KMSInvalidStateException", KMS_KEY_DISABLED, ""),
        ("UnrecognizedClientException", AWS_SETTINGS, ""),
        ("KeyUnavailableException", KMS_SILENT, "it is busy"),
    ],
)
def test_what_kms_refuses_is_told(kms: Any, code: str, problem: Problem, value: str) -> None:
    key = made(kms)
    held = signer(key["KeyId"]).located()
    answer: Any = {"Error": {"Code": code, "Message": "it is busy"}}
    with patch.object(botocore.client.BaseClient, "_make_api_call", side_effect=ClientError(answer, "Any")):
        for act in (held.located, lambda: held.account().sign_transaction(TRANSACTION)):
            with pytest.raises(KeyUnavailable, match=rf"{key['KeyId']}: {code}: .*{value}.*{problem.code}"):
                act()


def test_without_credentials_or_an_answer_it_is_told(kms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = made(kms)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(KeyUnavailable, match=rf"{key['KeyId']}: .*127\.0\.0\.1:9.*{KMS_SILENT.code}"):
        signer(key["KeyId"]).located()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(KeyUnavailable, match=rf"{key['KeyId']}: .*AWS_PROFILE.*{AWS_SETTINGS.code}"):
        signer(key["KeyId"]).located()
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(KeyUnavailable, match=f"nobody.*{AWS_SETTINGS.code}"):
        signer(key["KeyId"]).located()


def test_an_alias_that_came_to_another_key_signs_nothing(kms: Any) -> None:
    kms.create_alias(AliasName="alias/owner", TargetKeyId=made(kms)["KeyId"])
    held = signer("alias/owner").located()
    kms.update_alias(AliasName="alias/owner", TargetKeyId=made(kms)["KeyId"])
    with pytest.raises(KeyUnavailable, match=f"alias/owner .*{held.address}.*{OTHER_ACCOUNTS_KEY.code}"):
        held.account().sign_transaction(TRANSACTION)
    assert held.located().address != held.address
