"""`make status` while a run writes the state: what cannot be read for a moment is read again. Pulumi is fake.

A script takes the place of toolchain/run: an export fails as often as a file says, and then tells the state.
"""

import os
import subprocess
from pathlib import Path

import pytest

from components.domain.problems.operations.state import NO_STACK
from tests.unit.toolchain.scripts import scripts

ROOT = Path(__file__).resolve().parents[3]
RUN = """#!/usr/bin/env bash
case "$*" in
*"stack export"*)
    echo >>exports
    (($(wc -l <exports) > $(cat failures))) || { cat error >&2; exit 255; }
    echo state
    ;;
*"stack select"*) [[ ! -e no-stack ]] || { echo "error: no stack named 'dev' found" >&2; exit 1; } ;;
*ops.status*) cat ;;
esac
"""
HALF_WRITTEN = "error: failed to load checkpoint: EOF"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    scripts(tmp_path, RUN)
    return tmp_path


def status(checkout: Path, failures: int, error: str) -> tuple[int, str, str, int]:
    """Return exit status, output, errors, and how often the state was read."""
    (checkout / "failures").write_text(str(failures))
    (checkout / "error").write_text(f"{error}\n")
    command = ["toolchain/stack", "status", "dev"]
    done = subprocess.run(command, cwd=checkout, env=os.environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr, (checkout / "exports").read_text().count("\n")


@pytest.mark.parametrize("failures", [0, 1, 3])
def test_a_state_that_is_half_written_is_read_again(checkout: Path, failures: int) -> None:
    assert status(checkout, failures, HALF_WRITTEN) == (0, "state\n", "", failures + 1)


def test_one_that_stays_so_is_told_once(checkout: Path) -> None:
    code, out, err, exports = status(checkout, 100, HALF_WRITTEN)
    assert (out, err) == ("", f"{HALF_WRITTEN}\n")
    assert 3 < exports < 10
    assert code == 0, "of the program, which got nothing; the real one ends with 2"


def test_other_errors_are_told_at_once(checkout: Path) -> None:
    (checkout / "no-stack").touch()
    code, out, err, exports = status(checkout, 100, "error: no stack named 'dev' found")
    assert (code, out, exports) == (2, "", 1)
    assert NO_STACK.code in err
