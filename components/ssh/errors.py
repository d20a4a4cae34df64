"""Errors of ssh/. Each is a sentence that begins with the machine, or with the proxy when that one fails.

SshError
├── NoAnswer        nothing there, not yet, or not any more: worth another try
│   └── NoForwarding    a proxy that may not be one
├── WrongHostKey    what answers is not the machine that was pinned
├── LoginDenied     it is the right machine, but it does not accept the client's key
├── CommandFailed   logged in, and the command failed or took too long
├── NobodyListens   logged in, and nobody listens on a socket there
├── NotAsked        a preview without keys, which logs in nowhere
└── BadKey          a given key cannot be read
"""

from typing import ClassVar, Self

from components.domain.problems.hosts import (
    COMMAND_FAILED,
    FORWARDING_OFF,
    HOST_SILENT,
    KEY_UNREADABLE,
    LOGIN_DENIED,
    OTHER_HOST_KEY,
    SOCKET_SILENT,
)
from components.domain.problems.problem import Message, Problem
from components.domain.problems.setup import PLACEHOLDERS


class SshError(Exception):
    """Parent of all errors of ssh/. Their text never contains a private key."""

    problem: ClassVar[Problem]
    """What is wrong; each subclass has its own."""

    def __init__(self, place: str, what: str, *, shown: str = "", proxy: bool = False) -> None:
        """`place` is the subject of the sentence and `what` the rest of it, a verb phrase.

        `shown` is the fingerprint of the host key that was shown instead of the pinned one, where it is known; `proxy`
        means that the place is the proxy of the machine.
        """
        super().__init__(place, what)
        self.place, self.what, self.shown, self.proxy = place, what, shown, proxy

    def __str__(self) -> Message:
        """Return the sentence, with the code of its problem."""
        return self.problem(f"{self.place} {self.what}")

    def on_the_way_to(self, place: str) -> Self:
        """Return the same error of a machine that is the proxy of another one."""
        return type(self)(f"the proxy {self.place} on the way to {place}", self.what, shown=self.shown, proxy=True)


class NoAnswer(SshError):
    """Refused, timed out, unreachable, or lost."""

    problem = HOST_SILENT


class NoForwarding(NoAnswer):
    """A proxy does not let connections through."""

    problem = FORWARDING_OFF


class WrongHostKey(SshError):
    """The machine shows a host key other than the pinned one."""

    problem = OTHER_HOST_KEY


class LoginDenied(SshError):
    """The machine does not accept the client's key."""

    problem = LOGIN_DENIED


class CommandFailed(SshError):
    """A command ended with an error, or did not end in time."""

    problem = COMMAND_FAILED


class NobodyListens(SshError):
    """A socket of the machine is missing, or nobody accepts connections on it."""

    problem = SOCKET_SILENT


class NotAsked(SshError):
    """The machine is left alone, because its key is a stand-in."""

    problem = PLACEHOLDERS


class BadKey(SshError):
    """One of the given keys cannot be read."""

    problem = KEY_UNREADABLE
