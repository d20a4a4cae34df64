"""Errors of the SSH room. Each is a sentence that begins with the machine, or with the proxy when that one fails.

SshError
├── NoAnswer        nothing there, not yet, or no more: worth another try
├── WrongHostKey    somebody answers who is not the machine that was pinned
├── LoginDenied     the machine is the right one and does not take the client's key
├── CommandFailed   logged in, and the command failed or took too long
├── NobodyListens   logged in, and nobody listens on a socket there
└── BadKey          a key that was given cannot be read
"""

from typing import Self


class SshError(Exception):
    """Parent of all errors of this room. No text of them holds a private key."""

    def __init__(self, place: str, what: str, *, shown: str = "", proxy: bool = False) -> None:
        """Say of `place` that it does `what`: a verb phrase.

        `shown` is the fingerprint of the host key that was shown instead of the pinned one, where this is known;
        `proxy` tells that the place is the proxy on the way to the machine.
        """
        super().__init__(place, what)
        self.place, self.what, self.shown, self.proxy = place, what, shown, proxy

    def __str__(self) -> str:
        """Return the sentence."""
        return f"{self.place} {self.what}"

    def on_the_way_to(self, place: str) -> Self:
        """Return the same of a machine that is the proxy of another one."""
        return type(self)(f"the proxy {self.place} on the way to {place}", self.what, shown=self.shown, proxy=True)


class NoAnswer(SshError):
    """Refused, timed out, out of reach, or lost."""


class WrongHostKey(SshError):
    """The machine shows another host key than the pinned one."""


class LoginDenied(SshError):
    """The machine does not take the client's key."""


class CommandFailed(SshError):
    """A command ended with an error, or did not end in time."""


class NobodyListens(SshError):
    """A socket of the machine is not there, or takes nobody."""


class BadKey(SshError):
    """One of the keys that were given cannot be read."""
