"""Secrets of a stack with a key of AWS KMS (moto's): new stacks, existing ones, and the settings. The real engine."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from components.domain.problems.operations.state import STACK_NOT_UP
from components.domain.problems.setup import OTHER_PROVIDER, PROVIDER_UNKNOWN, REKEY_FAILED
from tests.aws.moto import Moto, moto
from tests.engine.clone import Clone
from tests.program.stacks import example
from tests.run import lines
from toolchain.ops.custody import provider

PACKAGES = "servicechain-ha:packages"
SECRET = secrets.token_hex(32)
"""A key in the settings."""


@pytest.fixture(scope="module")
def cloud() -> Iterator[Moto]:
    with moto() as running:
        yield running


@pytest.fixture
def key(cloud: Moto) -> str:
    """Make a key; return the URL of the provider."""
    client = cloud.client("kms")
    made = client.create_key()["KeyMetadata"]["KeyId"]
    client.close()
    return f"awskms://{made}?region={cloud.region}"


@pytest.fixture
def clone(tmp_path: Path, cloud: Moto) -> Clone:
    return Clone(tmp_path / "clone", environment=cloud.environment)


def export(clone: Clone, name: str = "s", *, clear: bool = False) -> str:
    options = ["--show-secrets"] if clear else []
    ended = clone.pulumi("stack", "export", "--stack", name, *options)
    assert ended.returncode == 0, ended.stderr
    if clear:
        del clone.said[-2:]  # that is what was asked for
    return ended.stdout


def states(clone: Clone) -> str:
    """Return all that is in the folder of the states, backups and history too."""
    files = [one for one in (clone.folder / ".state/.pulumi").rglob("*") if one.is_file()]
    assert files
    return "".join(one.read_text(errors="replace") for one in files)


def test_a_new_stack_goes_through_its_life_with_a_key_of_kms(clone: Clone, key: str) -> None:
    settings = clone.configure("s")
    before = settings.read_text()
    clone.ok("toolchain/stack", "preview", "s", SECRETS_PROVIDER=key)
    assert provider(json.loads(export(clone))) == key
    clone.ok("toolchain/stack", "up", "s")  # it need not be given again
    outputs = clone.ok("toolchain/stack", "outputs", "s")
    assert "[secret]" in outputs
    assert provider(json.loads(export(clone))) == key
    assert settings.read_text() == before
    secrets = clone.secrets("s")
    assert secrets[1] in export(clone, clear=True)
    assert clone.leaks(secrets, states(clone)) == []
    assert clone.arguments
    clone.ok("toolchain/stack", "down", "s")


def test_the_settings_can_name_the_provider(clone: Clone, key: str) -> None:
    settings = clone.configure("s", {"secretsprovider": key})
    before = settings.read_text()
    clone.ok("toolchain/stack", "preview", "s")
    first = json.loads(export(clone))["deployment"]["secrets_providers"]
    clone.ok("toolchain/stack", "refresh", "s")
    assert provider({"deployment": {"secrets_providers": first}}) == key
    assert json.loads(export(clone))["deployment"]["secrets_providers"] == first, "a new data key in each run"
    assert settings.read_text() == before


def test_what_is_no_provider_makes_no_stack(clone: Clone) -> None:
    clone.configure("s")
    for url in ("awskms://", "s3://bucket", "nonsense", "$(id)"):
        ended = clone.stack("up", "s", SECRETS_PROVIDER=url)
        assert ended.returncode == 1
        assert PROVIDER_UNKNOWN.code in ended.stderr
    assert not list((clone.folder / ".state").rglob("s.json"))


def test_a_stack_is_given_another_provider_and_back(clone: Clone, key: str) -> None:
    settings = clone.configure("s")
    before = settings.read_text()
    clone.ok("toolchain/stack", "up", "s")
    held = export(clone, clear=True)
    ended = clone.stack("preview", "s", SECRETS_PROVIDER=key)
    assert ended.returncode == 1
    assert OTHER_PROVIDER.code in ended.stderr
    clone.ok("toolchain/stack", "rekey", "s", SECRETS_PROVIDER=key)
    assert provider(json.loads(export(clone))) == key
    assert resources(export(clone, clear=True)) == resources(held)
    (clone.folder / ".state/passphrase").write_text("another one: it is not needed any more")
    clone.ok("toolchain/stack", "preview", "s", "--expect-no-changes")
    assert settings.read_text() == before, "settings without secrets need not change"
    clone.ok("toolchain/stack", "rekey", "s", SECRETS_PROVIDER="passphrase")
    assert provider(json.loads(export(clone))) == "passphrase"
    assert resources(export(clone, clear=True)) == resources(held)
    ended = clone.stack("rekey", "s", SECRETS_PROVIDER="passphrase")
    assert (ended.returncode, OTHER_PROVIDER.code in ended.stderr) == (1, True)
    assert "encrypted" in states(clone)
    assert clone.leaks(clone.secrets("s"), states(clone)) == []


def resources(export: str) -> object:
    return json.loads(export)["deployment"]["resources"]


@pytest.mark.nightly
def test_secrets_in_the_settings_come_along(clone: Clone, key: str) -> None:
    settings = clone.configure("s")
    clone.ok("toolchain/stack", "preview", "s")
    clone.set_secret("s", "servicechain-ha:bridge.parentOwnerKey", SECRET)
    salted = yaml.safe_load(settings.read_text())
    assert "encryptionsalt" in salted
    clone.ok("toolchain/stack", "rekey", "s", SECRETS_PROVIDER=key)
    rekeyed = yaml.safe_load(settings.read_text())
    assert "encryptionsalt" not in rekeyed
    assert rekeyed["secretsprovider"] == key
    assert rekeyed["encryptedkey"]
    assert SECRET in clone.ok("toolchain/run", "pulumi", "config", "--show-secrets", "--json", "--stack", "s")
    del clone.said[-2:]
    text = settings.read_text()
    clone.ok("toolchain/stack", "up", "s")
    assert settings.read_text() == text
    assert provider(json.loads(export(clone))) == key
    assert clone.leaks([SECRET, *clone.secrets("s")], states(clone), text) == []


def test_the_way_back_of_a_rollback_comes_along(clone: Clone, key: str) -> None:
    machines = {name: value for name, value in example("existing").items() if name in ("target", "existing")}
    machines["existing"]["hosts"]["scn-4"].pop("sudo")  # a host of the daemon downloads nothing
    settings = clone.configure(
        "s", **machines, packages={one: {"sha256": "ab" * 32, "version": "v1.0.3"} for one in ("ken", "kscn")}
    )
    clone.ok("toolchain/run", "pulumi", "stack", "init", "s")
    first, second = ({program: f"https://h/{program}-{v}?{SECRET}" for program in ("ken", "kscn")} for v in "12")
    for urls in (first, {"ken": second["ken"]}):
        for program, url in urls.items():
            clone.set_secret("s", f"{PACKAGES}.{program}.url", url)
        if urls is first:
            clone.ok("toolchain/stack", "up", "s")
    clone.ok("toolchain/stack", "rekey", "s", SECRETS_PROVIDER=key)
    (clone.folder / ".state/passphrase").write_text("another one: it is not needed any more")

    done = clone.stack("rollback", "s")
    assert lines(done.stderr, STACK_NOT_UP), done.stderr  # the last step, after its up
    held = clone.folder / ".state/s"
    options = ["--config-file", ".state/s/rollback.yaml", "--show-secrets", "--json", "--stack", "s"]
    back = json.loads(clone.ok("toolchain/run", "pulumi", "config", *options))[PACKAGES]["objectValue"]
    del clone.said[-2:]
    assert {program: told["url"] for program, told in back.items()} == first
    now, then = (yaml.safe_load(one.read_text())["config"][PACKAGES] for one in (settings, held / "healthy.yaml"))
    assert now["kscn"] == then["kscn"], "it is the same archive"
    assert now["ken"] != then["ken"]
    texts = [one.read_text() for one in (settings, *held.iterdir()) if one.name != "identity-seed"]
    assert clone.leaks([SECRET], *texts) == []


def test_a_key_that_cannot_be_used_leaves_everything_as_it_was(clone: Clone, cloud: Moto) -> None:
    settings = clone.configure("s")
    clone.ok("toolchain/stack", "preview", "s")
    before = settings.read_text(), json.loads(export(clone))
    url = f"awskms://alias/nobody?region={cloud.region}"
    ended = clone.stack("rekey", "s", SECRETS_PROVIDER=url)
    assert ended.returncode == 1
    assert REKEY_FAILED.code in ended.stderr
    assert (settings.read_text(), json.loads(export(clone))) == before
