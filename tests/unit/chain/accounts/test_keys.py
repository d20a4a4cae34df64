"""Keys outside the stack: their account, their signatures, and why one cannot be used."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account as Accounts
from eth_keys.constants import SECPK1_N
from eth_keys.datatypes import PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.chain.accounts import eip155
from components.chain.accounts.signer import AnySigner, EnvironmentSigner, KeySigner, KeystoreSigner, Signer
from components.chain.errors import KeyUnavailable
from components.domain.problems.accounts import (
    KEY_FILE_UNREADABLE,
    KEY_MALFORMED,
    KEYSTORE_PASSWORD_WRONG,
    KEYSTORE_UNUSABLE,
    OTHER_ACCOUNTS_KEY,
    VARIABLE_UNSET,
)
from components.domain.problems.problem import Problem

KEY, OTHER = "46" * 32, "47" * 32
ADDRESS = Accounts.from_key(KEY).address
PASSWORD = "correct horse battery staple"
TRANSACTION: Any = {
    "chainId": 8217,
    "nonce": 7,
    "gas": 21000,
    "gasPrice": 25 * 10**9,
    "to": "0x" + "11" * 20,
    "value": 5,
    "data": "0x",
}
SIGNED = Accounts.sign_transaction(TRANSACTION, KEY).raw_transaction


def read(held: dict[str, Any]) -> Signer:
    signer: Signer = TypeAdapter(AnySigner).validate_python(held)
    return signer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "owner.json"
    path.write_text(json.dumps(Accounts.encrypt(bytes.fromhex(KEY), PASSWORD, kdf="pbkdf2", iterations=10)))
    return path


# -- what a state holds --------------------------------------------------------------------------------------


def test_a_state_of_before_is_read() -> None:
    held = read({"kind": "key", "private_key": KEY, "chain": "parent", "max_gas_price": "50"})
    assert (held, held.setting) == (
        KeySigner(private_key=KEY, chain="parent", max_gas_price=50),
        "bridge.parentOwnerKey",
    )
    assert held.account().address == ADDRESS


def test_a_reference_holds_no_key(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER", KEY)
    for reference in (
        EnvironmentSigner(chain="child", name="OWNER"),
        KeystoreSigner(chain="child", path=str(file), password=PASSWORD),
    ):
        located = reference.located()
        assert located.address == ADDRESS
        held = located.model_dump(exclude_none=True)
        assert KEY not in json.dumps(held)
        assert read(held) == located
        assert PASSWORD not in repr(located)


def test_a_kind_that_is_not_known_is_refused_and_not_shown() -> None:
    with pytest.raises(ValidationError, match="there is no such kind of signer") as refused:
        read({"kind": KEY, "private_key": KEY})
    assert KEY not in str(refused.value)


# -- signing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [KEY, f"0x{KEY}", f" {KEY.upper()}\n"])
def test_a_key_in_the_environment_signs(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("OWNER", written)
    account = EnvironmentSigner(name="OWNER").located().account()
    assert account.address == ADDRESS
    assert account.sign_transaction(TRANSACTION).raw_transaction == SIGNED


@pytest.mark.parametrize("kdf", ["pbkdf2", "scrypt"])
def test_a_keystore_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kdf: Any) -> None:
    path, password = tmp_path / "owner.json", tmp_path / "password"
    path.write_text(json.dumps(Accounts.encrypt(bytes.fromhex(KEY), PASSWORD, kdf=kdf, iterations=2)))
    password.write_text(f"{PASSWORD}\n")
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)
    for place in ({"password": PASSWORD}, {"password_file": str(password)}, {"password_env": "OWNER_PASSWORD"}):
        held = read({"kind": "keystore", "path": str(path), "address": ADDRESS, **place})
        assert held.account().address == ADDRESS
        assert held.account().sign_transaction(TRANSACTION).raw_transaction == SIGNED


def test_a_keystore_is_decrypted_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = KeystoreSigner(path=str(file), password=PASSWORD).located().account()
    monkeypatch.setattr(Accounts, "decrypt", None)
    assert account.sign_transaction(TRANSACTION).raw_transaction == SIGNED


def test_an_address_is_known_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh reads the chain only: it goes without what a destroy needs."""
    monkeypatch.delenv("OWNER", raising=False)
    account = EnvironmentSigner(name="OWNER", address=ADDRESS, chain="parent").account()
    assert account.address == ADDRESS
    with pytest.raises(KeyUnavailable, match=rf"bridge\.parentOwner: .* OWNER .*{VARIABLE_UNSET.code}"):
        account.sign_transaction(TRANSACTION)


def test_the_key_of_another_account_signs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER", OTHER)
    account = EnvironmentSigner(name="OWNER", address=ADDRESS, chain="parent").account()
    with pytest.raises(KeyUnavailable, match=f"{ADDRESS} has to sign.*{OTHER_ACCOUNTS_KEY.code}") as refused:
        account.sign_transaction(TRANSACTION)
    assert OTHER not in str(refused.value)


