"""A clone of this checkout for the toolchain's commands, with settings, state and Pulumi home of its own.

Its program is short (tests/engine/small) unless another one is given. Code and tools are links to this checkout.
"""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from components.domain.seed import derive
from components.settings.sentences import NAMESPACE
from tests.stack import ROOT, settings

LINKED = (".build", "components", "docs", "policy", "Pulumi.yaml")
UNTRACKED = (".git", ".build", ".state", "__pycache__", ".*_cache", ".hypothesis")
SMALL = Path(__file__).resolve().parent / "small/__main__.py"


def copied(folder: Path) -> None:
    """Make a folder with all that Git tracks in this checkout, and nothing that commands have made."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*UNTRACKED), symlinks=True)


class Clone:
    """One clone, and what its commands print."""

    def __init__(self, folder: Path, program: Path = SMALL, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        # Not a link: Python would find the toolchain's own folder behind it, and the shell this checkout.
        (folder / "toolchain").mkdir()
        for one in (ROOT / "toolchain").iterdir():
            (folder / "toolchain" / one.name).symlink_to(one)
        (folder / "__main__.py").write_text(program.read_text())
        home = folder / "home"
        home.mkdir()
        users = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        (home / "plugins").symlink_to(users / "plugins")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "AWS_"))}
        self.env = {**kept, **(environment or {}), "PULUMI_HOME": str(home), "PULUMI_SKIP_UPDATE_CHECK": "true"}
        self.env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
        self.said: list[str] = []
        """All that commands printed."""
        self.arguments: set[str] = set()
        """Command lines of this machine that were seen while commands ran."""

    def configure(self, name: str, top: Mapping[str, Any] | None = None, **changed: Any) -> Path:
        """Write the settings of a stack, with keys beside `config`; return the file."""
        config = {f"{NAMESPACE}:{key}": value for key, value in settings(**changed).items()}
        config.setdefault(f"{NAMESPACE}:identitySeedFile", f".state/{name}/identity-seed")
        file = self.folder / f"Pulumi.{name}.yaml"
        file.write_text(yaml.safe_dump({**(top or {}), "config": config}))
        return file

    def stack(self, verb: str, name: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Do what make does after setup."""
        return self.run("toolchain/stack", verb, name, *options, **environment)

    def pulumi(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run plain Pulumi, as in make shell."""
        return self.run("toolchain/run", "pulumi", "--non-interactive", *options, **environment)

    def start(self, verb: str, name: str, *options: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Begin a command in a session of its own. What it prints is lost: plugins of a killed run keep a pipe open."""
        return subprocess.Popen(
            ["toolchain/stack", verb, name, *options],
            env={**self.env, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self, *command: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone. `typed` is its standard input."""
        with self._watched():
            ended = subprocess.run(
                command,
                env={**self.env, **environment},
                cwd=self.folder,
                input=typed,
                capture_output=True,
                text=True,
                check=False,
            )
        self.said += [ended.stdout, ended.stderr]
        return ended

    def ok(self, *command: str, typed: str = "", **environment: str) -> str:
        """Run a command that has to succeed; return its standard output."""
        ended = self.run(*command, typed=typed, **environment)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def set_secret(self, name: str, path: str, value: str, **environment: str) -> None:
        """Set a secret of a stack's settings as a user should: not in a command line."""
        option = ["--secret", "--path", path, "--stack", name]
        self.ok("toolchain/run", "pulumi", "config", "set", *option, typed=value, **environment)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,))
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _watch(self, done: threading.Event) -> None:
        while not done.wait(0.2):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.arguments.add(file.read_text(errors="replace").replace("\0", " "))
                except OSError:
                    continue  # it has ended

    def secrets(self, name: str) -> list[str]:
        """Return what nobody may see of a stack with a seed of its own."""
        seed = (self.folder / f".state/{name}/identity-seed").read_text()
        return [seed, derive(seed, "node/alpha-en"), derive(seed, "operator/scn-1/child"), derive(seed, "owner/parent")]

    def leaks(self, secrets: list[str], *more: str) -> list[str]:
        """Return where a secret is found: in what was printed, in command lines, and in more texts."""
        texts = {"printed": self.said, "arguments": [*self.arguments], "elsewhere": [*more]}
        return [where for where, found in texts.items() if any(one in text for one in secrets for text in found)]
