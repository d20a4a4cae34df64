"""A preview without seed, owners' keys and passphrase, under the real engine."""

import json
import secrets
import shutil
from pathlib import Path

import pytest
import yaml

from components.domain.problems.setup import MOVED_SEED, NEW_SECRET, PLACEHOLDERS, PUBLIC_STATE, SEEDLESS_UP
from tests.engine.clone import Clone
from tests.stack import ROOT
from tests.state.stacks import LOCAL, PASSPHRASE, path_of

OWNER = secrets.token_hex(32)
PAIRS = [{"name": "alpha", "scn": "scn-1"}, {"name": "beta", "scn": "scn-2"}]
THREE = [*PAIRS, {"name": "gamma", "scn": "scn-3"}]


def known(clone: Clone) -> dict[str, str]:
    """Return the environment of somebody who has everything."""
    return {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE, "PULUMI_BACKEND_URL": f"file://{clone.folder}/.state"}


def forget(clone: Clone) -> None:
    """Leave what somebody who may only preview has: code, settings, and the public state."""
    shutil.rmtree(clone.folder / ".state")
    clone.env["PULUMI_BACKEND_URL"] = "file:///nowhere"
    clone.env["PULUMI_CONFIG_PASSPHRASE"] = "it is not that"


def steps(text: str) -> set[tuple[str, str, tuple[str, ...]]]:
    """Return what a preview would do, in its JSON: to which resources, and for which of their inputs."""
    return {
        (one["op"], one["urn"], tuple(sorted(one.get("diffReasons") or one.get("detailedDiff") or ())))
        for one in json.loads(text)["steps"]
        if one["op"] != "same"
    }


def test_a_stack_with_a_secret_setting(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone")
    settings = clone.configure("s")
    clone.ok("toolchain/run", "pulumi", "stack", "init", "s", **known(clone))
    clone.set_secret("s", "servicechain-ha:bridge.parentOwnerKey", OWNER, **known(clone))
    clone.ok("toolchain/stack", "up", "s", **known(clone))
    file = clone.folder / "public.json"
    clone.ok("toolchain/stack", "public", "s", str(file), **known(clone))
    keys = [*clone.secrets("s"), OWNER]
    assert clone.leaks(keys, file.read_text()) == []
    forget(clone)

    ended = clone.stack("preview", "s", "--expect-no-changes", SEEDLESS=str(file))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert PLACEHOLDERS.code in ended.stdout + ended.stderr
    assert NEW_SECRET.code not in ended.stdout + ended.stderr

    encrypted = settings.read_text()
    told = yaml.safe_load(encrypted.replace("secure: v1:", "secure: v1:x"))
    told["config"]["servicechain-ha:pairs"] = THREE
    settings.write_text(yaml.safe_dump(told))
    shown = clone.stack("preview", "s", "--json", SEEDLESS=str(file))
    assert shown.returncode == 0, shown.stdout + shown.stderr
    made = {urn.rpartition("::")[2] for op, urn, _ in steps(shown.stdout) if op == "create"}
    assert made == {"gamma-en-node", "scn-3-parent-operator", "scn-3-child-operator"}
    assert "the identity of gamma-en" in shown.stdout + shown.stderr
    assert NEW_SECRET.code in shown.stderr

    settings.write_text(encrypted.replace("identitySeedFile: ", "identitySeedFile: other-"))
    ended = clone.stack("preview", "s", SEEDLESS=str(file))
    assert (ended.returncode, MOVED_SEED.code in ended.stderr) == (1, True)

    ended = clone.stack("up", "s", **known(clone), SEEDLESS=str(file))
    assert (ended.returncode, SEEDLESS_UP.code in ended.stderr) == (1, True)
    (clone.folder / "other").write_text("{}")
    ended = clone.stack("preview", "s", SEEDLESS="other")
    assert (ended.returncode, PUBLIC_STATE.code in ended.stderr) == (1, True)
    assert clone.leaks(keys) == []


@pytest.mark.nightly
def test_the_whole_program_on_a_state_of_version_1(tmp_path: Path) -> None:
    """The state is of other archives, so nodes are to change: the same steps are shown with and without secrets."""
    clone = Clone(tmp_path / "clone", ROOT / "__main__.py")
    (clone.folder / "tests").symlink_to(ROOT / "tests")
    seed = str(LOCAL["identitySeed"])
    clone.configure("v1", **{**LOCAL, "identitySeed": None, "identitySeedFile": "seed"})
    (clone.folder / "seed").write_text(seed)
    (clone.folder / "export").write_text(
        path_of("local").read_text().replace("1.1.3", "1.2.1").replace("default_1_1_3", "default_1_2_1")
    )
    clone.ok("toolchain/run", "pulumi", "stack", "init", "v1", **known(clone))
    clone.ok("toolchain/run", "pulumi", "stack", "import", "--stack", "v1", "--file", "export", **known(clone))
    full = steps(clone.ok("toolchain/stack", "preview", "v1", "--json", **known(clone)))
    file = clone.folder / "public.json"
    clone.ok("toolchain/stack", "public", "v1", str(file), **known(clone))
    assert clone.leaks([seed], file.read_text()) == []
    forget(clone)
    (clone.folder / "seed").unlink()
    shown = clone.stack("preview", "v1", "--json", SEEDLESS=str(file))
    assert shown.returncode == 0, shown.stdout[-4000:] + shown.stderr
    assert steps(shown.stdout) == full
    assert any(why for _, _, why in full)
    assert any(urn.endswith("::alpha-en-package") for _, urn, _ in full)
    assert not any("$Account::" in urn or ":Account::" in urn or ":SshKey::" in urn for _, urn, _ in full)
    assert PLACEHOLDERS.code in shown.stdout + shown.stderr