# -- what cannot be used -------------------------------------------------------------------------------------


def told(signer: EnvironmentSigner | KeystoreSigner, problem: Problem) -> str:
    with pytest.raises(KeyUnavailable, match=problem.code) as refused:
        signer.located()
    sentence = str(refused.value)
    for secret in (KEY, KEY[:-2], PASSWORD):
        assert secret not in sentence
        assert secret not in str(refused.value.__cause__)
    return sentence


@pytest.mark.parametrize(
    ("value", "problem", "named"),
    [
        (None, VARIABLE_UNSET, ""),
        ("", VARIABLE_UNSET, ""),
        (KEY[:-2], KEY_MALFORMED, "64 hex digits"),
        ("00" * 32, KEY_MALFORMED, "secp256k1"),
    ],
)
def test_an_environment_without_the_key(
    monkeypatch: pytest.MonkeyPatch, value: str | None, problem: Problem, named: str
) -> None:
    if value is None:
        monkeypatch.delenv("OWNER", raising=False)
    else:
        monkeypatch.setenv("OWNER", value)
    sentence = told(EnvironmentSigner(chain="child", name="OWNER"), problem)
    assert sentence.startswith("bridge.childOwner: ")
    assert " OWNER " in sentence
    assert named in sentence


def changed(text: str, **changes: Any) -> str:
    return json.dumps({**json.loads(text), **changes})


def test_a_keystore_that_cannot_be_opened(file: Path, tmp_path: Path) -> None:
    text = file.read_text()
    signer = KeystoreSigner(chain="parent", path=str(file), password=PASSWORD)
    for content, named in {
        KEY: "not encrypted",
        "[1]": "keystore file",
        changed(text, version=1): "version 1,",
        changed(text, address="1A" * 20): "another address",
        changed(text, crypto={}): "is empty",
        changed(text, crypto={**json.loads(text)["crypto"], "kdf": "argon"}): " argon,",
    }.items():
        file.write_text(content)
        sentence = told(signer, KEYSTORE_UNUSABLE)
        assert sentence.startswith(f"bridge.parentOwner.keystore: {file} ")
        assert named in sentence
    file.write_bytes(b"\xff\x00")
    assert f"{file} " in told(signer, KEY_FILE_UNREADABLE)
    nowhere = str(tmp_path / "nowhere")
    sentence = told(KeystoreSigner(chain="parent", path=nowhere, password=PASSWORD), KEY_FILE_UNREADABLE)
    assert sentence.startswith(f"bridge.parentOwner.keystore: {nowhere} ")
    assert "No such file or directory" in sentence


def test_a_password_that_does_not_fit(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = KeystoreSigner(chain="parent", path=str(file), password="hush")
    assert re.search(rf"^bridge\.parentOwner\.password: .*{file}", told(wrong, KEYSTORE_PASSWORD_WRONG))
    monkeypatch.delenv("OWNER_PASSWORD", raising=False)
    variable = KeystoreSigner(chain="parent", path=str(file), password_env="OWNER_PASSWORD")
    assert re.search(r"^bridge\.parentOwner\.passwordEnv: .* OWNER_PASSWORD ", told(variable, VARIABLE_UNSET))
    nowhere = KeystoreSigner(chain="parent", path=str(file), password_file=str(tmp_path / "nowhere"))
    assert "bridge.parentOwner.passwordFile:" in told(nowhere, KEY_FILE_UNREADABLE)


# -- signatures that come from elsewhere ---------------------------------------------------------------------

NUMBERS = st.integers(min_value=0, max_value=2**64 - 1)
TRANSACTIONS = st.fixed_dictionaries(
    {
        "chainId": st.integers(min_value=1, max_value=2**31),
        "nonce": NUMBERS,
        "gas": NUMBERS,
        "gasPrice": NUMBERS,
        "value": st.integers(min_value=0, max_value=2**256 - 1),
        "data": st.binary(max_size=40).map(lambda data: f"0x{data.hex()}"),
    },
    optional={"to": st.binary(min_size=20, max_size=20).map(lambda to: Accounts.from_key(to.rjust(32, b"1")).address)},
)


@given(TRANSACTIONS, st.booleans())
def test_a_signature_from_elsewhere_makes_the_same_transaction(transaction: Any, high: bool) -> None:  # noqa: FBT001
    wanted = Accounts.sign_transaction(transaction, KEY)
    digest = eip155.digest(transaction)
    _, r, s = PrivateKey(bytes.fromhex(KEY)).sign_msg_hash(digest).vrs
    s = eip155.low(SECPK1_N - s if high else s)
    parity = eip155.parity_of(digest, r, s, ADDRESS)
    assert parity is not None
    assert eip155.signed(transaction, parity, r, s) == wanted
    assert eip155.parity_of(digest, r, s, Accounts.from_key(OTHER).address) is None
