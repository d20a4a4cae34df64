"""The public copy of a state: what is in no list is taken for secret, and a copy with a secret is not written."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.setup import PUBLIC_STATE, SECRETS_UNREADABLE
from toolchain.ops.public_state import PublicState, Refused, imported, loaded, main

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
KEY = "4a" * 32


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}


def export(**outputs: Any) -> dict[str, Any]:
    resource = {"urn": "urn:pulumi:s::p::a:b:Some::one", "type": "a:b:Some", "outputs": outputs}
    return {"version": 3, "deployment": {"manifest": {"time": "2026-01-02"}, "resources": [resource]}}


def copied(held: dict[str, Any], **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PublicState(held, {}, **more).written(held))
    outputs: dict[str, Any] = found["export"]["deployment"]["resources"][0]["outputs"]
    return outputs


def test_within_a_secret_only_what_is_listed_or_in_the_clear_elsewhere_is_shown() -> None:
    login = {"host": "10.0.0.1", "port": 22.0, "novelty": "hush", "also": "in the clear", "sudo": True, "none": None}
    found = json.loads(copied(export(login=secret(login), told="in the clear"))["login"]["plaintext"])
    assert found.pop("novelty") != "hush"
    assert found == {name: value for name, value in login.items() if name != "novelty"}


def test_a_text_of_the_settings_is_shown_unless_its_name_is_that_of_a_key() -> None:
    held = export(one=secret({"reference_rpc": "https://rpc.test", "password": "pw"}))
    found = json.loads(copied(held, plain={"https://rpc.test", "pw"})["one"]["plaintext"])
    assert found["reference_rpc"] == "https://rpc.test"
    assert found["password"] != "pw"


def test_a_secret_inside_another_is_found() -> None:
    inner = {SIGNATURE: SECRET, "ciphertext": json.dumps(KEY)}
    found = copied(export(one=secret({"key": inner}), other=secret(KEY)))
    held = json.loads(found["one"]["plaintext"])["key"]
    assert held == {SIGNATURE: SECRET, "ciphertext": found["other"]["plaintext"]}


@pytest.mark.parametrize("outputs", [{"told": f"it is {KEY}"}, {"told": secret({"name": f"it is {KEY}"})}, {KEY: "x"}])
def test_a_copy_with_a_secret_in_another_text_is_refused(outputs: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=rf"one\.private_key\b.*{PUBLIC_STATE.code}") as caught:
        copied(export(one=secret({"private_key": KEY}), **outputs))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere/public.json", ""])
def test_a_place_that_cannot_be_written_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings").write_text("config: {}\n")
    (tmp_path / "config").write_text("{}")
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(export())))
    assert main("of", str(tmp_path / "settings"), str(tmp_path / "config"), str(tmp_path / name)) == 1
    assert capsys.readouterr().err.startswith(f"error: {tmp_path / name} cannot be written: ")
    assert sorted(tmp_path.iterdir()) == [tmp_path / "config", tmp_path / "settings"]
    assert not tmp_path.with_name(f"{tmp_path.name}.new").exists()


def test_a_state_whose_secrets_are_encrypted_is_refused() -> None:
    with pytest.raises(Refused, match=SECRETS_UNREADABLE.code):
        PublicState(export(one={SIGNATURE: SECRET, "ciphertext": "v1:x"}), {})


def test_the_copy_is_for_a_stack_of_its_name_which_keeps_secrets_in_its_own_way() -> None:
    held = export(one=secret(KEY))
    found = json.loads(PublicState(held, {}).written(held))
    new = {"deployment": {"secrets_providers": {"type": "passphrase"}}}
    assert imported(found, new, "s")["deployment"]["secrets_providers"] == {"type": "passphrase"}
    with pytest.raises(Refused, match=PUBLIC_STATE.code):
        imported(found, new, "t")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 0}', "7"])
def test_a_file_that_is_no_copy_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    for file in (tmp_path / "file", tmp_path / "nowhere"):
        with pytest.raises(Refused, match=PUBLIC_STATE.code):
            loaded(file)
