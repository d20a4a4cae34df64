"""A problem that a user can meet: its code, what causes it, and what to do. Messages are made from it.

    CONSOLE_SILENT = Problem(320, "The console of a node does not answer", cause="…", remedy="…")
    raise Unreachable(CONSOLE_SILENT(f"{node}: its console does not answer; {next_step}"))

A message is still a full sentence of its own: what is wrong, where, what to do. The code leads to docs/errors.md, and
programs and tests recognise a message by it. A code never changes its meaning, and is not used again.
"""

from dataclasses import dataclass


class Message(str):
    """A sentence for a user that ends, in its first line, with the code of its problem: `… [SCH-320]`."""

    __slots__ = ()


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
