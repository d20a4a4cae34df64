"""Accounts and genesis blocks: made once, and held whatever is asked for later."""

import hashlib
import json
from typing import Any

import pulumi
import pytest
from eth_account import Account as Accounts
from pulumi.output import UNKNOWN

from components.dynamic.base import Props, Provider
from components.dynamic.nodes.genesis import GenesisProvider
from components.dynamic.secrets.account import AccountProvider

ONE = "00" * 31 + "01"
OTHER = "46" * 32
G = (  # SEC 2: the generator of secp256k1, which is the public key of the private key 1
    "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
)
ADDRESS = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"


def check(provider: Provider[Any], olds: Props, news: Props) -> Props:
    result = provider.check(olds, news)
    assert not result.failures
    return dict(result.inputs)


def account(news: Props, olds: Props | None = None) -> Props:
    return check(AccountProvider(), olds or {}, {"address": None, "public_key": None, "keystore": None, **news})


@pytest.mark.parametrize(
    ("key", "address"),
    [
        (ONE, ADDRESS),
        (OTHER, "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"),  # the example of EIP-155
        # The first account of the phrase "test test test ... junk", as every development chain has it.
        (
            "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
            "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        ),
    ],
)
def test_the_address_of_a_known_key(key: str, address: str) -> None:
    assert account({"private_key": key})["address"] == address


def test_the_public_key_is_the_point_without_its_prefix() -> None:
    assert account({"private_key": ONE})["public_key"] == G


def test_the_first_key_is_held() -> None:
    first = account({"private_key": ONE})
    second = account({"private_key": OTHER}, olds=first)
    assert second == first
    assert not AccountProvider().diff(ADDRESS, {**first, "keystore": "{}"}, second).changes


def test_a_key_of_the_settings_is_followed() -> None:
    first = account({"private_key": ONE})
    same = account({"private_key": ONE, "given": True}, olds=first)
    assert not AccountProvider().diff(ADDRESS, first, same).changes
    second = account({"private_key": OTHER, "given": True}, olds=same)
    assert second["address"] == "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
    diff = AccountProvider().diff(ADDRESS, same, second)
    assert (diff.changes, diff.replaces) == (True, [])
    assert account({"private_key": ONE}, olds=second) == second, "without one in the settings the last one is held"


def test_a_key_that_is_not_known_yet_leaves_the_address_open_unless_it_is_held() -> None:
    assert account({"private_key": UNKNOWN})["address"] is None
    assert account({"private_key": UNKNOWN}, olds=account({"private_key": ONE}))["address"] == ADDRESS


def test_an_account_is_known_by_its_address() -> None:
    assert AccountProvider().create(account({"private_key": ONE})).id == ADDRESS


def test_an_account_without_a_password_has_no_keystore() -> None:
    outs = AccountProvider().create(account({"private_key": ONE})).outs
    assert outs is not None
    assert outs["keystore"] is None


def test_the_keystore_opens_with_the_password_and_is_made_once() -> None:
    inputs = account({"private_key": ONE, "password": "correct horse"})
    made = AccountProvider().create(inputs)
    assert made.outs is not None
    keystore = made.outs["keystore"]
    assert Accounts.decrypt(keystore, "correct horse").hex().removeprefix("0x") == ONE
    content = json.loads(keystore)
    assert (content["version"], content["crypto"]["kdf"], content["crypto"]["kdfparams"]["n"]) == (3, "scrypt", 4096)
    assert content["address"].lower() == ADDRESS[2:].lower()
    again = AccountProvider().update(ADDRESS, dict(made.outs), inputs)
    assert again.outs is not None
    assert again.outs["keystore"] == keystore


def test_the_first_genesis_is_held() -> None:
    provider = GenesisProvider()
    first = check(provider, {}, {"text": "first"})
    second = check(provider, first, {"text": "second"})
    assert first == second == {"text": "first"}
    assert not provider.diff("id", first, second).changes
    assert provider.create(first).id == hashlib.sha256(b"first").hexdigest()[:16]


def test_a_genesis_that_is_not_known_yet_stays_unknown_unless_it_is_held() -> None:
    provider = GenesisProvider()
    assert pulumi.contains_unknowns(check(provider, {}, {"text": UNKNOWN}))
    assert check(provider, {"text": "first"}, {"text": UNKNOWN}) == {"text": "first"}
