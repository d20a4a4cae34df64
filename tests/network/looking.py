"""`make status` on a stack, as its command after setup, also while something else is done to the stack."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from components.chain.rpc.waiting import repeated
from components.watch.report import Report
from tests.stack import ROOT, Stack


@dataclass(frozen=True)
class Look:
    """What was seen once."""

    report: Report
    seconds: float
    """Of the whole command, with the export of the state."""
    locked: bool
    """Whether a run had the stack locked all the time."""


def look(stack: Stack) -> Look:
    """Look at a stack; its exit status has to be that of the verdict, and nothing may go wrong."""
    command = ["toolchain/stack", "status", stack.name, "--json"]
    env = {**os.environ, **stack.environment}
    begin, before = time.monotonic(), _locks(stack)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begin
    assert done.stderr == ""
    found = Report.model_validate_json(done.stdout)
    assert done.returncode == found.verdict.exit_code
    return Look(found, seconds, bool(before & _locks(stack)))


def _locks(stack: Stack) -> set[str]:
    return {file.name for file in (stack.folder / "state/.pulumi/locks").rglob("*.json")}


@contextmanager
def looked_at(stack: Stack) -> Iterator[list[Look]]:
    """Look every few seconds while the block runs. Runs in there write their state at each step, as a user's do."""
    looks: list[Look] = []
    workspace = stack.automation.workspace
    former, workspace.env_vars = workspace.env_vars, {**workspace.env_vars, "PULUMI_SKIP_CHECKPOINTS": "false"}
    try:
        with repeated(lambda: looks.append(look(stack)), pause=3):
            yield looks
    finally:
        workspace.env_vars = former
    for one in looks:
        verdict = one.report.verdict
        print(f"{one.seconds:.1f} s: {verdict.level}, unfinished: {one.report.unfinished}: {verdict.text}")
