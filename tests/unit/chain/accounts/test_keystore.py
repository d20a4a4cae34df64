"""Keystore files as geth, ken and wallets write them, and every other one with its reason."""

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account as Accounts
from eth_keyfile.keyfile import create_keyfile_json
from eth_utils.address import to_checksum_address

from components.chain.accounts.keystore import Keystore
from components.chain.errors import KeyUnavailable
from components.domain.problems.accounts import ACCOUNT_KEY_UPDATED, KEYSTORE_UNUSABLE
from components.domain.problems.problem import Problem

KEY, PASSWORD = "46" * 32, "correct horse"
ADDRESS = Accounts.from_key(KEY).address
VERSION_3: dict[str, Any] = create_keyfile_json(bytes.fromhex(KEY), PASSWORD.encode(), kdf="scrypt", iterations=2)
CRYPTO = VERSION_3["crypto"]


def version_4(*rings: Any, address: str = ADDRESS) -> dict[str, Any]:
    return {"version": 4, "id": VERSION_3["id"], "address": address, "keyring": list(rings)}


GETHS = {
    # Test vectors of Web3 Secret Storage, as geth and ken have them (accounts/keystore/testdata/v3_test_vector.json).
    "fa7b3db73dc7dfdf8c5fbdb796d741e4488628c41fc4febd9160a866ba0f35": {
        "ciphertext": "9517cd5bdbe69076f9bf5057248c6c050141e970efa36ce53692d5d59a3984",
        "cipherparams": {"iv": "e0c41130a323adc1446fc82f724bca2f"},
        "salt": "711f816911c92d649fb4c84b047915679933555030b3552c1212609b38208c63",
        "mac": "d5e116151c6aa71470e67a7d42c9620c75c4d23229847dcc127794f0732b0db5",
    },
    "81c29e8142bb6a81bef5a92bda7a8328a5c85bb2f9542e76f9b0f94fc018": {
        "ciphertext": "108b7d34f3442fc26ab1ab90ca91476ba6bfa8c00975a49ef9051dc675aa",
        "cipherparams": {"iv": "3ca92af36ad7c2cd92454c59cea5ef00"},
        "salt": "d0769e608fb86cda848065642a9c6fa046845c928175662b8e356c77f914cd3b",
        "mac": "75d0e6759f7b3cefa319c3be41680ab6beea7d8328653474bd06706d4cc67420",
    },
}
"""Keys of 31 and 30 bytes, by their digits."""


def opened(path: Path, content: object, password: str = PASSWORD) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(Keystore(str(path), "bridge.parentOwner").open(password, None, None).address)


def refused(path: Path, content: object, problem: Problem = KEYSTORE_UNUSABLE) -> str:
    with pytest.raises(KeyUnavailable, match=problem.code) as caught:
        opened(path, content)
    sentence = str(caught.value)
    for secret in (KEY, KEY[:-2], PASSWORD):
        assert secret not in sentence
    assert sentence.startswith(f"bridge.parentOwner.keystore: {path} ")
    return sentence


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "owner.json"


@pytest.mark.parametrize("digits", GETHS)
def test_a_key_that_is_written_without_its_zeros_is_that_key(file: Path, digits: str) -> None:
    parts: dict[str, Any] = deepcopy(GETHS[digits])
    derivation = {"dklen": 32, "n": 2, "r": 8, "p": 1, "salt": parts.pop("salt")}
    crypto = {"cipher": "aes-128-ctr", "kdf": "scrypt", "kdfparams": derivation, **parts}
    expected = Accounts.from_key(digits.rjust(64, "0")).address
    assert opened(file, {"crypto": crypto, "version": 3}, "foo") == expected


@pytest.mark.parametrize("ring", [[[CRYPTO]], [CRYPTO], [[CRYPTO], [], []]])
def test_version_4_is_read(file: Path, ring: Any) -> None:
    """As ken v1.0.3 writes it, as Kaia wallets write it, and with roles of which one has a key."""
    assert opened(file, version_4(*ring)) == ADDRESS


@pytest.mark.parametrize("written", ["CRYPTO", "Crypto"])
@pytest.mark.parametrize("address", [ADDRESS, ADDRESS[2:].lower(), None, "", 7])
def test_spellings_of_version_3_are_read(file: Path, written: str, address: object) -> None:
    assert opened(file, {"version": 3, written: CRYPTO, "address": address}) == ADDRESS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_file_and_password(file: Path, tmp_path: Path, encoding: str) -> None:
    password = tmp_path / "password"
    file.write_text(json.dumps(VERSION_3), encoding=encoding)
    password.write_text(f"{PASSWORD}\r\n", encoding=encoding)
    assert Keystore(str(file), "x").open(None, str(password), None).address == ADDRESS


