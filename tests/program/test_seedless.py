"""A preview without secrets, on the public copy of a state: it shows what a preview with the secrets shows."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
import pytest

from components.domain.problems.setup import PLACEHOLDERS, SEEDLESS_UP
from components.domain.seed import WITHOUT_SEED
from components.dynamic.secrets.ssh_key import private_key
from tests.program.stacks import SEED
from tests.program.test_state import keys_of
from tests.state.deployment import SECRET, SIGNATURE, Held, Passphrase, marked, read
from tests.state.engine import Engine, run, whole
from tests.state.stacks import PASSPHRASE, STACKS, path_of
from toolchain.ops.public_state import PublicState
from toolchain.ops.state import in_the_clear

OTHER_SEED = "00" * 32


def exported(stack: str) -> dict[str, Any]:
    """Return a state as `pulumi stack export --show-secrets` writes it."""
    found: dict[str, Any] = json.loads(path_of(stack).read_text())
    salt = found["deployment"]["secrets_providers"]["state"]["salt"]
    return {**found, "deployment": _shown(marked(found["deployment"], Passphrase.of(PASSPHRASE, salt).decrypt))}


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return {SIGNATURE: SECRET, "plaintext": json.dumps(_shown(value["value"]))}
        return {key: _shown(inner) for key, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="module", params=sorted(STACKS))
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def public(stack: str) -> dict[str, Any]:
    export = exported(stack)
    found: dict[str, Any] = json.loads(PublicState(export, {}).written(export))
    return found


@pytest.fixture
def without_seed(public: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield what the program warns of."""
    (tmp_path / "known").write_text(json.dumps(public["known"]))
    monkeypatch.setenv(WITHOUT_SEED, str(tmp_path / "known"))
    said: list[str] = []
    with patch.object(pulumi.runtime, "is_dry_run", lambda: True), patch.object(pulumi.log, "warn", said.append):
        yield said


def held(public: dict[str, Any]) -> list[Held]:
    clear = [in_the_clear(one) for one in public["export"]["deployment"]["resources"]]
    return [Held(one["urn"], one.get("id", ""), one.get("inputs", {}), one.get("outputs", {})) for one in clear]


def settings(stack: str, **changed: Any) -> dict[str, Any]:
    return {**STACKS[stack], "identitySeed": OTHER_SEED, **changed}


def seedless_run(stack: str, public: dict[str, Any], **changed: Any) -> Engine:
    return run(settings(stack, **changed), held(public))


def full_run(stack: str, **changed: Any) -> Engine:
    return run({**STACKS[stack], **changed}, read(path_of(stack), PASSPHRASE))


def touched(engine: Engine) -> set[tuple[str, str]]:
    """Return the resource and the input of each change. Values differ where they follow from a new key."""
    found = set()
    for change in engine.changes:
        resource, _, words = change.partition(": ")
        found.add((resource, words.split(" is ")[0]))
    return found


def test_an_unchanged_stack_has_no_changes(stack: str, public: dict[str, Any], without_seed: list[str]) -> None:
    assert seedless_run(stack, public).changes == []
    assert len([one for one in without_seed if PLACEHOLDERS.code in one]) == 1, "it says what it is, in one line"


NEW_PAIR: Mapping[str, Any] = {
    "serviceChain": {"chainId": 3000, "nodes": ["scn-1", "scn-2"]},
    "pairs": [{"name": "alpha", "scn": "scn-1"}, {"name": "beta", "scn": "scn-2"}],
}
EDITS: Mapping[str, Mapping[str, Any]] = {
    "a conf": {"anchoring": {"period": 7}},
    "the conf of one node": {"pairs": [{"name": "alpha", "scn": "scn-1", "anchoring": {"period": 9}}]},
    "a limit in what signs": {"bridge": {"threshold": 1, "maxGasPrice": 100}},
    "something less": {"tokens": []},
    "a machine more": {"serviceChain": {"chainId": 3000, "nodes": ["scn-1", "scn-2"]}},
    "a pair more": NEW_PAIR,
    "other files of alerts": {"monitoring": {"enabled": True}},
}


