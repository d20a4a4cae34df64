"""Settings without secrets: everything else is unchanged."""

import pytest
import yaml

from toolchain.ops.public_settings import plain_of, secrets_of, seed_of, without_secrets

SETTINGS = """\
# yaml-language-server: $schema=docs/settings.schema.json
encryptionsalt: v1:salt
config:
  servicechain-ha:identitySeed:
    secure: v1:seed
  servicechain-ha:identitySeedFrom: arn:aws:secretsmanager:x
  servicechain-ha:protection: yes
  servicechain-ha:bridge:
    threshold: 1
    parentOwnerKey:
      secure: v1:owner
    childOwner: {keystore: "0600", password: {secure: v1:password}}
  servicechain-ha:existing:
    hosts:
      - secure: v1:listed
"""
CONFIG = {
    "servicechain-ha:identitySeed": {"value": "5e" * 32, "secret": True},
    "servicechain-ha:bridge": {
        "value": "{...}",
        "objectValue": {"threshold": 1, "parentOwnerKey": "4a" * 32, "childOwner": {"password": "pw"}},
        "secret": True,
    },
    "servicechain-ha:existing": {"value": "{...}", "objectValue": {"hosts": ["one"]}, "secret": True},
}


def test_each_secret_is_known_by_its_ciphertext() -> None:
    assert secrets_of(SETTINGS, CONFIG) == {
        "v1:seed": "5e" * 32,
        "v1:owner": "4a" * 32,
        "v1:password": "pw",
        "v1:listed": "one",
    }
    assert secrets_of("", {}) == {}


def test_what_is_not_secret_is_as_it_was() -> None:
    text, missing = without_secrets(SETTINGS, {"v1:owner": "ab" * 32, "v1:password": "no", "v1:listed": "a: b"})
    assert missing == []
    assert "protection: yes\n" in text, "YAML 1.1 and 1.2 read it differently"
    assert '"0600"' in text
    assert yaml.safe_load(text)["config"] == {
        "servicechain-ha:protection": True,
        "servicechain-ha:bridge": {
            "threshold": 1,
            "parentOwnerKey": "ab" * 32,
            "childOwner": {"keystore": "0600", "password": "no"},
        },
        "servicechain-ha:existing": {"hosts": ["a: b"]},
    }
    assert not [word for word in ("v1:", "secure", "salt", "Seed") if word in text]


def test_a_secret_that_is_new_is_told_and_has_a_value_of_its_form() -> None:
    text, missing = without_secrets(SETTINGS, {"v1:password": "no", "v1:listed": "no"})
    assert missing == ["servicechain-ha:bridge.parentOwnerKey"]
    key = yaml.safe_load(text)["config"]["servicechain-ha:bridge"]["parentOwnerKey"]
    assert len(bytes.fromhex(key)) == len("4a" * 16)


@pytest.mark.parametrize("text", ["", "{}", "config: {}\n"])
def test_settings_without_anything(text: str) -> None:
    assert yaml.safe_load(without_secrets(text, {})[0]) in ({"config": {}}, {})


def test_texts_in_the_clear() -> None:
    found = plain_of(SETTINGS)
    assert {"yes", "1", "0600", "v1:salt"} <= found
    assert not {"v1:owner", "v1:seed", "arn:aws:secretsmanager:x"} & found


def test_a_seed_that_is_elsewhere_is_noticed() -> None:
    before = seed_of(SETTINGS)
    assert before == seed_of(SETTINGS.replace("threshold: 1", "threshold: 2"))
    assert len({before, seed_of(SETTINGS.replace("v1:seed", "v1:other")), seed_of("config: {}"), seed_of("")}) == 3
    assert before != seed_of(SETTINGS.replace("secretsmanager:x", "secretsmanager:y"))
