"""A snapshot to begin with is for single ENs and SCNs, and not together with an archive of chain data."""

from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import UNKNOWN_KEY, UNNEEDED_KEY, WRONG_FORM
from components.topology.checks.configuration import read
from components.topology.machines import machines
from tests.unit.samples import Raw, aws_raw, kairos_raw, problems, tells

SNAPSHOT = "snap-0123456789abcdef0"
GIVEN = {"dataSnapshot": SNAPSHOT}
ARCHIVE = {"url": "https://archives.example.org/chaindata.tar.gz", "sha256": "ab" * 32}
PAIRS = [{"name": "pair-1", "scn": "scn-1"}, {"name": "pair-2", "scn": "scn-2"}]


def of_pair(role: str) -> list[dict[str, Any]]:
    return [{**PAIRS[0], "machines": {role: GIVEN}}, PAIRS[1]]


@pytest.mark.parametrize(
    ("config", "machine"),
    [
        (aws_raw(aws__machines={"scn-2": GIVEN}), "scn-2"),
        (aws_raw(aws__machines={"pair-2-en": GIVEN}), "pair-2-en"),
        (aws_raw(pairs=of_pair("scn")), "scn-1"),
        (aws_raw(pairs=of_pair("en")), "pair-1-en"),
    ],
)
def test_one_machine_begins_with_it(config: Raw, machine: str) -> None:
    found = {one.name: one.size.data_snapshot for one in machines(read(config))}
    assert {name for name, snapshot in found.items() if snapshot} == {machine}
    assert found[machine] == SNAPSHOT


def with_archive(**changes: Any) -> Raw:
    config = kairos_raw(**changes)
    return {**config, "packages": {**config["packages"], "chaindata": ARCHIVE}}


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (aws_raw(aws__scn=GIVEN), "aws.scn.dataSnapshot", UNKNOWN_KEY, ""),
        (aws_raw(aws__en=GIVEN), "aws.en.dataSnapshot", UNKNOWN_KEY, ""),
        (aws_raw(aws__machines={"parent": GIVEN}), "aws.machines.parent.dataSnapshot", UNNEEDED_KEY, "ENs and SCNs"),
        (
            aws_raw(aws__machines={"scn-1": {"dataSnapshot": "vol-0123456789abcdef0"}}),
            "aws.machines.scn-1.dataSnapshot",
            WRONG_FORM,
            "vol-",
        ),
        (
            with_archive(aws__machines={"pair-1-en": GIVEN}),
            "aws.machines.pair-1-en.dataSnapshot",
            UNNEEDED_KEY,
            "packages.chaindata",
        ),
        (with_archive(pairs=of_pair("en")), "pairs[0].machines.en.dataSnapshot", UNNEEDED_KEY, "packages.chaindata"),
    ],
)
def test_what_cannot_be_is_refused(config: Raw, path: str, problem: Problem, value: str) -> None:
    assert tells(problems(config), (path, problem, value))


def test_an_archive_for_ens_does_not_hinder_an_scn() -> None:
    assert read(with_archive(aws__machines={"scn-1": GIVEN}))


def test_sizes_of_a_machine_with_a_snapshot_are_checked_too() -> None:
    (found,) = problems(aws_raw(aws__machines={"scn-1": {**GIVEN, "throughput": 1000}}))
    assert "iops 4000" in found
