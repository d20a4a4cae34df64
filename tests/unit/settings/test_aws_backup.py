"""What Amazon Data Lifecycle Manager would refuse is refused before, with its key."""

from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import DUPLICATE, OUT_OF_RANGE, UNKNOWN_NAME, UNNEEDED_KEY, WRONG_FORM
from components.settings.sections.aws_options.backup import BackupSettings
from components.topology.checks.configuration import read
from tests.unit.samples import VPC, aws_raw, kairos_raw, problems, tells


def backup(**given: Any) -> BackupSettings:
    aws = read(aws_raw(aws__backup=given)).aws
    assert aws
    assert aws.backup
    return aws.backup


def test_it_is_off_until_it_is_given() -> None:
    aws = read(aws_raw()).aws
    assert aws
    assert aws.backup is None
    assert backup() == BackupSettings(
        roles=["en", "scn"], intervalHours=24, startTime="03:00", keepCount=None, keepDays=None
    )


@pytest.mark.parametrize("hours", range(26))
def test_an_interval_is_one_of_those_of_the_service(hours: int) -> None:
    if hours in {1, 2, 3, 4, 6, 8, 12, 24}:
        assert backup(intervalHours=hours).interval_hours == hours
    else:
        found = problems(aws_raw(aws__backup={"intervalHours": hours}))
        assert tells(found, ("aws.backup.intervalHours", OUT_OF_RANGE, f"{hours} is not an interval"))
        assert "8, 12 or 24 hours" in found[0]


@pytest.mark.parametrize(
    ("given", "path", "problem", "value"),
    [
        ({"keepCount": 0}, "aws.backup.keepCount", OUT_OF_RANGE, "0 is out of range"),
        ({"keepCount": 1001}, "aws.backup.keepCount", OUT_OF_RANGE, "1 to 1000"),
        ({"keepDays": 36501}, "aws.backup.keepDays", OUT_OF_RANGE, "1 to 36500"),
        ({"keepDays": 7, "keepCount": 7}, "aws.backup", UNNEEDED_KEY, "keepCount or keepDays"),
        ({"startTime": "24:00"}, "aws.backup.startTime", WRONG_FORM, "24:00"),
        ({"startTime": 180}, "aws.backup.startTime", WRONG_FORM, "in quotes"),
        ({"startTime": "3:00"}, "aws.backup.startTime", WRONG_FORM, "3:00"),
        ({"roles": []}, "aws.backup.roles", UNNEEDED_KEY, "no data volume"),
        ({"roles": ["scn", "scn"]}, "aws.backup.roles", DUPLICATE, "scn is listed 2 times"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], path: str, problem: Problem, value: str) -> None:
    assert tells(problems(aws_raw(aws__backup=given)), (path, problem, value))


def test_a_validator_is_backed_up_where_the_stack_has_one() -> None:
    assert backup(roles=["validator"]).roles == ["validator"]
    found = problems(kairos_raw(aws__backup={"roles": ["scn", "validator"]}))
    assert tells(found, ("aws.backup.roles", UNKNOWN_NAME, "no validator"))


@pytest.mark.parametrize(
    ("given", "path", "problem", "value"),
    [
        ({"keepDays": 10}, "aws.flowLogs.keepDays", OUT_OF_RANGE, "7"),
        ({"keepDays": 9999}, "aws.flowLogs.keepDays", OUT_OF_RANGE, "3653"),
        ({"bucket": "logs"}, "aws.flowLogs.bucket", WRONG_FORM, "arn:aws:s3:::"),
        ({"bucket": "arn:aws:s3:::logs", "keepDays": 7}, "aws.flowLogs", UNNEEDED_KEY, "keepDays"),
    ],
)
def test_flow_logs_are_kept_as_long_as_their_place_allows(
    given: dict[str, Any], path: str, problem: Problem, value: str
) -> None:
    assert tells(problems(aws_raw(aws__flowLogs=given)), (path, problem, value))


def test_flow_logs_are_those_of_a_new_vpc() -> None:
    aws = read(aws_raw(aws__flowLogs={})).aws
    assert aws
    assert aws.flow_logs
    found = problems(aws_raw(aws__network=VPC, aws__flowLogs={}))
    assert tells(found, ("aws.flowLogs", UNNEEDED_KEY, "existing VPC"))


def test_a_machine_without_a_node_has_no_role_of_a_backup() -> None:
    (found,) = problems(aws_raw(aws__backup={"roles": ["bastion"]}))
    assert found.startswith("aws.backup.roles[0]: ")
