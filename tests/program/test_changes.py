"""What an edit touches, and above all what it leaves alone."""

from typing import Any

import pytest

from tests.program.mocked import made, run
from tests.program.program import Program
from tests.program.stacks import aws, example, section

MACHINE = {"Boot", "Instance", "NetworkInterface", "Volume", "VolumeAttachment", "FirstLogin", "SshKey"}


@pytest.fixture(scope="module")
def before() -> Program:
    return made(aws(2))


def test_nothing_changes_by_itself(before: Program) -> None:
    assert before.touched_by(run(aws(2), before=before)) == set()


def test_a_newer_image_touches_nothing(before: Program) -> None:
    assert before.touched_by(run(aws(2), before=before, image="ami-0fffffffffffffff0")) == set()


def test_a_machine_that_is_added_later_takes_the_newer_image(before: Program) -> None:
    newer = "ami-0fffffffffffffff0"
    after = run(aws(3), before=before, image=newer)
    images = {name: one.inputs["ami"] for name, one in after.of("Instance").items()}
    assert [name for name, image in images.items() if image == newer] == ["pair-3-en-instance"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_pair_that_is_added_anywhere_makes_one_machine(before: Program, place: int) -> None:
    pairs: list[dict[str, Any]] = aws(2)["pairs"]
    pairs.insert(place, {"name": "new", "scn": "scn-3"})
    touched = before.touched_by(run(aws(2, pairs=pairs), before=before))
    assert {name for type_, name in touched if type_ in MACHINE} == {
        "new-en",
        "new-en-boot",
        "new-en-data",
        "new-en-instance",
        "new-en-interface",
        "scn-3-interface",
    }  # fmt: skip - an SCN that joins a pair gets the pair's group


def test_a_pair_that_is_removed_takes_its_own_machine_along() -> None:
    three = run(aws(3))
    pairs = aws(3)["pairs"][1:]
    decided = section(finalSnapshot=False)
    touched = three.touched_by(run(aws(3, pairs=pairs, aws=decided), before=three))
    assert {name for type_, name in touched if type_ == "Instance"} == {"pair-1-en-instance"}
    assert {name for type_, name in touched if type_ == "Volume"} == {"pair-1-en-data"}


@pytest.mark.parametrize("pairs", [{"renamed": "scn-1", "pair-2": "scn-2"}, {"pair-1": "scn-2", "pair-2": "scn-1"}])
def test_a_pair_with_another_name_or_scn_leaves_the_votes_alone(before: Program, pairs: dict[str, str]) -> None:
    others = [{"name": name, "scn": scn} for name, scn in pairs.items()]
    after = run(aws(2, pairs=others, aws=section(finalSnapshot=False)), before=before)
    votes = [{name: one.inputs["operator"] for name, one in of.of("BridgeOperator").items()} for of in (before, after)]
    assert votes[0] == votes[1]
    assert len(votes[0]) == 4


def test_pairs_in_another_order_are_proven_no_second_time(before: Program) -> None:
    touched = before.touched_by(run(aws(2, pairs=aws(2)["pairs"][::-1]), before=before))
    assert touched == {("Resilience", "resilience"), ("Placement", "placement")}, "these only read and compute"


def test_a_larger_disk_is_grown_in_place(before: Program) -> None:
    after = run(aws(2, aws=section(scn={"dataGib": 400})), before=before)
    scns = [f"scn-{i}" for i in range(1, 5)]
    assert before.touched_by(after) == {
        *(("Volume", f"{scn}-data") for scn in scns),
        *(("Command", f"{scn}-data-volume") for scn in scns),  # the file system grows after it
    }


def test_another_size_of_one_pair_touches_one_instance(before: Program) -> None:
    pairs = aws(2)["pairs"]
    pairs[1]["machines"] = {"en": {"instanceType": "m6i.2xlarge"}}
    assert before.touched_by(run(aws(2, pairs=pairs), before=before)) == {("Instance", "pair-2-en-instance")}


def test_a_network_that_may_log_in_is_one_rule(before: Program) -> None:
    ssh = {"from": ["203.0.113.0/24", "198.51.100.0/24"]}
    touched = before.touched_by(run(aws(2, aws=section(ssh=ssh)), before=before))
    assert touched == {
        ("SecurityGroupIngressRule", "bastion-from-198.51.100.0/24-tcp-22"),
        ("VpcSecurityGroupRulesExclusive", "bastion-rules"),
    }


def test_a_zone_that_is_added_moves_nobody() -> None:
    config = example("kairos")
    first = run(config)
    config["aws"]["network"]["zones"] = ["ap-northeast-2b", *config["aws"]["network"]["zones"]]
    touched = first.touched_by(run(config, before=first))
    assert not {name for type_, name in touched if type_ in MACHINE}
    assert ("Subnet", "private-ap-northeast-2b") in touched


@pytest.mark.parametrize("stack", ["dev", "existing"])
def test_a_destroy_of_a_protected_stack_begins_with_nothing(stack: str) -> None:
    program = run({**example(stack), "protection": True})
    needed: set[str] = set()
    for one in program.resources:
        options = one.options
        needed |= {options.get("parent", ""), *options.get("dependencies", [])}
        needed |= {urn for found in options.get("propertyDependencies", {}).values() for urn in found.get("urns", [])}
    # Programs of the monitoring may go: nothing of the bridge needs them, and the next up starts them again.
    first = {
        f"{kind} {one.name}"
        for one in program.resources
        if (kind := one.type.rpartition(":")[2]) != "MonitoringProcess"
        and not one.options.get("protect")
        and not any(urn.endswith(f"{one.type}::{one.name}") for urn in needed)
    }
    assert first <= {"Stack servicechain-ha-test"}
