"""An edit that would stop or replace machines of two pairs in one run is refused, with the edit to make instead."""

from collections.abc import Mapping

import pytest

from components.domain.problems.aws.account import STOPS_PAIRS
from components.topology.checks.configuration import read
from components.topology.checks.stops import Live, problems
from components.topology.machines import machines
from tests.unit.samples import Raw, aws_raw, says

PAIRS = [{"name": "alpha", "scn": "scn-1"}, {"name": "beta", "scn": "scn-2"}]
OLD, NEW = "m6i.xlarge", "m6i.2xlarge"
KEY, OTHER, EBS = (
    f"arn:aws:kms:ap-northeast-2:123456789012:key/{digit * 8}-0000-1111-2222-333344445555" for digit in "abc"
)
NAMES = ("parent", "scn-1", "scn-2", "scn-3", "scn-4", "alpha-en", "beta-en")


def found(config: Raw, live: Mapping[str, Live] | None = None, *, down: tuple[str, ...] = ()) -> list[str]:
    """Return the problems of an edit; all machines but those that are down run as the defaults have them."""
    settings = read({**config, "pairs": config.get("pairs") or PAIRS})
    running = {name: Live(OLD, public_address=False, root_key=EBS) for name in NAMES if name not in down}
    running |= live or {}
    assert settings.aws
    said = problems(machines(settings), running, settings.aws.kms_key)
    return [one.removeprefix("servicechain-ha:") for one in said]


def edited(**changes: object) -> Raw:
    return aws_raw(pairs=PAIRS, **changes)


def test_what_changes_nothing_is_not_refused() -> None:
    assert found(edited()) == []
    assert found(edited(aws__en={"dataGib": 500, "iops": 4000}, aws__scn__throughput=250)) == []


@pytest.mark.parametrize(
    ("config", "path", "names"),
    [
        (edited(aws__en__instanceType=NEW), "aws.en.instanceType", ("alpha-en", "beta-en")),
        (edited(aws__scn__instanceType=NEW), "aws.scn.instanceType", ("scn-1", "scn-2", "scn-3", "scn-4")),
        (edited(aws__en__publicAddress=True), "aws.en.publicAddress", ("alpha-en", "beta-en")),
        (edited(aws__kmsKey=KEY), "aws.kmsKey", NAMES),
        (edited(aws__scn__kmsKey=KEY), "aws.scn.kmsKey", ("scn-1", "scn-2", "scn-3", "scn-4")),
        (edited(aws__machines={"alpha-en": {"instanceType": NEW}, "scn-3": {"kmsKey": KEY}}), "aws.", ("alpha-en",)),
    ],
)
def test_machines_of_two_pairs_are_not_stopped_in_one_run(config: Raw, path: str, names: tuple[str, ...]) -> None:
    (said,) = found(config)
    assert said.startswith(path)
    assert STOPS_PAIRS.code in said
    assert all(name in said for name in names)


def test_the_edit_to_make_instead_is_told() -> None:
    (said,) = found(edited(aws__en__instanceType=NEW))
    assert says(said, "aws.en.instanceType", STOPS_PAIRS, "aws.machines.alpha-en.instanceType")
    assert all(word in said for word in (OLD, NEW))


@pytest.mark.parametrize(
    "config",
    [
        edited(aws__machines={"scn-3": {"instanceType": NEW}}),
        edited(aws__machines={"beta-en": {"publicAddress": True}, "scn-2": {"instanceType": NEW}}),  # one pair
        edited(aws__validator__instanceType=NEW),
    ],
)
def test_the_machines_of_one_pair_are(config: Raw) -> None:
    assert found(config) == []


def test_machines_that_do_not_run_are_not_stopped() -> None:
    assert found(edited(aws__en__instanceType=NEW), down=("alpha-en",)) == []


def test_each_step_from_pair_to_pair_passes_and_so_does_the_last() -> None:
    done = Live(NEW, public_address=False, root_key=EBS)
    second = edited(aws__machines={"alpha-en": {"instanceType": NEW}, "beta-en": {"instanceType": NEW}})
    assert found(second, {"alpha-en": done}) == []
    assert found(edited(aws__en__instanceType=NEW), {"alpha-en": done, "beta-en": done}) == []


@pytest.mark.parametrize(("key", "has", "count"), [(KEY, KEY, 0), (OTHER, KEY, 1), (None, KEY, 0), (OTHER, None, 0)])
def test_a_root_disk_that_has_the_key_is_left(key: str | None, has: str | None, count: int) -> None:
    """Without a key in the settings, the official provider leaves the disk as it is. None: it is not known."""
    live = {name: Live(OLD, public_address=False, root_key=has) for name in NAMES}
    assert len(found(edited(aws__kmsKey=key), live)) == count
