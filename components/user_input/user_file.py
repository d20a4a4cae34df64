"""Reads a file that a setting names. Its path, kind, size and encoding may be anything.

Only regular files are read, up to a size that makes sense for their purpose: reading a named pipe could wait forever,
and a device may have no end.
"""

import codecs
import json
import os
import re
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

KEY_BYTES = 64 * 1024
"""Largest file with a key, a seed or a password."""
JSON_BYTES = 256 * 1024 * 1024
"""Largest genesis.json or contract artifact; a genesis may list a million accounts."""

MOST_NESTED = 100
"""Deepest nesting of lists and mappings in a JSON file."""

_BRACKET_OR_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}]')
_LONGEST_SHOWN = 120
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_KINDS = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a named pipe, not a file"),
    (stat.S_ISSOCK, "it is a socket, not a file"),
    (stat.S_ISCHR, "it is a device, not a file"),
    (stat.S_ISBLK, "it is a device, not a file"),
)


class UnusableFile(Exception):
    """A file cannot be read, or has the wrong content.

    Its text is part of another message: the reason, without the path and the content.
    """


def opened(path: str | Path, most: int | None = None) -> BufferedReader:
    """Return a regular file of 1 to `most` bytes, open for reading. Raises UnusableFile."""
    try:
        place = Path(path).expanduser()
        handle = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe without a writer would block
    except OSError as error:
        raise UnusableFile(_why(Path(path), error)) from None
    except (ValueError, RuntimeError):  # a NUL byte in it; or ~somebody, who has no home
        msg = "it is not a path"
        raise UnusableFile(msg) from None
    found = os.fstat(handle)
    reason = next((words for is_kind, words in _KINDS if is_kind(found.st_mode)), None)
    if not reason and most is not None and found.st_size > most:
        reason = _too_large(most)
    if reason or not found.st_size:
        os.close(handle)
        raise UnusableFile(reason or "it is empty")
    return os.fdopen(handle, "rb")


def content(path: str | Path, most: int) -> bytes:
    """Return what is in the file: `most` bytes or fewer. Raises UnusableFile."""
    with opened(path, most) as file:
        try:
            found = file.read(most + 1)
        except OSError as error:
            raise UnusableFile(error.strerror or "it cannot be read") from None
    if len(found) > most:  # a file may have grown, and those of the kernel report no size
        raise UnusableFile(_too_large(most))
    return found


def text(path: str | Path, most: int) -> str:
    """Return the text in the file, in UTF-8, or as its byte order mark says. Raises UnusableFile."""
    return decoded(content(path, most))


def decoded(found: bytes) -> str:
    """Return the text in these bytes, without a byte order mark. Raises UnusableFile."""
    mark, encoding = next(((mark, name) for mark, name in _BYTE_ORDER_MARKS if found.startswith(mark)), (b"", "utf-8"))
    try:
        return found.removeprefix(mark).decode(encoding)
    except UnicodeDecodeError:
        msg = "it is not a text file"
        raise UnusableFile(msg) from None


def parsed(path: str | Path, most: int = JSON_BYTES) -> Any:
    """Return the JSON in the file. Raises UnusableFile."""
    return parsed_text(text(path, most))


def parsed_text(found: str) -> Any:
    """Return the JSON in a text. Raises UnusableFile."""
    if _depth(found) > MOST_NESTED:
        msg = "it is not readable JSON: it is nested too deeply"
        raise UnusableFile(msg)
    try:
        return json.loads(found)
    except json.JSONDecodeError as error:
        msg = f"it is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise UnusableFile(msg) from None  # the cause may show the content
    except ValueError:  # a number with more digits than Python accepts
        msg = "it is not JSON: a number in it is too long"
        raise UnusableFile(msg) from None


def _depth(found: str) -> int:
    """Return how deep a JSON text is nested. Python's parser recurses on the C stack, and would crash the process."""
    if found.count("[") + found.count("{") <= MOST_NESTED:
        return 0
    depth = deepest = 0
    for token in _BRACKET_OR_TEXT.finditer(found):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        deepest = max(depth, deepest)
    return deepest


def shown(path: str | Path) -> str:
    """Return a path for a message: on one line, and cut if it is long."""
    name = str(path)
    name = name if name.isprintable() else repr(name)
    return name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..."


def _too_large(most: int) -> str:
    return f"it is larger than {most // 1024:,} KiB, more than makes sense here"


def _why(path: Path, error: OSError) -> str:
    reason = error.strerror or "it cannot be opened"
    dangling = isinstance(error, FileNotFoundError) and path.expanduser().is_symlink()
    return f"it is a link to {shown(path.expanduser().readlink())}, which does not exist" if dangling else reason
