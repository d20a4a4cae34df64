"""What each verb asks AWS for: recorded by tests/engine/test_aws_program.py, which runs the program against moto.

Whatever a later run asks for beyond that fails the test, until it is recorded again with RECORD_AWS_CALLS=1. Calls that
no run makes any more stay: delete the lists in calls.json before to record from nothing.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).with_name("calls.json")
VERBS = ("preview", "refresh", "up", "destroy")


@dataclass
class Calls:
    """Actions such as ec2:RunInstances, by verb."""

    date: str = ""
    """When they were recorded last, such as 2026-11-30."""
    by_verb: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def recorded(cls) -> "Calls":
        """Return those in the file."""
        found = json.loads(FILE.read_text(encoding="utf-8"))
        return cls(found["date"], {verb: frozenset(found["calls"][verb]) for verb in VERBS})

    def of(self, *verbs: str) -> frozenset[str]:
        """Return the actions of some verbs."""
        return frozenset().union(*(self.by_verb.get(verb, frozenset()) for verb in verbs))

    def add(self, verb: str, actions: Collection[str]) -> None:
        """Add actions of a verb."""
        self.by_verb[verb] = self.of(verb) | frozenset(actions)

    def beyond(self, listed: "Calls") -> Mapping[str, Collection[str]]:
        """Return the actions by verb that are not listed there."""
        found = {verb: sorted(actions - listed.of(verb)) for verb, actions in self.by_verb.items()}
        return {verb: actions for verb, actions in found.items() if actions}

    def merged(self, other: "Calls") -> "Calls":
        """Return the actions of both, as of today."""
        today = datetime.now(tz=UTC).date().isoformat()
        return Calls(today, {verb: self.of(verb) | other.of(verb) for verb in VERBS})

    def write(self) -> None:
        """Write the file."""
        calls = {verb: sorted(self.of(verb)) for verb in VERBS}
        FILE.write_text(json.dumps({"date": self.date, "calls": calls}, indent=2) + "\n", encoding="utf-8")
