"""`make up` and `make refresh` after a run that was killed. With the real Pulumi, and a stack that nothing is said of.

An up ends with the settings that it misses, which is as far as it gets without a lock in its way.
"""

import json
import os
import platform
import subprocess

from components.domain.problems.operations import MAYBE_IN_THE_CLOUD, STACK_LOCKED
from components.domain.problems.settings import MISSING_KEY
from tests.engine.empty_stack import PROJECT, Empty
from tests.run import lines

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
