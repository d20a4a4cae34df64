"""A folder in place of a machine, on which a real shell runs the commands for the daemon script."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from components.kaia.daemon_commands import scripts
from components.kaia.layout import Layout
from components.kaia.package import Package
from tests.unit.kaia.archives import arrive


class Machine:
    """A folder in place of a machine, and a process in place of its node."""

    def __init__(self, folder: Path) -> None:
        self.root, self.stubs = folder / "srv", folder / "stubs"
        self.keeps_data, self.opens_console = False, True
        (self.root / "data/logs").mkdir(parents=True)
        self.stubs.mkdir()

    def at(self, package: Package) -> Layout:
        """Return where things are."""
        return Layout(str(self.root), package)

    def run(self, name: str, package: Package) -> subprocess.CompletedProcess[str]:
        """Run one of the commands. A start finds the console of its node at once, or never."""
        text = f"PATH={self.stubs}:$PATH\n" + scripts(self.at(package), keeps_data=self.keeps_data)[name].replace(
            f"[ -S {self.at(package).ipc} ]", "true" if self.opens_console else "false"
        )
        return subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=False)

    def stage(self, package: Package) -> subprocess.CompletedProcess[str]:
        """Let the archive arrive, and unpack it."""
        arrive(self.at(package))
        return self.run("unpack", package)

    def do(self, name: str, package: Package) -> None:
        """Run one of the commands, which must not fail."""
        done = self.stage(package) if name == "unpack" else self.run(name, package)
        assert (done.returncode, done.stderr) == (0, "")

    def renew(self, package: Package) -> None:
        """Stage a package and restart the node."""
        self.do("unpack", package)
        self.do("restart", package)

    def stub(self, name: str, text: str) -> None:
        """Write a script in place of a program."""
        (self.stubs / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.stubs / name).chmod(0o755)

    @property
    def files(self) -> set[str]:
        """Return what is on the machine, but for the data and the calls."""
        return {path.name for path in self.root.iterdir()} - {"data", "calls"}

    @property
    def current(self) -> str:
        """Return what the link names."""
        return str((self.root / "current").readlink())

    @property
    def calls(self) -> list[str]:
        """Return what the daemon scripts did."""
        return (self.root / "calls").read_text().splitlines()

    @property
    def pid(self) -> int:
        """Return the process of the node."""
        return int((self.root / "data/kscnd.pid").read_text())


@contextmanager
def machine_in(folder: Path) -> Iterator[Machine]:
    """Yield a machine whose node ends afterwards."""
    up = Machine(folder)
    yield up
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(up.pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Return whether a process runs."""
    return subprocess.run(["kill", "-0", str(pid)], capture_output=True, check=False).returncode == 0
