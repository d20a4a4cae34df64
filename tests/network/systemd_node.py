"""A node on a machine with systemd, brought up by the steps of Node."""

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from eth_keys.datatypes import PrivateKey

from tests.network.systemd_machine import Machine
from tests.network.systemd_steps import ROOT, Step, Wanted, steps

PACKAGES = ROOT / ".build" / "packages"
KEY = "2b" * 32
ADDRESS = PrivateKey(bytes.fromhex(KEY)).public_key.to_checksum_address()
T = TypeVar("T")


@dataclass(frozen=True)
class Running:
    """A node on its machine."""

    machine: Machine
    wanted: Wanted

    @property
    def unit(self) -> str:
        """Return the name of its unit."""
        return f"{self.wanted.program}d.service"

    @property
    def pid(self) -> int:
        """Return the id of the node's process, inside."""
        return int(self.machine.show(self.unit, "MainPID"))

    @property
    def release(self) -> Path:
        """Return the folder of the release that it was last started with."""
        return self.machine.volume / (self.machine.volume / "current").readlink()

    @property
    def runs(self) -> str:
        """Return the name of the release whose program runs."""
        return Path(self.machine.ask(f"readlink /proc/{self.pid}/exe")).parents[1].name

    def head(self) -> int:
        """Return the number of its last block."""
        return int(self.machine.call("eth_blockNumber"), 16)

    def is_killed_and_returns(self) -> int:
        """Kill the process of the node; return the number of its last block once another process answers.

        systemd reports the new process before that has executed the node's program, and long before it answers.
        """
        killed = self.pid
        self.machine.ask(f"kill -9 {killed}")
        until(lambda: self.pid if self.pid not in (0, killed) else None, 90)
        return until(self.head, 60)

    def take(self, step: Step) -> None:
        """Take one step on the machine."""
        if step.source:
            shutil.copy(step.source, self.machine.volume / Path(step.target).name)
            return
        done = self.machine.run(step.command, step.stdin)
        assert done.returncode == 0, f"{step.name}: {done.stdout}{done.stderr}"

    def take_all(self, wanted: Wanted | None = None) -> None:
        """Take all steps, in their order."""
        for step in steps(wanted or self.wanted):
            self.take(step)


def until(probe: Callable[[], T | None], seconds: float) -> T:
    """Wait until there is an answer."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if (found := probe()) is not None:
                return found
        except (OSError, ValueError):  # the socket is not there, or says nothing yet
            pass
        assert time.monotonic() < deadline, "no answer in time"
        time.sleep(0.1)


def archive(program: str) -> Path:
    path = PACKAGES / f"{program}-v1.0.3-linux-amd64.tar.gz"
    if not path.exists():
        pytest.skip(f"{path} is not built; `make setup` builds it")
    return path


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def volume(folder: Path) -> Path:
    path = folder / "volume"
    path.mkdir()
    return path


def brought_up(up: Machine, wanted: Wanted) -> Running:
    running = Running(up, wanted)
    running.take_all()
    return running


def kept(node: Running) -> dict[str, tuple[int, int]]:
    """Return inode and time of what may be made once only, and of a file that the node writes once."""
    data, home = node.machine.volume / "data", node.release
    paths = [home / "bin" / node.wanted.program, home / ".sha256", data / ".initialised", data / "klay/chaindata"]
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}
