"""Resources for policies: plain values; what a preview cannot know yet is UNKNOWN."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.domain.problems.problem import Message

OURS = "pulumi-python:dynamic/servicechain:"
"""Type prefix of the program's own resources."""


class Unknown:
    """Stands for a value that is known after an up only. Equal to nothing."""

    def __repr__(self) -> str:
        return "(not known yet)"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Resource:
    """One resource that Pulumi is asked for."""

    type: str
    name: str
    props: Mapping[str, Any]
    protect: bool
    urn: str = ""

    @property
    def kind(self) -> str:
        """Return the last part of the type, such as `Volume`."""
        return self.type.rpartition(":")[2]

    def text(self, name: str) -> str:
        """Return a string input; empty if it is missing, unknown or not a string."""
        value = self.props.get(name)
        return value if isinstance(value, str) else ""

    def within(self, name: str) -> Mapping[str, Any]:
        """Return a mapping input; empty if it is missing, unknown or not a mapping."""
        value = self.props.get(name)
        return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True)
class Violation:
    """A message about a resource, with the next step."""

    resource: Resource
    sentence: Message


def of(resources: Iterable[Resource], kind: str) -> Iterator[Resource]:
    """Return the program's own resources of a kind, such as `BridgeOperator`."""
    return (one for one in resources if one.type == OURS + kind)


def by_chain(resources: Sequence[Resource], kind: str) -> dict[int, list[Resource]]:
    """Return the program's own resources of a kind keyed by chain id."""
    found: dict[int, list[Resource]] = {}
    for one in of(resources, kind):
        chain = one.props.get("chain_id")
        if isinstance(chain, int | float):
            found.setdefault(int(chain), []).append(one)
    return found
