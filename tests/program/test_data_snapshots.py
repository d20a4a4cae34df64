"""Machines whose data volume is made from a snapshot."""

import pytest

from tests.program.mocked import run, volume_id
from tests.program.program import Program
from tests.program.stacks import aws, section

SNAPSHOT = "snap-0123456789abcdef0"
SCRIPT = "data_snapshot.sh"


@pytest.fixture(scope="module")
def program() -> Program:
    return run(aws(2, aws=section(machines={"scn-4": {"dataSnapshot": SNAPSHOT}})))


def test_its_volume_alone_is_made_from_it(program: Program) -> None:
    made = {name: one.inputs.get("snapshotId") for name, one in program.of("Volume").items()}
    assert {name for name, snapshot in made.items() if snapshot} == {"scn-4-data"}
    assert made["scn-4-data"] == SNAPSHOT


def test_no_edit_of_it_replaces_a_volume(program: Program) -> None:
    for volume in [*program.of("Volume").values(), *run(aws(2)).of("Volume").values()]:
        assert "snapshotId" in volume.options["ignoreChanges"]


def test_what_makes_the_former_node_itself_goes_before_anything_of_the_new_one(program: Program) -> None:
    commands = {name: one for name, one in program.of("Command").items() if SCRIPT in str(one.inputs["create"])}
    assert commands.keys() == {"scn-4-data-volume"}
    text = commands["scn-4-data-volume"].inputs["create"]
    assert text.endswith(f"{SCRIPT} {volume_id('scn-4-data')} {SNAPSHOT} /srv")
    unpack = program.one("Command", "scn-4-unpack")
    assert any(urn.endswith("::scn-4-data-volume") for urn in unpack.options["dependencies"])


def test_nothing_else_is_touched_by_it() -> None:
    before = run(aws(2))
    after = run(aws(2, aws=section(machines={"scn-4": {"dataSnapshot": SNAPSHOT}})), before=before)
    assert before.touched_by(after) == {("Volume", "scn-4-data"), ("Command", "scn-4-data-volume")}
