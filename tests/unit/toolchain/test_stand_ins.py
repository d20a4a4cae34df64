"""Stand-ins: of the form of what they replace, the same in all spellings, and a secret that is left is found."""

import base64
import hashlib
import json

import pytest

from components.dynamic.secrets.account import AccountInputs
from components.dynamic.secrets.ssh_key import private_key
from components.settings.model import BridgeSettings
from components.settings.sections.existing import Existing
from toolchain.ops.stand_ins import StandIns

KEY = "4a" * 32
PEM = private_key(KEY)


@pytest.fixture
def stand_ins() -> StandIns:
    found = StandIns()
    for secret in (KEY, PEM, "a short one", "pw", "https://hooks.test/5f1c9a"):
        found.add(secret)
    return found


def test_spellings_of_one_secret_have_one_stand_in(stand_ins: StandIns) -> None:
    one = stand_ins.add(KEY)
    assert stand_ins.add(f"0x{KEY.upper()}") == f"0x{one}"
    assert stand_ins.add(f" {KEY}\n") == one
    assert stand_ins.add(PEM) == stand_ins.add(PEM.strip())
    assert len({*stand_ins.texts.values()}) == len({KEY, f"0x{KEY}", PEM, "a short one", "pw", "https"})


def test_settings_and_resources_take_stand_ins(stand_ins: StandIns) -> None:
    key = stand_ins.add(KEY)
    assert AccountInputs(private_key=key).private_key == key
    owner = BridgeSettings.model_validate({"parentOwnerKey": key}).parent_owner_key
    assert owner is not None
    assert owner.get_secret_value() == key
    pem = stand_ins.add(PEM)
    login = Existing.model_validate({"user": "u", "privateKey": pem, "hosts": {}}).private_key
    assert login is not None
    assert login.get_secret_value() == pem != PEM
    assert stand_ins.add("https://hooks.test/5f1c9a").startswith("https://")


def test_what_follows_from_a_secret_follows_from_its_stand_in(stand_ins: StandIns) -> None:
    of, other = (hashlib.sha256(one.encode()).hexdigest() for one in (KEY, stand_ins.add(KEY)))
    assert stand_ins.digests[of] == other
    assert stand_ins.within(f"key {KEY}, pw") == f"key {stand_ins.add(KEY)}, pw", "a short text may be there by chance"


def test_nothing_is_no_secret(stand_ins: StandIns) -> None:
    before = stand_ins.texts
    assert stand_ins.add("") == ""
    assert stand_ins.texts == before


@pytest.mark.parametrize(
    "text",
    [
        f"key={KEY}",
        base64.b64encode(KEY.encode()).decode(),
        json.dumps({"text": json.dumps(PEM)}),
        PEM.splitlines()[3],
        "say 'a short one'",
    ],
    ids=["plain", "base64", "json", "line", "quoted"],  # a private key of OpenSSH has random bytes: workers must agree
)
def test_a_secret_that_is_left_is_found(stand_ins: StandIns, text: str) -> None:
    assert len(stand_ins.left_in(text)) == 1


def test_stand_ins_and_other_keys_are_no_secrets(stand_ins: StandIns) -> None:
    assert stand_ins.left_in(json.dumps([*stand_ins.texts.values(), private_key("5b" * 32)])) == []
