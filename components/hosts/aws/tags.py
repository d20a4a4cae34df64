"""Tags on every resource that can have them, so that bills, searches and sweeps find what belongs to a stack."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NAME = "Name"
PROJECT = "servicechain-ha:project"
STACK = "servicechain-ha:stack"
MANAGED_BY = "servicechain-ha:managed-by"
DATA_VOLUME = "-data"
"""How the name of a data volume ends, after that of its machine."""
BACKUP = "servicechain-ha:backup"
"""On the data volumes that are backed up, with the project and the stack: a policy for snapshots looks at one tag."""


@dataclass(frozen=True)
class Tags:
    """The tags of a stack."""

    project: str
    stack: str
    given: Mapping[str, str]
    """From the settings."""

    def of(self, name: str) -> dict[str, str]:
        """Return the tags of the resource of that name."""
        own = {NAME: f"{self.stack}-{name}", **self.of_stack, MANAGED_BY: "pulumi"}
        return {**self.given, **own}

    def name_in(self, tags: Iterable[Mapping[str, str]]) -> str:
        """Return the name of the resource that has these tags, as EC2 has them; empty if it has none of this stack."""
        names = [one["Value"] for one in tags if one["Key"] == NAME]
        return names[0].removeprefix(f"{self.stack}-") if names else ""

    def are_in(self, tags: Iterable[Mapping[str, str]]) -> bool:
        """Return whether something with these tags, as EC2 has them, is of the stack."""
        known = {one["Key"]: one["Value"] for one in tags}
        return all(known.get(key) == value for key, value in self.of_stack.items())

    @property
    def of_backup(self) -> dict[str, str]:
        """Return the tag of the data volumes of this stack, and of no other, that are backed up."""
        return {BACKUP: f"{self.project}/{self.stack}"}

    @property
    def of_stack(self) -> dict[str, str]:
        """Return the tags of everything of the stack, and of nothing else."""
        return {PROJECT: self.project, STACK: self.stack}
