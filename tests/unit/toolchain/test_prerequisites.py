"""The browser in which tests look at the status page: installed for tests, where possible, and for nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.toolchain.test_status_page import BROWSERS

ROOT = Path(__file__).resolve().parents[3]
APT = ["apt-get update", "apt-get install --yes --no-install-recommends chromium"]
SCRIPT = """
source toolchain/lib.sh
for step in choices prerequisites; do source "$TOOLS/steps/$step.sh"; done
BROWSERS=("${BROWSERS[@]/%/-of-this-test}")
needs_nodes() { false; }
needs_go() { false; }
can_install() { [[ $CAN_INSTALL == yes ]]; }
require_prerequisites
say goes on
"""


def installed(folder: Path, setup: str, *, can: bool = True, apt: int = 0, there: str = "") -> tuple[list[str], str]:
    """Return what apt-get was called with, and what was said. `there`: a browser on PATH. Setup goes on in any case."""
    shutil.copytree(ROOT / "toolchain/steps", folder / "toolchain/steps")
    shutil.copy(ROOT / "toolchain/lib.sh", folder / "toolchain")
    programs, calls = folder / "bin", folder / "calls"
    programs.mkdir()
    calls.touch()
    for name in ("apt-get", "systemctl", *([f"{there}-of-this-test"] if there else [])):
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@" >>{calls}\nexit {apt}\n')
        (programs / name).chmod(0o755)
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "SETUP": setup}
    env["CAN_INSTALL"] = "yes" if can else "no"
    done = subprocess.run(["bash", "-c", SCRIPT], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1:]) == (0, ["==> goes on"]), done.stderr
    return calls.read_text().splitlines(), done.stderr


def test_tests_get_a_browser(tmp_path: Path) -> None:
    assert installed(tmp_path, "tests")[0] == APT


@pytest.mark.parametrize("name", BROWSERS)
def test_one_that_is_there_is_used(tmp_path: Path, name: str) -> None:
    assert installed(tmp_path, "tests", there=name)[0] == []


@pytest.mark.parametrize("setup", ["", "preview"])
def test_nothing_else_gets_one(tmp_path: Path, setup: str) -> None:
    assert installed(tmp_path, setup)[0] == []


def test_who_may_not_install_is_not_refused(tmp_path: Path) -> None:
    calls, said = installed(tmp_path, "tests", can=False)
    assert (calls, said) == ([], "==> goes on\n")


def test_tests_run_without_one_that_cannot_be_installed(tmp_path: Path) -> None:
    calls, said = installed(tmp_path, "tests", apt=1)
    assert calls == APT[:1]
    assert "chromium" in said.splitlines()[-2]


@pytest.mark.parametrize(
    ("target", "setup"),
    [
        *((target, "SETUP=tests toolchain/setup") for target in ("test", "check", "nightly", "durations")),
        *((target, "SETUP= toolchain/setup dev") for target in ("up", "status", "drill")),
        *((target, "SETUP= toolchain/setup") for target in ("setup", "docs", "bench")),
    ],
)
def test_which_command_of_make_runs_them(target: str, setup: str) -> None:
    command = ["make", "--dry-run", "--no-print-directory", target, "STACK=dev"]
    env = {name: value for name, value in os.environ.items() if name not in ("SETUP", "MAKEFLAGS", "MAKELEVEL")}
    said = subprocess.check_output(command, cwd=ROOT, text=True, env=env)
    assert said.splitlines()[0].strip() == setup
