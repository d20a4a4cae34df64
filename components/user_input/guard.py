"""Turns every error in a user's input into a message instead of a traceback.

All files and keys that settings name are read through it before any resource exists. Any error while reading them is a
problem of the input, because no list of what can be wrong with it is complete. Elsewhere an unexpected error is a bug
of the program, and keeps its traceback.
"""

from collections.abc import Callable, Iterable

from components.domain.problems.problem import Message
from components.domain.problems.settings import UNREADABLE_FILE

KNOWN = ("PackageError", "GenesisError", "KeyUnavailable", "ChainError")
"""Errors whose message is already meant for the user, and has its code. By name, so that nothing slow is imported."""


def problems(setting: str, read: Callable[[], Iterable[Message] | None]) -> list[Message]:
    """Return what is wrong with what a setting names: what `read` returns, or a message for what it raises."""
    try:
        return [Message(printable(one)) for one in read() or ()]
    except Exception as error:  # noqa: BLE001 - see above
        if any(kind.__name__ in KNOWN for kind in type(error).__mro__):
            return [Message(printable(str(error)))]
        # Its text may show what was read, which may be a key.
        kind = type(error).__name__
        return [UNREADABLE_FILE(f"{setting}: cannot be used ({kind} while reading it); name another one")]


def printable(text: str) -> str:
    """Return a text that can be printed: a file name may contain bytes that are not text."""
    return text.encode("utf-8", "backslashreplace").decode()
