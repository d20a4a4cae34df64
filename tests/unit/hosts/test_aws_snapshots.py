"""Which snapshots a data volume cannot be made from, and that a machine with its volume needs none."""

from typing import Any

import pytest

from components.domain.problems.aws.snapshots import UNFIT_SNAPSHOT
from components.hosts.aws.account import snapshots
from components.hosts.aws.account.account import AwsAccount
from components.hosts.aws.tags import Tags
from components.topology.checks.configuration import read
from components.topology.machines import machines
from tests.unit.samples import aws_raw

TAGS, OTHERS = Tags("servicechain-ha", "dev", {}), Tags("servicechain-ha", "other", {})
SNAPSHOT = "snap-0123456789abcdef0"
NEW = {"dataSnapshot": SNAPSHOT}


def tagged(name: str, tags: Tags = TAGS) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.of(name).items()]


def found(**changes: Any) -> dict[str, Any]:
    return {"SnapshotId": SNAPSHOT, "State": "completed", "VolumeSize": 200, "Tags": tagged("scn-1-data"), **changes}


def told(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], there: list[dict[str, Any]], *volumes: list[dict[str, str]]
) -> tuple[list[Any], list[str]]:
    """Return the messages, and what was asked."""
    asked: list[str] = []

    def ask(_: AwsAccount, service: str, operation: str, **parameters: Any) -> Any:
        assert service == "ec2"
        asked.append(operation)
        wanted = parameters["Filters"][0]["Values"]
        if operation == "describe_snapshots":
            return {"Snapshots": [one for one in there if one["SnapshotId"] in wanted]}
        named = [{"Tags": tags} for tags in volumes]
        return {"Volumes": [one for one in named if any(tag["Value"] in wanted for tag in one["Tags"])]}

    monkeypatch.setattr(AwsAccount, "ask", ask)
    wanted = machines(read(aws_raw(aws__machines=given)))
    return [*snapshots.problems(AwsAccount("ap-northeast-2"), wanted, TAGS)], asked


def test_without_a_snapshot_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, {}, []) == ([], [])


def test_a_good_one_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, {"scn-4": NEW}, [found()]) == ([], ["describe_volumes", "describe_snapshots"])


@pytest.mark.parametrize(
    ("machine", "there", "words"),
    [
        ("scn-4", [], "is not in ap-northeast-2"),
        ("scn-4", [found(State="pending")], "is not complete (pending)"),
        ("scn-4", [found(VolumeSize=201)], "write dataGib 201 or more"),
        ("scn-4", [found(Tags=tagged("pair-1-en-data"))], "is of pair-1-en, which has the other chain"),
        ("pair-2-en", [found(VolumeSize=1)], "is of scn-1, which has the other chain"),
    ],
)
def test_an_unfit_one_is_named(
    monkeypatch: pytest.MonkeyPatch, machine: str, there: list[dict[str, Any]], words: str
) -> None:
    (message,), _ = told(monkeypatch, {machine: NEW}, there)
    assert message.codes == (UNFIT_SNAPSHOT.code,)
    assert message.startswith(f"{machine}: its dataSnapshot {SNAPSHOT} ")
    assert words in message


@pytest.mark.parametrize(
    "tags",
    [[], tagged("pair-1-en-data", OTHERS), tagged("gone-en-data"), tagged("parent-data"), tagged("pair-1-en-data")],
)
def test_one_of_the_same_chain_or_of_an_unknown_node_passes(
    monkeypatch: pytest.MonkeyPatch, tags: list[dict[str, str]]
) -> None:
    assert told(monkeypatch, {"pair-2-en": NEW}, [found(VolumeSize=1, Tags=tags)])[0] == []


def test_a_machine_that_has_its_volume_needs_its_snapshot_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    given, volume = {"scn-4": NEW, "scn-3": NEW}, tagged("scn-4-data")
    messages, _ = told(monkeypatch, given, [], volume, tagged("scn-3-data", OTHERS))
    assert [message.partition(":")[0] for message in messages] == ["scn-3"]
    assert told(monkeypatch, {"scn-4": NEW}, [], volume) == ([], ["describe_volumes"])
