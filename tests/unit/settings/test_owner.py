"""Where an owner's key is kept: what is taken, and the sentence for what is not."""

import pytest

from components.topology.checks.configuration import read
from tests.unit.samples import Raw, problems, raw

KEY = "46" * 32
ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:eu-central-1:111122223333:key/{ID}"
ONE_OF = "give one of keystore, env, kms"


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
    ("place", "sentence"),
    [
        ({}, f": {ONE_OF}; there are none"),
        ({"env": "OWNER", "kms": ID}, f": {ONE_OF}; there are env and kms"),
        ({"keystore": "owner.json"}, ": a keystore needs one password; give one of password, passwordFile, "),
        ({"keystore": "k", "password": "p", "passwordEnv": "P"}, ": a keystore needs one password"),
        ({"env": "OWNER", "passwordEnv": "P"}, ": a password belongs to a keystore; remove it"),
        ({"env": "OWNER", "region": "eu-central-1"}, ": a region belongs to a key in AWS KMS; remove it"),
        ({"kms": ARN, "region": "us-east-1"}, ": the ARN of the key is in eu-central-1, not in us-east-1"),
        (
            {"kms": "my key"},
            ".kms: 'my key' is not a KMS key; write its id, its ARN, or an alias such as alias/bridge-",
        ),
        ({"kms": ID, "region": "Frankfurt"}, ".region: 'Frankfurt' is not a valid region"),
        ({"env": KEY}, ".env: this is not the name of an environment variable"),
        ({"keystore": '{"crypto": {}}', "password": "p"}, ".keystore: this is not a path; write the path of the file"),
        ({"keystore": "k", "password": 1234}, ".password: write text in quotes; store it with `pulumi config"),
        ({"keystroke": "k"}, ".keystroke: there is no such key; did you mean 'keystore'?"),
        (KEY, ": write a mapping of keys and values"),
    ],
)
def test_what_is_wrong_is_told(place: object, sentence: str) -> None:
    found = problems(raw(bridge__parentOwner=place))
    assert any(problem.startswith(f"bridge.parentOwner{sentence}") for problem in found), found
    assert not any(KEY in problem or "1234" in problem.replace(ARN, "") for problem in found)


def test_a_key_is_given_once() -> None:
    (found,) = problems(raw(bridge__childOwner={"env": "OWNER"}, bridge__childOwnerKey=KEY))
    assert found == "bridge.childOwner: childOwnerKey is given too; remove one of the two: the key, or the place " + (
        "where it is kept"
    )


def test_the_owners_are_two() -> None:
    place = {"env": "OWNER"}
    (found,) = problems(raw(bridge__parentOwner=place, bridge__childOwner=place))
    assert found.startswith("bridge.childOwner: this is also the parent owner's key")
