"""`make down` after a run that was killed, and while another one works. With the real Pulumi, and an empty stack."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from components.domain.problems.operations.state import BACKEND_SILENT, INTERRUPTED, STACK_LOCKED, STACK_PROTECTED
from tests.engine.empty_stack import PROJECT, Empty
from tests.stack import ROOT

_SLOW_PULUMI = f"""#!/bin/bash
# Pulumi, of which an update takes long and ends at Ctrl-C as those of Pulumi do: well, if the steps of this moment do.
here=$(dirname "$0")
case " $* " in
*" destroy "* | *" up "*)
    echo began >>"$here/calls"
    trap 'exit STATUS' INT
    touch "$here/begun"
    sleep 30
    ;;
*) exec {shutil.which("pulumi")} "$@" ;;
esac
"""


def test_down_is_safe_to_run_twice(empty: Empty) -> None:
    first, second = empty.down(), empty.down()
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "nothing to destroy" in second.stderr
    assert not empty.there


def test_down_takes_away_the_lock_of_a_run_that_was_killed(empty: Empty) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    lock = empty.lock(ended.pid, platform.node())
    done = empty.down()
    assert done.returncode == 0, done.stderr
    assert f"process {ended.pid}, which was killed" in done.stderr
    assert not lock.exists()
    assert not empty.there


@pytest.mark.parametrize("host", [platform.node(), "elsewhere"])
def test_down_leaves_the_lock_of_others_alone(empty: Empty, host: str) -> None:
    lock = empty.lock(os.getpid(), host)
    done = empty.down()
    assert done.returncode == 1
    assert STACK_LOCKED.code in done.stderr
    assert f"process {os.getpid()} on {host}" in done.stderr
    assert "pulumi cancel --yes" in done.stderr
    assert lock.exists()
    assert empty.there


def test_down_reads_a_state_beside_which_a_kill_left_an_empty_file(empty: Empty) -> None:
    empty.checkpoint.with_suffix(".json.attrs").write_text("")
    done = empty.down()
    assert done.returncode == 0, done.stderr
    assert not empty.there


def test_down_does_not_take_states_out_of_reach_for_none(empty: Empty) -> None:
    empty.env["PULUMI_BACKEND_URL"] = "file:///nonexistent"
    done = empty.down()
    assert done.returncode == 1
    assert BACKEND_SILENT.code in done.stderr
    assert empty.name in done.stderr


def test_down_destroys_nothing_of_a_stack_with_anything_protected(empty: Empty) -> None:
    state = json.loads(empty.run("toolchain/run", "pulumi", "stack", "export", "--stack", empty.name).stdout)
    urn = f"urn:pulumi:{empty.name}::{PROJECT}::some:component:Type::precious"
    state["deployment"]["resources"] = [{"urn": urn, "type": "some:component:Type", "custom": False, "protect": True}]
    file = empty.backend / "state.json"
    file.write_text(json.dumps(state))
    loaded = empty.run("toolchain/run", "pulumi", "stack", "import", "--stack", empty.name, "--file", str(file))
    assert loaded.returncode == 0, loaded.stderr
    done = empty.down()
    assert done.returncode == 1
    assert STACK_PROTECTED.code in done.stderr
    assert "precious" in done.stderr
    assert empty.there


@pytest.mark.parametrize("status", ["0", "255"])
@pytest.mark.parametrize("verb", ["down", "up"])
def test_ctrl_c_ends_a_command_and_keeps_the_state_and_the_seed(
    empty: Empty, tmp_path: Path, verb: str, status: str
) -> None:
    tool = tmp_path / "tool/pulumi"
    tool.parent.mkdir()
    tool.write_text(_SLOW_PULUMI.replace("STATUS", status))
    tool.chmod(0o755)
    (seed := ROOT / ".state" / empty.name / "identity-seed").parent.mkdir()
    seed.write_text("ab" * 32)
    done = empty.interrupted(verb, tool)
    assert (done.returncode, INTERRUPTED.code in done.stderr) == (1, True), done.stderr
    assert tool.with_name("calls").read_text() == "began\n", "it went on after Ctrl-C"
    assert seed.exists()
    assert not seed.with_name("healthy.yaml").exists()
    assert empty.there
