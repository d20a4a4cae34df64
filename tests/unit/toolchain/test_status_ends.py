"""`make status ARGS=--watch` in a terminal ends on Ctrl-C and on SIGTERM, and both restore the terminal.

The script that make runs is the real one; another one takes the place of toolchain/run.
"""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.unit.toolchain.scripts import scripts
from tests.unit.toolchain.test_status import LEFT, TAKEN
from tests.unit.watch.samples import export

ROOT = Path(__file__).resolve().parents[3]
RUN = """#!/usr/bin/env bash
case "$*" in
*"stack export"*) cat state ;;
*) shift 3; echo $$ >pid; PYTHONPATH=$REAL exec "$PYTHON" program.py "$@" ;;
esac
"""
PROGRAM = """
import os, sys
from tests.unit.watch.samples import readings
from tests.unit.watch.test_judging import down
from toolchain.ops import status

status.read = lambda *_, **__: readings(**down("alpha-en"))
os._exit(status.main(*sys.argv[1:]))
"""
SECONDS = 30
DEGRADED = 1


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    scripts(tmp_path, RUN)
    (tmp_path / "state").write_text(json.dumps(export()))
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def watched(checkout: Path, number: signal.Signals, whom: str) -> tuple[int, str]:
    """Watch until there is something to see, send a signal; return the exit status and all that was in the terminal."""
    ours, its = pty.openpty()
    env = {**os.environ, "REAL": str(ROOT), "PYTHON": sys.executable, "TERM": "xterm"}
    command = ["toolchain/stack", "status", "dev", "--watch"]
    with subprocess.Popen(
        command, cwd=checkout, env=env, stdin=its, stdout=its, stderr=its, process_group=0
    ) as process:
        os.close(its)
        seen, until = b"", time.monotonic() + SECONDS
        while b"SCH-321" not in seen:
            assert time.monotonic() < until
            seen += os.read(ours, 2**16)
        if whom == "all":
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid if whom == "script" else int((checkout / "pid").read_text()), number)
        try:
            with suppress(OSError):  # EIO, when no process has the terminal any more
                while part := os.read(ours, 2**16):
                    seen += part
                    assert time.monotonic() < until, "it goes on"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            os.close(ours)
    return process.returncode, seen.decode()


@pytest.mark.parametrize(
    ("number", "whom", "code"),
    [
        (signal.SIGINT, "all", DEGRADED),
        (signal.SIGTERM, "program", DEGRADED),
        (signal.SIGTERM, "all", -signal.SIGTERM),
        (signal.SIGTERM, "script", -signal.SIGTERM),  # what make does with the signal
    ],
)
def test_the_terminal_is_given_back(checkout: Path, number: signal.Signals, whom: str, code: int) -> None:
    found, seen = watched(checkout, number, whom)
    before, _, rest = seen.partition(TAKEN)
    _, left, after = rest.partition(LEFT)
    assert (found, before, left, TAKEN in after) == (code, "", LEFT, False)
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l"), "the cursor is shown"
    assert "no further loss can be survived until alpha is back" in after, "the last look stays"
    assert "Traceback" not in seen
