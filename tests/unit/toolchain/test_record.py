"""The record of the last healthy up gets the new key of a stack's secrets."""

import re

import pytest
import yaml

from toolchain.ops.record import KEY, added, taken

HEAD = "encryptionsalt: v1:one\n"
OTHER = "encryptedkey: two\nsecretsprovider: awskms://x\n"


def settings(*ciphertexts: str, head: str = HEAD) -> str:
    held = "".join(f"    s{number}: {{secure: {one}}}\n" for number, one in enumerate(ciphertexts))
    return f"{head}# of mine\nconfig:\n  a:b:\n{held}    plain: 1 # as it is\n"


def rekeyed(text: str) -> str:
    """Do what Pulumi does to settings."""
    return re.sub(r"secure: (\S+?)([]}\n])", r"secure: \1-new\2", text).replace(HEAD, OTHER)


@pytest.mark.parametrize(
    ("ours", "its", "new"),
    [
        (("v1:x:x=", "v1:y:y="), ("v1:x:x=", "v1:z:z="), ["v1:z:z="]),
        (("v1:x:x=",), ("v1:x:x=",), []),
        ((), ("v1:z:z=", "v1:y:y=", "v1:z:z="), ["v1:y:y=", "v1:z:z="]),
    ],
)
def test_its_secrets_are_encrypted_with_those_of_the_settings(
    ours: tuple[str, ...], its: tuple[str, ...], new: list[str]
) -> None:
    head = HEAD if ours else ""
    before = added(settings(*ours, head=head), settings(*its))
    assert before
    assert "encryptionsalt: v1:one" in before
    held = yaml.safe_load(before)["config"]
    assert [one["secure"] for one in held.pop(KEY)] == new
    assert held == yaml.safe_load(settings(*ours))["config"]
    assert "# of mine" in before
    told = taken(before, rekeyed(before), settings(*its))
    assert yaml.safe_load(told) == yaml.safe_load(settings(*(f"{one}-new" for one in its), head=OTHER))


@pytest.mark.parametrize("few", ["config: {}\n", "config: {a:c: 1}\n", "", "config:\n", "environment: [x]\n"])
def test_settings_in_one_line_or_none_take_them_too(few: str) -> None:
    before = added(few, settings("x"))
    assert before
    own = (yaml.safe_load(few) or {}).get("config") or {}
    assert yaml.safe_load(before)["config"] == {**own, KEY: [{"secure": "x"}]}
    assert yaml.safe_load(before)["encryptionsalt"] == "v1:one"


def test_a_record_that_is_kept_with_another_key_is_not_read() -> None:
    assert added(settings("x"), settings("y", head=OTHER)) is None
    assert added(settings("x"), settings("y", head="encryptionsalt: v1:three\n")) is None
