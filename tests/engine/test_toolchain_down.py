"""`make down` after a run that was killed, and while another one works. With the real Pulumi, and an empty stack."""

import json
import os
import platform
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stack import ROOT

PROJECT = "servicechain-ha"


@dataclass
class Empty:
    """A stack of nothing, in a backend of its own."""

    name: str
    backend: Path
    env: dict[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this checkout on the backend."""
        return subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True, check=False)

    def down(self) -> subprocess.CompletedProcess[str]:
        """Do what make down does after setup."""
        return self.run("toolchain/stack", "down", self.name)

    def lock(self, pid: int, host: str) -> Path:
        """Write down a lock as Pulumi does."""
        folder = self.backend / f".pulumi/locks/organization/{PROJECT}/{self.name}"
        folder.mkdir(parents=True, exist_ok=True)
        lock = folder / "some.json"
        lock.write_text(
            json.dumps({"pid": pid, "username": "root", "hostname": host, "timestamp": "2026-01-01T00:00:00Z"})
        )
        return lock

    @property
    def there(self) -> bool:
        """Tell whether Pulumi knows the stack."""
        return self.checkpoint.exists()

    @property
    def checkpoint(self) -> Path:
        """Return the file of the state."""
        return self.backend / f".pulumi/stacks/{PROJECT}/{self.name}.json"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Empty]:
    """Make it from a folder of its own, so that neither settings nor the selected stack of a user are touched."""
    backend, home = tmp_path / "backend", tmp_path / "home"
    for folder in (backend, home):
        folder.mkdir()
    users = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    (home / "plugins").symlink_to(users / "plugins")
    env = {**os.environ, "PULUMI_HOME": str(home), "PULUMI_BACKEND_URL": backend.as_uri()}
    stack = Empty(f"test-{secrets.token_hex(4)}", backend, {**env, "PULUMI_CONFIG_PASSPHRASE": "p"})
    (tmp_path / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
    made = stack.run("toolchain/run", "pulumi", "-C", str(tmp_path), "stack", "init", stack.name, "--no-select")
    assert made.returncode == 0, made.stderr
    yield stack
    for file in (folder := ROOT / ".state" / stack.name).glob("*"):
        file.unlink()
    if folder.exists():
        folder.rmdir()


def test_down_is_safe_to_run_twice(empty: Empty) -> None:
    first, second = empty.down(), empty.down()
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "nothing to destroy" in second.stderr
    assert not empty.there


def test_down_takes_away_the_lock_of_a_run_that_was_killed(empty: Empty) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    lock = empty.lock(ended.pid, platform.node())
    done = empty.down()
    assert done.returncode == 0, done.stderr
    assert f"process {ended.pid}, which was killed" in done.stderr
    assert not lock.exists()
    assert not empty.there


@pytest.mark.parametrize("host", [platform.node(), "elsewhere"])
def test_down_leaves_the_lock_of_others_alone(empty: Empty, host: str) -> None:
    lock = empty.lock(os.getpid(), host)
    done = empty.down()
    assert done.returncode == 1
    assert f"process {os.getpid()} on {host}" in done.stderr
    assert "pulumi cancel --yes" in done.stderr
    assert lock.exists()
    assert empty.there


def test_down_reads_a_state_beside_which_a_kill_left_an_empty_file(empty: Empty) -> None:
    empty.checkpoint.with_suffix(".json.attrs").write_text("")
    done = empty.down()
    assert done.returncode == 0, done.stderr
    assert not empty.there


def test_down_does_not_take_states_out_of_reach_for_none(empty: Empty) -> None:
    empty.env["PULUMI_BACKEND_URL"] = "file:///nonexistent"
    done = empty.down()
    assert done.returncode == 1
    assert "cannot be looked for" in done.stderr


def test_down_destroys_nothing_of_a_stack_with_anything_protected(empty: Empty) -> None:
    state = json.loads(empty.run("toolchain/run", "pulumi", "stack", "export", "--stack", empty.name).stdout)
    urn = f"urn:pulumi:{empty.name}::{PROJECT}::some:component:Type::precious"
    state["deployment"]["resources"] = [{"urn": urn, "type": "some:component:Type", "custom": False, "protect": True}]
    file = empty.backend / "state.json"
    file.write_text(json.dumps(state))
    loaded = empty.run("toolchain/run", "pulumi", "stack", "import", "--stack", empty.name, "--file", str(file))
    assert loaded.returncode == 0, loaded.stderr
    done = empty.down()
    assert done.returncode == 1
    assert "precious" in done.stderr
    assert empty.there
