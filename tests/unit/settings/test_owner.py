"""Where an owner's key is kept: what is taken, and the problem of what is not."""

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import EQUAL_ADDRESSES, UNCLEAR_OWNER, UNKNOWN_KEY, WRONG_FORM
from components.topology.checks.configuration import read
from tests.unit.samples import Raw, problems, raw, says, tells

KEY = "46" * 32
ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:eu-central-1:111122223333:key/{ID}"


def test_every_place_is_read() -> None:
    places: list[Raw] = [
        {"env": "OWNER_KEY"},
        {"keystore": "keys/owner.json", "password": "a secret"},
        {"keystore": "~/owner.json", "passwordFile": "~/owner.password"},
        {"keystore": "/keys/owner.json", "passwordEnv": "OWNER_PASSWORD"},
        {"kms": ID},
        {"kms": f"mrk-{'1a' * 16}", "region": "eu-central-1"},
        {"kms": ARN, "region": "eu-central-1"},
        {"kms": "alias/bridge-owner"},
        {"kms": "arn:aws:kms:eu-central-1:111122223333:alias/bridge/owner"},
    ]
    for place in places:
        found = read(raw(bridge__parentOwner=place)).bridge.parent_owner
        assert found is not None
        assert found.model_dump(by_alias=True, exclude_unset=True).keys() == place.keys()
    assert read(raw()).bridge.child_owner is None


@pytest.mark.parametrize(
    ("place", "key", "problem", "words"),
    [
        ({}, "", UNCLEAR_OWNER, "keystore, env, kms; "),
        ({"env": "OWNER", "kms": ID}, "", UNCLEAR_OWNER, " env and kms"),
        ({"keystore": "owner.json"}, "", UNCLEAR_OWNER, "password, passwordFile, passwordEnv"),
        ({"keystore": "k", "password": "p", "passwordEnv": "P"}, "", UNCLEAR_OWNER, " password"),
        ({"env": "OWNER", "passwordEnv": "P"}, "", UNCLEAR_OWNER, " keystore"),
        ({"env": "OWNER", "region": "eu-central-1"}, "", UNCLEAR_OWNER, " AWS KMS"),
        ({"kms": ARN, "region": "us-east-1"}, "", UNCLEAR_OWNER, " us-east-1"),
        ({"kms": "my key"}, ".kms", WRONG_FORM, "'my key'"),
        ({"kms": ID, "region": "Frankfurt"}, ".region", WRONG_FORM, "'Frankfurt'"),
        ({"env": KEY}, ".env", WRONG_FORM, "environment variable"),
        ({"keystore": '{"crypto": {}}', "password": "p"}, ".keystore", WRONG_FORM, "path"),
        ({"keystore": "k", "password": 1234}, ".password", WRONG_FORM, "`pulumi config set"),
        ({"keystroke": "k"}, ".keystroke", UNKNOWN_KEY, "'keystore'"),
        (KEY, "", WRONG_FORM, "mapping"),
    ],
)
def test_what_is_wrong_is_told(place: object, key: str, problem: Problem, words: str) -> None:
    found = problems(raw(bridge__parentOwner=place))
    assert any(says(message, f"bridge.parentOwner{key}", problem, words) for message in found), found
    assert not any(KEY in message or "1234" in message.replace(ARN, "") for message in found)


def test_a_key_is_given_once() -> None:
    found = problems(raw(bridge__childOwner={"env": "OWNER"}, bridge__childOwnerKey=KEY))
    assert tells(found, ("bridge.childOwner", UNCLEAR_OWNER, "childOwnerKey"))


def test_the_owners_are_two() -> None:
    place = {"env": "OWNER"}
    found = problems(raw(bridge__parentOwner=place, bridge__childOwner=place))
    assert tells(found, ("bridge.childOwner", EQUAL_ADDRESSES, ""))
