"""A problem that a user can meet: its code, what causes it, and what to do. Messages are made from it.

    CONSOLE_SILENT = Problem(320, "The console of a node does not answer", cause="…", remedy="…")
    raise Unreachable(CONSOLE_SILENT(f"{node}: its console does not answer; {next_step}"))

A message is still a full sentence of its own: what is wrong, where, what to do. The code leads to docs/errors.md, and
programs and tests recognise a message by it. A code never changes its meaning, and is not used again.
"""

import re
from dataclasses import dataclass

_MARKS = re.compile(r"(?: \[SCH-\d{3}\])+$")


class Message(str):
    """A sentence for a user that ends, in its first line, with the code of its problem: `… [SCH-320]`."""

    __slots__ = ()

    def extended(self, more: str) -> "Message":
        """Return this message with more words at its end; its codes stay at the end of the first line."""
        words, marks = self._parts()
        first, line_break, rest = f"{words}{more}".partition("\n")
        return Message(f"{first}{marks}{line_break}{rest}")

    @property
    def words(self) -> str:
        """Return the sentence alone, for a line about a wait that may still end well."""
        return self._parts()[0]

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of its problems, such as SCH-320."""
        return tuple(re.findall(r"SCH-\d{3}", self._parts()[1]))

    def _parts(self) -> tuple[str, str]:
        first, line_break, rest = self.partition("\n")
        marks = found[0] if (found := _MARKS.search(first)) else ""
        return f"{first.removesuffix(marks)}{line_break}{rest}", marks


@dataclass(frozen=True)
class Problem:
    """One thing that can be wrong, whatever the host, chain or key that it concerns."""

    number: int
    title: str
    """What is wrong, without a full stop."""
    cause: str
    """Why it happens: one or more sentences."""
    remedy: str
    """What to do, and how one gets back: one or more sentences."""

    @property
    def code(self) -> str:
        """Return the stable code, such as SCH-320."""
        return f"SCH-{self.number}"

    def __call__(self, words: str) -> Message:
        """Return a message with the code at the end of its first line; unchanged if it has this code there already."""
        first, line_break, more = words.partition("\n")
        mark = f" [{self.code}]"
        return Message(words if first.endswith(mark) else f"{first}{mark}{line_break}{more}")


class CodedError(Exception):
    """Parent of the errors whose message reaches a user as it is."""

    def __init__(self, message: Message) -> None:
        """`message`: made by a Problem, so that it has a code."""
        super().__init__(message)
