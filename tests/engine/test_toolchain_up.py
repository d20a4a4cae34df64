"""`make up` and `make refresh` after a run that was killed. With the real Pulumi, and a stack that nothing is said of.

An up ends with the settings that it misses, which is as far as it gets without a lock in its way.
"""

import json
import os
import platform
import subprocess

import pytest

from components.domain.problems.operations.state import MAYBE_IN_THE_CLOUD, STACK_LOCKED
from components.domain.problems.settings import MISSING_KEY
from tests.engine.empty_stack import PROJECT, Empty
from tests.run import lines
from tests.stack import ROOT

OURS = "pulumi-python:dynamic/servicechain:BridgeContract"
CLOUDS = "aws:ec2/instance:Instance"


def ended() -> int:
    """Return the id of a process that is no more."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def cut_off(empty: Empty, kind: str) -> None:
    """Note in the state that something was being made when the run ended."""
    state = json.loads(empty.checkpoint.read_text())
    urn = f"urn:pulumi:{empty.name}::{PROJECT}::{kind}::begun"
    operation = {"resource": {"urn": urn, "custom": True, "type": kind}, "type": "creating"}
    state["checkpoint"]["latest"]["pending_operations"] = [operation]
    empty.checkpoint.write_text(json.dumps(state))


def pending(empty: Empty) -> bool:
    """Tell whether Pulumi still has something noted."""
    return "pending_operations" in json.loads(empty.checkpoint.read_text())["checkpoint"]["latest"]


def test_up_takes_away_the_lock_of_a_run_that_was_killed_and_forgets_what_it_had_begun(empty: Empty) -> None:
    lock = empty.lock(ended(), platform.node())
    cut_off(empty, OURS)
    done = empty.up()
    assert "removing the lock on" in done.stderr
    assert "completing what it started" in done.stderr
    assert lines(done.stdout + done.stderr, MISSING_KEY, "servicechain-ha:pairs")  # the program has run
    assert not lock.exists()
    assert not pending(empty)


def test_up_leaves_the_lock_of_others_alone(empty: Empty) -> None:
    lock = empty.lock(os.getpid(), platform.node())
    done = empty.up()
    assert done.returncode == 1
    assert STACK_LOCKED.code in done.stderr
    assert f"process {os.getpid()} on {platform.node()}" in done.stderr
    assert lock.exists()


def test_up_keeps_in_mind_what_a_cloud_may_have_made(empty: Empty) -> None:
    cut_off(empty, CLOUDS)
    done = empty.up()
    assert MAYBE_IN_THE_CLOUD.code in done.stderr
    assert f"begun ({CLOUDS})" in done.stderr
    assert pending(empty)


def test_refresh_takes_that_lock_away_too(empty: Empty) -> None:
    empty.lock(ended(), platform.node())
    done = empty.run("toolchain/stack", "refresh", empty.name)
    assert done.returncode == 0, done.stderr


def test_a_refresh_can_be_previewed_and_keeps_the_state(empty: Empty) -> None:
    before = empty.checkpoint.read_bytes()
    done = empty.run("toolchain/stack", "refresh", empty.name, "--preview-only", "--expect-no-changes")
    assert done.returncode == 0, done.stderr
    assert empty.checkpoint.read_bytes() == before


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(("target", "may"), [("aws", True), ('"aws"', True), ("existing", False), ("local", False)])
def test_pulumi_may_download_the_plugin_of_aws_for_a_stack_there(
    empty: Empty, target: str, quote: str, *, may: bool
) -> None:
    settings = ROOT / f"Pulumi.{empty.name}.yaml"
    settings.write_text(f"config:\n  {quote}servicechain-ha:target{quote}: {target}\n")
    # A shell that prints its environment.
    empty.env = {**empty.env, "SHELL": "/usr/bin/env"}
    empty.env.pop("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", None)
    try:
        done = empty.run("toolchain/stack", "shell", empty.name)
    finally:
        settings.unlink()
    assert ("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=false" in done.stdout.splitlines()) == may
