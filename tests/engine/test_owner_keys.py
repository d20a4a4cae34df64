"""Owners' keys that are kept outside the stack, in previews of the real engine: known, or told what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account as Accounts

from components.domain.problems.accounts import KEYSTORE_PASSWORD_WRONG, VARIABLE_UNSET
from tests.aws.moto import moto
from tests.run import Failed, Run
from tests.stack import Stack, settings

KEY = "46" * 32
PASSWORD = "correct horse battery staple"


def preview(folder: Path, environment: dict[str, str], **bridge: Any) -> Run:
    run = Stack(folder, settings(bridge={"threshold": 1, **bridge}), environment=environment).preview(diff=True)
    assert KEY not in run.text
    return run


def keystore(folder: Path) -> str:
    path = folder / "owner.json"
    path.write_text(json.dumps(Accounts.encrypt(bytes.fromhex(KEY), PASSWORD, kdf="pbkdf2", iterations=10)))
    return str(path)


def test_a_preview_knows_the_owners(tmp_path: Path) -> None:
    with moto("eu-central-1") as cloud:
        client = cloud.client("kms")
        arn = client.create_key(KeySpec="ECC_SECG_P256K1", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
        client.close()
        run = preview(
            tmp_path, {**cloud.environment, "OWNER": KEY}, parentOwner={"env": "OWNER"}, childOwner={"kms": arn}
        )
    assert Accounts.from_key(KEY).address in run.text
    assert not any(step.type == "Account" and step.name.endswith("-owner") for step in run.steps)
    assert {step.verb for step in run.steps} == {"create"}


def test_keys_that_cannot_be_used_stop_the_preview(tmp_path: Path) -> None:
    path = keystore(tmp_path)
    (tmp_path / "stack").mkdir()
    with pytest.raises(Failed) as refused:
        preview(
            tmp_path / "stack",
            {"OWNER_PASSWORD": f"{PASSWORD}!"},
            parentOwner={"env": "NOBODY_SETS_THIS"},
            childOwner={"keystore": path, "passwordEnv": "OWNER_PASSWORD"},
        )
    run = refused.value.run
    assert run.lines(VARIABLE_UNSET, "bridge.parentOwner: ", "NOBODY_SETS_THIS")
    assert run.lines(KEYSTORE_PASSWORD_WRONG, "bridge.childOwner.password: ", path)
    assert "Traceback" not in run.text
    assert PASSWORD not in run.text
    assert [step.type for step in run.steps] in ([], ["Stack"])
