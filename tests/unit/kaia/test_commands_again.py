"""Commands that run a second time, after a run that was killed or lost its connection."""

import subprocess
import time
from pathlib import Path

import pytest

from components.kaia import host_commands
from components.kaia.host_commands import alone
from components.kaia.layout import Layout
from tests.unit.kaia.archives import pack


@pytest.fixture
def at(tmp_path: Path) -> Layout:
    """Return a layout with a package that has not arrived yet."""
    (tmp_path / "srv").mkdir()
    return Layout(str(tmp_path / "srv"), pack(tmp_path))


def shell(command: str, language: str = "sh") -> subprocess.CompletedProcess[str]:
    return subprocess.run([language, "-c", command], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("language", ["sh", "bash"])
def test_a_command_waits_for_itself(at: Layout, language: str) -> None:
    log = Path(at.root) / "log"
    command = alone(at, f"echo begin >>{log}\nsleep 0.3\necho end >>{log}\nexit 3")
    running = [subprocess.Popen([language, "-c", command]) for _ in range(3)]
    assert [process.wait(10) for process in running] == [3, 3, 3]
    assert log.read_text() == "begin\nend\n" * 3


def test_a_started_process_does_not_hold_the_lock(at: Layout) -> None:
    """A node runs for months."""
    begin = time.monotonic()
    command = alone(at, "setsid sleep 8 </dev/null >/dev/null 2>&1 &")
    assert [shell(command).returncode for _ in range(2)] == [0, 0]
    assert time.monotonic() - begin < 7


def test_a_command_that_cannot_get_the_lock_says_why(at: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_commands, "ALONE_SECONDS", 0)
    with subprocess.Popen(["sh", "-c", alone(at, "echo here; exec sleep 1")], stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        done = shell(alone(at, "true"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "what an earlier run began on this machine still runs there after 0 s; run again later\n"
