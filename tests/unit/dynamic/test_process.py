"""A provider whose engine is gone ends."""

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from components.dynamic import process

ROOT = Path(__file__).resolve().parents[3]
PROVIDER = "from components.dynamic import process; process.watch(0); print(flush=True); import time; time.sleep(60)"


def start(stdin: int) -> "subprocess.Popen[bytes]":
    """Start what watches its standard input, by way of a shell, as Pulumi starts a provider."""
    command = ["sh", "-c", '"$0" -c "$1"; exit 7', sys.executable, PROVIDER]
    return subprocess.Popen(command, cwd=ROOT, stdin=stdin, stdout=subprocess.PIPE)


def test_it_ends_when_nobody_holds_its_standard_input_any_more() -> None:
    with start(subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.read(1) == b"\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.stdin.close()
        assert process.wait(5) == 7


def test_it_ends_at_once_when_the_engine_was_killed_before() -> None:
    end, other = os.pipe()
    os.close(other)
    with start(end) as process:
        os.close(end)
        assert process.stdout
        assert process.stdout.read() == b""
        assert process.wait(5) == 7


def test_it_stays_where_its_standard_input_is_nobodys() -> None:
    with start(subprocess.DEVNULL) as process:
        assert process.stdout
        assert process.stdout.read(1) == b"\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)


def test_what_is_no_provider_of_an_engine_watches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    watched: list[int] = []
    monkeypatch.setattr(process, "watch", watched.append)
    process.end_with_the_engine.__wrapped__()
    assert watched == []
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", find_spec("pulumi.dynamic.__main__"))
    process.end_with_the_engine.__wrapped__()
    assert watched == [process.STDIN]
