"""A stack of nothing, for what the toolchain does around Pulumi."""

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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

    def interrupted(self, verb: str, tool: Path) -> subprocess.CompletedProcess[str]:
        """Do what make does, with a Pulumi of ours, and press Ctrl-C once the file `begun` beside it exists."""
        env = {**self.env, "PATH": f"{tool.parent}:{self.env['PATH']}"}
        command = ["toolchain/stack", verb, self.name]
        with subprocess.Popen(
            command,
            env=env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as running:
            begun, deadline = tool.with_name("begun"), time.monotonic() + 60
            while not begun.exists() and running.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            os.killpg(running.pid, signal.SIGINT)
            out, err = running.communicate(timeout=60)
        return subprocess.CompletedProcess(command, running.returncode, out, err)

    def up(self) -> subprocess.CompletedProcess[str]:
        """Do what make up does after setup."""
        return self.run("toolchain/stack", "up", self.name)

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


@contextmanager
def empty_stack(tmp_path: Path) -> Iterator[Empty]:
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
