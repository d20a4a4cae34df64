"""The guard at the edge: whatever is wrong with what a user gave becomes a sentence, and never a traceback.

All files and keys that settings name are read through it before any resource exists. What goes wrong while they are
read is their fault, whatever it is: they come from elsewhere, and no list of what can be wrong with them is complete.
Elsewhere an error that nobody expected is a fault of the program, and keeps its traceback.
"""

from collections.abc import Callable, Iterable

KNOWN = ("PackageError", "GenesisError", "KeyUnavailable", "UnusableFile", "ChainError")
"""Errors whose message is a sentence for the user already. By name, so that nothing slow is imported for them."""


def problems(setting: str, read: Callable[[], Iterable[str] | None]) -> list[str]:
    """Return what is wrong with what a setting names: what `read` returns, and what it raises, in a sentence."""
    try:
        return [printable(one) for one in read() or ()]
    except Exception as error:  # noqa: BLE001 - see above
        if any(kind.__name__ in KNOWN for kind in type(error).__mro__):
            return [printable(str(error))]
        # Its text may show what was read, which may be a key.
        return [f"{setting}: what it names cannot be used ({type(error).__name__} while reading it); name another one"]


def printable(text: str) -> str:
    """Return a text as it can be printed: a file name may hold bytes that are no text."""
    return text.encode("utf-8", "backslashreplace").decode()
