"""The start of a program without systemd, in a real shell."""

import subprocess
import sys
from pathlib import Path

from components.watch.monitor import process_commands
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.programs import Watcher

NAMELESS = """
import ctypes, pathlib, time
begin, end = map(int, pathlib.Path("/proc/self/stat").read_text().rpartition(")")[2].split()[45:47])
ctypes.memset(begin, 0, end - begin)
time.sleep(60)
"""
"""A program whose command line cannot be read, as for a moment while a process becomes another program."""


def started(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Start a program that runs this code, and stop it."""
    folder = MonitoringFolder(str(tmp_path))
    command = (sys.executable, "-c", f"{code}\n# {folder.path}/")
    scripts = process_commands.scripts(Watcher("exporter", "", command, None, folder.textfiles, every=15), folder)
    subprocess.run(["sh"], input=scripts["prepare"], text=True, check=True)
    done = subprocess.run(["sh"], input=scripts["start"], capture_output=True, text=True, check=False)
    pid = Path(folder.pid("exporter")).read_text().strip()
    subprocess.run(["kill", "-KILL", pid], capture_output=True, check=False)
    return done


def test_a_program_whose_command_line_cannot_be_read_has_not_ended(tmp_path: Path) -> None:
    done = started(tmp_path, NAMELESS)
    assert (done.returncode, done.stderr) == (0, "")


def test_one_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    done = started(tmp_path, "raise SystemExit('there is no console')")
    assert (done.returncode, done.stderr.strip()) == (1, "there is no console")
