"""What the scripts of the toolchain say when they stop: a sentence with its code, as the program does."""

import os
import subprocess
from pathlib import Path

import pytest

from components.domain.problems.operations import CALLED_WRONGLY
from components.domain.problems.problem import Problem
from components.domain.problems.setup import FILE_MISSING

ROOT = Path(__file__).resolve().parents[3]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", ["it is lost", "it is lost:\n  because\n  of this", "it\nis [x] 100 %s"])
def test_a_script_marks_its_words_as_the_program_does(words: str) -> None:
    problem = Problem(899, "It is lost", "It was there.", "Find it.")
    done = run("bash", "-c", 'source toolchain/lib.sh; fail "$@"; echo more', "-", problem.code, *words.split(" "))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: {problem(words)}\n"


@pytest.mark.parametrize("command", [("up",), ("fly", "no-such-stack")])
def test_a_wrong_call_names_the_verbs(command: tuple[str, ...]) -> None:
    done = run("toolchain/stack", *command)
    assert done.returncode == 1
    assert CALLED_WRONGLY.code in done.stderr
    assert "up|preview|refresh" in done.stderr


def test_everything_that_setup_misses_is_told_at_once() -> None:
    done = run("toolchain/setup", PULUMI_COMMAND_PLUGIN="/nowhere/plugin", BRIDGE_ARTIFACT="/nowhere/Bridge.json")
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if FILE_MISSING.code in line]
    assert [line.split()[1:4] for line in told] == [
        ["PULUMI_COMMAND_PLUGIN", "is", "/nowhere/plugin,"],
        ["BRIDGE_ARTIFACT", "is", "/nowhere/Bridge.json,"],
    ]
    assert all(line.startswith("error: ") for line in told)
