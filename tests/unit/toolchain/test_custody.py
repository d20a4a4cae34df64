"""What two exports of a state say of each other, and of their secrets."""

from typing import Any

from components.domain.problems.setup import OTHER_PROVIDER, SECRETS_UNREADABLE, STATE_IN_THE_WAY, STATES_DIFFER
from toolchain.ops.custody import empty, equal, provider, readable, same

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


def export(value: str = "1", *, hidden: bool = False, url: str = "awskms://k") -> dict[str, Any]:
    secret = {SIGNATURE: SECRET, "ciphertext" if hidden else "plaintext": value}
    kept = {"type": "cloud", "state": {"url": url}} if url else {"type": "passphrase", "state": {"salt": "v1:x"}}
    resources = [{"urn": "urn:pulumi:s::p::t::a", "outputs": {"deep": [{"key": secret}]}}]
    return {"deployment": {"secrets_providers": kept, "resources": resources}}


def test_what_keeps_the_secrets() -> None:
    assert (provider(export()), provider(export(url="")), provider({})) == ("awskms://k", "passphrase", "")
    assert same(export(), "awskms://k") == []
    assert OTHER_PROVIDER.code in same(export(), "passphrase")[0]


def test_a_secret_that_cannot_be_read() -> None:
    assert readable(export()) == []
    assert SECRETS_UNREADABLE.code in readable(export(hidden=True))[0]


def test_a_state_in_the_way() -> None:
    assert empty({"deployment": {"resources": []}}) == empty({}) == []
    assert STATE_IN_THE_WAY.code in empty(export())[0]


def test_states_that_differ() -> None:
    assert equal(export(), export()) == []
    others: list[dict[str, Any]] = [export("2"), export(url=""), {"deployment": {}}]
    for other in others:
        found = equal(export(), other)
        assert found
        assert all(STATES_DIFFER.code in one for one in found)
        assert all("plaintext" not in one for one in found)
