"""What one run of the Pulumi engine said and did."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi import automation

from components.domain.problems.problem import Problem


@dataclass(frozen=True)
class Step:
    """What the engine did, or in a preview would do, to one resource."""

    verb: str
    """`create`, `update`, `delete`, `replace`, ...: names of the engine; never `same`."""
    type: str
    """The last part of it, such as `Command` or `OperatorThreshold`."""
    name: str


@dataclass(frozen=True)
class Run:
    """One run of the engine: what it said and what it did."""

    text: str
    """Everything on standard output and standard error."""
    events: Sequence[automation.EngineEvent]

    @property
    def steps(self) -> list[Step]:
        """Return what was done or is planned, in order, without what stays as it is."""
        found = [event.resource_pre_event.metadata for event in self.events if event.resource_pre_event]
        return [
            Step(step.op.value, step.type.rpartition(":")[2], step.urn.rpartition("::")[2])
            for step in found
            if step.op is not automation.OpType.SAME and not step.type.startswith("pulumi:providers:")
        ]

    @property
    def changes(self) -> dict[str, int]:
        """Return how many resources changed, by verb; for a refresh, in how many the state did."""
        counted = Counter[str]()
        for event in self.events:
            if event.summary_event:
                changes = event.summary_event.resource_changes
                counted.update({automation.OpType(verb).value: count for verb, count in changes.items()})
        return {verb: count for verb, count in counted.items() if verb != "same" and count}

    @property
    def warnings(self) -> list[str]:
        """Return the program's and the engine's warnings."""
        return self._said("warning")

    @property
    def errors(self) -> list[str]:
        """Return the errors."""
        return self._said("error")

    def lines(self, problem: Problem, *named: str) -> list[str]:
        """Return the lines of the text with the code of a problem that name all of these values."""
        return lines(self.text, problem, *named)

    def _said(self, severity: str) -> list[str]:
        found = [event.diagnostic_event for event in self.events if event.diagnostic_event]
        return [diagnostic.message.strip() for diagnostic in found if diagnostic.severity == severity]


def lines(text: str, problem: Problem, *named: str) -> list[str]:
    """Return the lines with the code of a problem that name all of these values.

    A message has its code in its first line: what it names further down has to be looked for in the text.
    """
    return [line for line in text.splitlines() if all(part in line for part in (f"[{problem.code}]", *named))]


class Failed(Exception):
    """The engine ended with an error. `run` has what it said and did up to there."""

    def __init__(self, verb: str, run: Run) -> None:
        self.run = run
        said = run.text.partition("\nOutputs:\n")[0]
        super().__init__("\n".join([f"pulumi {verb} failed:", *run.errors, "it said at last:", said[-4000:]]))


def record(verb: str, run: Callable[..., object], options: Mapping[str, Any]) -> Run:
    """Do a verb of the Automation API, and return what the engine said and did. Prints how long. Raises Failed."""
    events: list[automation.EngineEvent] = []
    lines: list[str] = []
    begin = time.monotonic()
    try:
        run(color="never", on_event=events.append, on_output=lines.append, on_error=lines.append, **options)
    except automation.CommandError as error:
        raise Failed(verb, Run("\n".join(lines) or str(error), events)) from None
    finally:
        print(f"pulumi {verb}: {time.monotonic() - begin:.1f} s")
    return Run("\n".join(lines), events)
