"""A drill whose terminal goes away: a real process with a terminal of its own, and machines in memory."""

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

from tests.stack import ROOT
from tests.unit.toolchain.drill.fakes import state
from toolchain.ops.drill.report import DrillReport

PROGRAM = """
import io, os, sys
from pathlib import Path
import pytest
from tests.unit.toolchain.drill import fakes, test_main

terminal = os.open(sys.argv[1], os.O_RDWR)  # of a session without one: now its own
for stream in (0, 1, 2):
    os.dup2(terminal, stream)
os.close(terminal)

class Machines(fakes.Machines):
    def __call__(self, endpoint, command, seconds):
        told = super().__call__(endpoint, command, seconds)
        if "kill -KILL" in command:
            Path(sys.argv[2]).unlink()
        return told

machines = Machines()
with pytest.MonkeyPatch.context() as patch:
    test_main.in_memory(patch, machines)
    patch.setattr("sys.stdin", io.StringIO(Path(sys.argv[2]).read_text()))
    status = test_main.program.main(sys.argv[4:])
Path(sys.argv[3]).write_text(f"{status} {machines.commands('kill -KILL')} {machines.down}")
os._exit(status)
"""


def test_a_fault_is_undone_when_the_terminal_is_closed(tmp_path: Path) -> None:
    found, ended, file = tmp_path / "state.json", tmp_path / "ended", tmp_path / "drill.json"
    found.write_text(json.dumps(state()))
    ours, its = pty.openpty()
    words = ["dev", "--fault", "en", "--pair", "alpha", "--hold", "300", "--json", str(file)]
    command = [sys.executable, "-c", PROGRAM, os.ttyname(its), str(found), str(ended), *words]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as process:
        try:
            until = time.monotonic() + 60
            while found.exists():  # until the node is killed
                assert time.monotonic() < until
                time.sleep(0.05)
            assert b"en alpha-en: now" in os.read(ours, 1000)
            os.close(its)
            os.close(ours)
            assert process.wait(60) == 1
        finally:
            process.kill()
    assert ended.read_text() == "1 ['alpha-en'] []"
    report = DrillReport.model_validate_json(file.read_text())
    assert (report.interrupted, report.passed) == (True, False)