def test_a_password_need_be_no_utf_8(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = b"caf\xe9"  # in Latin-1; geth takes the bytes of the file too
    file.write_text(json.dumps(create_keyfile_json(bytes.fromhex(KEY), odd, kdf="scrypt", iterations=2)))
    (tmp_path / "password").write_bytes(odd + b"\n")
    monkeypatch.setitem(os.environ, "OWNER_PASSWORD", os.fsdecode(odd))
    assert Keystore(str(file), "x").open(None, str(tmp_path / "password"), None).address == ADDRESS
    assert Keystore(str(file), "x").open(None, None, "OWNER_PASSWORD").address == ADDRESS


def test_keys_that_cannot_sign_for_their_account_are_reported(file: Path) -> None:
    other = "0x" + "1A" * 20
    assert " 2 keys " in refused(file, version_4([CRYPTO, CRYPTO]), ACCOUNT_KEY_UPDATED)
    assert " 3 keys " in refused(file, version_4([[CRYPTO], [CRYPTO], [CRYPTO]]), ACCOUNT_KEY_UPDATED)
    assert "no key in its keyring" in refused(file, version_4())
    sentence = refused(file, version_4([CRYPTO], address=other), ACCOUNT_KEY_UPDATED)
    assert ADDRESS in sentence
    assert to_checksum_address(other) in sentence
    assert "names another address" in refused(file, {**VERSION_3, "address": other})


BLS = {"version": 4, "crypto": {"kdf": {"function": "scrypt"}}, "pubkey": "aa"}
NO_KEYSTORE = "is not a keystore file"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (BLS, "BLS key (EIP-2335)"),
        ({"encseed": "aa", "ethaddr": "bb"}, "presale wallet"),
        ({**VERSION_3, "version": "1"}, "of version 1,"),
        ({"crypto": CRYPTO}, "has no version,"),
        ({**VERSION_3, "version": {"a": "b" * 99}}, "of version (of another form),"),
        ([VERSION_3], NO_KEYSTORE),
        ({}, NO_KEYSTORE),
        ("null", NO_KEYSTORE),
        ("-----BEGIN EC PRIVATE KEY-----", f"{NO_KEYSTORE} (it is in PEM)"),
        ("{", f"{NO_KEYSTORE} (it is not JSON: Expecting property name"),
        ("[" * 10_000, f"{NO_KEYSTORE} (it is not readable JSON: it is nested too deeply)"),
        (f"0x{KEY}\n", "a key that is not encrypted"),
        (KEY, "a key that is not encrypted"),
        ("\0" * 9, f"{NO_KEYSTORE} (it is not JSON"),
        ({"version": 4, "keyring": {"a": 1}}, "no key in its keyring"),
        ({"version": 4, "keyring": [[7]]}, "its part on the key is empty"),
    ],
)
def test_another_file_is_reported_for_what_it_is(file: Path, content: object, named: str) -> None:
    assert named in refused(file, content)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"cipher": "aes-256-cbc"}, "cipher aes-256-cbc"),
        ({"cipher": [KEY]}, "cipher (of another form)"),
        ({"cipherparams": {}}, "cipherparams.iv is not 16 bytes"),
        ({"ciphertext": KEY + "00"}, "ciphertext is 33 bytes"),
        ({"ciphertext": "zz"}, "ciphertext is 0 bytes"),
        ({"mac": None}, "mac is not 32 bytes"),
        ({"kdf": "argon2id"}, "argon2id"),
        ({"kdfparams": 7}, "kdfparams.salt is not hex"),
        ({"kdfparams": {**CRYPTO["kdfparams"], "n": 2.0}}, "kdfparams.n is not a positive integer"),
        ({"kdfparams": {**CRYPTO["kdfparams"], "n": 3}}, "kdfparams.n is not a power of two"),
        ({"kdfparams": {**CRYPTO["kdfparams"], "dklen": 64}}, "kdfparams.dklen is not 32"),
        ({"kdfparams": {**CRYPTO["kdfparams"], "n": 2**40}}, "more memory or time"),
        (
            {"kdf": "pbkdf2", "kdfparams": {"salt": "aa", "dklen": 32, "c": 2**40, "prf": "hmac-sha256"}},
            "more rounds",
        ),
        ({"kdf": "pbkdf2", "kdfparams": {"salt": "aa", "dklen": 32, "c": 2, "prf": "md5"}}, "with md5"),
    ],
)
def test_an_encryption_that_is_not_known_is_reported(file: Path, changes: dict[str, Any], named: str) -> None:
    assert named in refused(file, {**VERSION_3, "crypto": {**CRYPTO, **changes}})
