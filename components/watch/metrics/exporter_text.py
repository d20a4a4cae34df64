"""Part of the exporter's script: values in the text format of Prometheus, and files that readers see whole."""

from __future__ import annotations

import os
from contextlib import suppress

PEB = 10**18
EXACT = 2**53
"""Up to here a float holds all whole numbers."""
PREFIX = "servicechain_"


class Samples:
    """The lines of the file."""

    def __init__(self, helps: dict[str, str]) -> None:
        self._helps = helps
        self._lines: dict[str, list[str]] = {}

    def add(self, name: str, value: float | None, **labels: object) -> None:
        """Add a value; nothing where it is missing."""
        if value is None:
            return
        full = PREFIX + name
        text = str(value) if isinstance(value, int) and abs(value) < EXACT else repr(float(value))
        pairs = ",".join(f'{label}="{_escaped(str(text))}"' for label, text in labels.items())
        self._lines.setdefault(full, []).append(f"{full}{{{pairs}}} {text}" if pairs else f"{full} {text}")

    def text(self) -> str:
        """Return the file: the values of each series together, after its HELP and TYPE."""
        parts = []
        for name, lines in self._lines.items():
            parts += [f"# HELP {name} {self._helps[name]}", f"# TYPE {name} gauge", *lines]
        return "\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def coins(peb: int | None) -> float | None:
    """Return an amount in coins; None where it is missing."""
    return None if peb is None else peb / PEB


def write(path: str, text: str) -> None:
    """Write a file that everybody may read, so that a reader sees the old or the new one, never a part.

    Raises OSError; no draft is left then, as it would take space on a full disk.
    """
    draft = path + ".new"
    try:
        with open(draft, "w", encoding="utf-8") as file:  # noqa: PTH123
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        os.replace(draft, path)  # noqa: PTH105
    except OSError:
        with suppress(OSError):
            os.unlink(draft)  # noqa: PTH108
        raise
