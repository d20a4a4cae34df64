"""Tags: on everything that can have them, so that a bill, a search or a sweep finds what belongs to a stack."""

from collections.abc import Mapping
from dataclasses import dataclass

PROJECT = "servicechain-ha:project"
STACK = "servicechain-ha:stack"
MANAGED_BY = "servicechain-ha:managed-by"
OWN_KEYS = frozenset({"Name", PROJECT, STACK, MANAGED_BY})


@dataclass(frozen=True)
class Tags:
    """What all things of a stack are tagged with."""

    project: str
    stack: str
    given: Mapping[str, str]
    """The user's own."""

    def of(self, name: str) -> dict[str, str]:
        """Return the tags of one thing."""
        own = {"Name": f"{self.stack}-{name}", PROJECT: self.project, STACK: self.stack, MANAGED_BY: "pulumi"}
        return {**self.given, **own}
