"""`make lint` as one of the tests, so that it runs beside the others."""

import subprocess

from tests.stack import ROOT


def test_lint() -> None:
    done = subprocess.run(["toolchain/lint"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