@pytest.mark.parametrize("stack", ["local"], indirect=True)
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_shows_what_a_preview_with_secrets_shows(
    stack: str, public: dict[str, Any], edit: str, without_seed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = seedless_run(stack, public, **EDITS[edit])
    with monkeypatch.context() as full:
        full.delenv(WITHOUT_SEED)
        expected = full_run(stack, **EDITS[edit])
    assert expected.changes
    assert touched(shown) == touched(expected)
    new = {machine for machine in ("scn-2", "beta-en") if any(f" {machine}" in change for change in shown.changes)}
    told = [one for one in without_seed if "identity of" in one]
    assert len(told) == len(new)
    assert all(PLACEHOLDERS.code in one and any(f"of {machine} " in one for machine in new) for one in told)


@pytest.mark.parametrize("stack", ["aws", "existing"], indirect=True)
def test_an_edit_on_other_targets_does_so_too(
    stack: str, public: dict[str, Any], without_seed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = {"anchoring": {"period": 7}}
    shown = seedless_run(stack, public, **edit)
    assert without_seed
    monkeypatch.delenv(WITHOUT_SEED)
    assert touched(shown) == touched(full_run(stack, **edit)) != set()


def test_no_secret_is_in_the_copy(stack: str, public: dict[str, Any]) -> None:
    keys = keys_of(stack)
    text = json.dumps(public)
    assert not [key for key in {*keys, SEED} if key in text or json.dumps(key)[1:-1] in text]
    lines = {
        line for key in keys if "PRIVATE KEY" in key for line in key.splitlines() if re.fullmatch(r"\S{20,}", line)
    }
    assert not [line for line in lines if line in text and not line.startswith("b3BlbnNzaC1rZXktdjE")]


@pytest.mark.parametrize("stack", ["local"], indirect=True)
def test_a_run_that_is_no_preview_is_refused(stack: str, public: dict[str, Any], without_seed: list[str]) -> None:
    assert without_seed == []
    with (
        patch.object(pulumi.runtime, "is_dry_run", lambda: False),
        pytest.raises(pulumi.RunError, match=SEEDLESS_UP.code),
    ):
        seedless_run(stack, public)


HOOKS = {name: f"https://hooks.test/{name}/5f1c9a" for name in ("slack", "webhook")}
OWNER = "46" * 32


def public_of(config: Mapping[str, Any], secrets: Mapping[str, str], plain: Collection[str] = ()) -> dict[str, Any]:
    """Return the public state of a stack with these settings, after its first up."""
    export = {"deployment": {"resources": _shown(whole(run(config)))}}
    found: dict[str, Any] = json.loads(PublicState(export, secrets, plain).written(export))
    return found


def test_a_stack_with_more_secrets_than_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers of alerts, owners whose keys are elsewhere, a secret setting, and a node that reads its genesis."""
    for name, url in HOOKS.items():
        (tmp_path / name).write_text(f"{url}\n")
    monkeypatch.setenv("OWNER", OWNER)
    receivers = {
        "slack": {"urlFile": str(tmp_path / "slack"), "channel": "#bridge"},
        "webhook": {"urlFile": str(tmp_path / "webhook")},
    }
    config = {
        **STACKS["local"],
        "serviceChain": {"chainId": 3000, "nodes": ["scn-1"], "forks": {"kaia": 5000}},
        "bridge": {"threshold": 1, "parentOwner": {"env": "OWNER"}, "childOwnerKey": f"0x{OWNER[::-1]}"},
        "monitoring": {"enabled": True, "receivers": receivers},
    }
    found = public_of(config, {"v1:ciphertext": f"0x{OWNER[::-1]}"})
    text = json.dumps(found)
    assert not [one for one in (*HOOKS.values(), OWNER, OWNER[::-1], SEED) if one in text]

    for name in HOOKS:
        (tmp_path / name).unlink()
    monkeypatch.delenv("OWNER")
    (tmp_path / "known").write_text(json.dumps(found["known"]))
    monkeypatch.setenv(WITHOUT_SEED, str(tmp_path / "known"))
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    bridge = {**config["bridge"], "childOwnerKey": found["settings"]["v1:ciphertext"]}
    without = {**config, "identitySeed": OTHER_SEED, "bridge": bridge}
    assert run(without, held(found)).changes == []
    assert not [one for one in said if "identity of" in one]

    other = {**without, "bridge": {**bridge, "parentOwner": {"env": "ANOTHER"}}}
    assert ("BridgeContract parent-bridge", "the input signer") in touched(run(other, held(found)))
    assert [one for one in said if "identity of the parent owner" in one]
    receivers["email"] = {"to": "a@b.test", "from": "c@d.test", "smarthost": "e.test:587"}
    receivers["email"] |= {"username": "f", "passwordFile": "nowhere"}
    changed = touched(run({**without, "monitoring": {"enabled": True, "receivers": receivers}}, held(found)))
    assert changed == {("MonitoringProcess monitor-alertmanager", "the input secret_files")}


LOGIN = private_key("5b" * 32)
RPC = "https://rpc.test/9d2f"


@pytest.mark.parametrize(
    ("stack", "given", "secret"),
    [
        ("existing", {"existing": {**STACKS["existing"]["existing"], "privateKey": LOGIN}}, LOGIN),
        ("existing", {"parentChain": {**STACKS["existing"]["parentChain"], "referenceRpc": RPC}}, RPC),
        ("existing", {"parentChain": {**STACKS["existing"]["parentChain"], "referenceRpc": RPC}}, None),
    ],
    ids=["the login", "a URL with a key", "a URL without one"],
)
def test_secrets_of_the_settings(
    stack: str, given: Mapping[str, Any], secret: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {**STACKS[stack], **given}
    found = public_of(config, {"v1:x": secret} if secret else {}, () if secret else {RPC})
    (tmp_path / "known").write_text(json.dumps(found["known"]))
    monkeypatch.setenv(WITHOUT_SEED, str(tmp_path / "known"))
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    assert (RPC in json.dumps(found)) == (secret is None)
    text = json.dumps({**config, "identitySeed": OTHER_SEED})
    if secret:
        text = text.replace(json.dumps(secret), json.dumps(found["settings"]["v1:x"]))
        assert json.dumps(secret) not in text
    assert run(json.loads(text), held(found)).changes == []
