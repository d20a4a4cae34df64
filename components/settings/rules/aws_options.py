"""Rules between the values of what a stack on AWS may do besides its machines."""

from collections.abc import Iterator, Mapping

from components.domain.problems.problem import Message
from components.domain.problems.settings import DUPLICATE, UNKNOWN_NAME, UNNEEDED_KEY
from components.domain.roles import Role
from components.settings.rules.raw import Raw, good, repeated, section
from components.settings.rules.sections import Sections
from components.settings.sentences import at


def problems(raw: Raw, found: Sections) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    aws = section(raw, "aws")
    if isinstance(aws.get("backup"), Mapping):
        yield from _backup(aws["backup"], found)
    if aws.get("flowLogs") is not None and section(aws, "network").get("vpc") is not None:
        yield at("aws.flowLogs", UNNEEDED_KEY("an existing VPC has flow logs of its own, or none; remove this key"))


def _backup(backup: Raw, found: Sections) -> Iterator[Message]:
    """Refuse a backup of no data volume."""
    where, listed = "aws.backup.roles", backup.get("roles")
    if listed == []:
        yield at(where, UNNEEDED_KEY("there is no data volume to back up; list en or scn, or remove aws.backup"))
    known = good(Role, listed)
    for role, times in repeated(known):
        yield at(where, DUPLICATE(f"{role} is listed {times} times; list it once"))
    if "validator" in known and found.parent and not found.parent.ours:
        yield at(where, UNKNOWN_NAME("the stack makes no validator of its parent chain; list en or scn"))
