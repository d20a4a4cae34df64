"""Tags on every resource that can have them, so that bills, searches and sweeps find what belongs to a stack."""

from collections.abc import Mapping
from dataclasses import dataclass

PROJECT = "servicechain-ha:project"
STACK = "servicechain-ha:stack"
MANAGED_BY = "servicechain-ha:managed-by"


@dataclass(frozen=True)
class Tags:
    """The tags of a stack."""

    project: str
    stack: str
    given: Mapping[str, str]
    """From the settings."""

    def of(self, name: str) -> dict[str, str]:
        """Return the tags of the resource of that name."""
        own = {"Name": f"{self.stack}-{name}", PROJECT: self.project, STACK: self.stack, MANAGED_BY: "pulumi"}
        return {**self.given, **own}
