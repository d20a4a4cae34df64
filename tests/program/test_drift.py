"""What a plan shows after a refresh that found drift on a host: the commands of those files, and the node."""

from copy import deepcopy

import pytest

from tests.program.mocked import made, run
from tests.program.program import Program
from tests.program.stacks import aws

DRIFT = {"main-bridges.json": "it was edited", "genesis.json": "it is missing"}


@pytest.fixture(scope="module")
def before() -> Program:
    return made(aws(2))


def drifted(program: Program, node: str, **drift: str) -> Program:
    """Return the program with what a refresh found in its state."""
    found = deepcopy(program)
    found.held["NodeFiles", node]["drift"] = drift
    return found


def test_files_that_drifted_are_written_again_and_their_node_is_restarted(before: Program) -> None:
    state = drifted(before, "scn-1", **DRIFT)
    after = run(aws(2), before=state)
    assert before.touched_by(after) == {
        ("NodeFiles", "scn-1"),
        ("Command", "scn-1-main-bridges.json"),
        ("Command", "scn-1-genesis.json"),
        ("RunningNode", "scn-1"),
        ("UpdatedNode", "scn-1"),
    }
    written = [one.one("Command", "scn-1-main-bridges.json").inputs for one in (before, after)]
    assert written[1]["triggers"] == [*written[0]["triggers"], "main-bridges.json again: 1"]
    assert {**written[0], "triggers": 0} == {**written[1], "triggers": 0}
    assert after.touched_by(run(aws(2), before=after)) == set(), "once"


def test_a_file_that_the_node_does_not_read_at_its_start_restarts_nothing(before: Program) -> None:
    after = run(aws(2), before=drifted(before, "scn-1", **{"genesis.json": "it is missing"}))
    assert before.touched_by(after) == {("NodeFiles", "scn-1"), ("Command", "scn-1-genesis.json")}


def test_an_edited_unit_is_written_again(before: Program) -> None:
    after = run(aws(2), before=drifted(before, "pair-1-en", **{"kend.service": "it was edited"}))
    assert before.touched_by(after) == {
        ("NodeFiles", "pair-1-en"),
        ("Command", "pair-1-en-kend.service"),
        ("RunningNode", "pair-1-en"),
        ("UpdatedNode", "pair-1-en"),
        ("UpdatedNode", "scn-1"),  # which has its pair prove itself, and is not restarted
    }


def test_every_file_of_every_node_is_watched(before: Program) -> None:
    written = {
        name: one for name, one in before.of("Command").items() if "stdin" in one.inputs and "umask" in str(one.inputs)
    }
    watched = {
        f"{node}-{name}": file
        for node, one in before.of("NodeFiles").items()
        for name, file in one.inputs["files"].items()
    }
    assert watched.keys() == written.keys()
    for name, file in watched.items():
        command = written[name].inputs["create"]
        assert f"chmod {file['mode']} {file['path']}.new" in command
        assert command.startswith("setpriv --reuid=kaia ") == (file["owner"] == "kaia")
    restarting = {name for name, file in watched.items() if file["restarts"] and name.startswith("scn-1-")}
    assert restarting == {
        f"scn-1-{name}"
        for name in (
            "kscnd.service",
            "nodekey",
            "main-bridges.json",
            "parent-keystore",
            "parent-password",
            "child-keystore",
            "child-password",
        )
    }
