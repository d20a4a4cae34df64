"""Setting keys in a conf that somebody else wrote, and undoing that. Pure.

The daemon scripts source a conf as bash, so only bash knows what a line does. A key is set where its last plain
assignment stands, with its comment; where that has no effect, because there is none or a later line overrides it, by a
marked line at the end. Nothing else of the text is changed.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.domain.problems.nodes import CONF_BROKEN, CONF_OVERRULED
from components.domain.problems.problem import Problem

MARK = "# added by servicechain-ha"
"""Ends each line that was not there before."""

Wanted = Mapping[str, str | int]
Source = Callable[[str], Mapping[str, str]]
"""Returns the values of the keys after bash has sourced a text; of one that is not set, ""."""

# A carriage return is a character like any other to bash: of a line that ends with one, it belongs to the value.
_WORD = r"""(?:[^ \t\n;&|<>()"'`\\$]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|\$\(\([^()\n]*\)\)|\$\{[^{}\n]*\}|\$(?![({]))*"""
_ASSIGNMENT = re.compile(
    rf"(?P<lead>[ \t]*(?:export[ \t]+)?)(?P<key>[A-Za-z_][A-Za-z0-9_]*)=(?P<value>{_WORD})(?P<rest>[ \t]*|[ \t]+#.*)"
)


class ConfError(Exception):
    """A conf has other values than were written into it. Its text is part of another message, of this problem."""

    def __init__(self, problem: Problem, words: str) -> None:
        """`words`: what is wrong, with the keys, and what to do."""
        super().__init__(words)
        self.problem = problem


def with_keys(text: str, wanted: Wanted, source: Source) -> str:
    """Return the conf with these keys set, unchanged if they are. Raises ConfError when it cannot be done."""
    wrong = _wrong(text, wanted, source)
    if not wrong:
        return text
    in_place = {key: value for key, value in wrong.items() if key in _assigned(text)}
    overruled = _wrong(edit(text, in_place), in_place, source)
    new = edit(text, {key: value for key, value in in_place.items() if key not in overruled})
    new = _append(new, {key: value for key, value in wrong.items() if key in overruled or key not in in_place})
    if left := _wrong(new, wanted, source):
        which = ", ".join(f"{key}={value}" for key, value in left.items())
        words = (
            f"{which} cannot be set: when bash sources the conf, it still has other values; set them by hand where "
            "the conf computes them"
        )
        raise ConfError(CONF_OVERRULED, words)
    return new


def edit(text: str, wanted: Wanted) -> str:
    """Return the text with the last plain assignment of each of these keys changed, and everything else as it is."""
    places, lines = _assigned(text), text.split("\n")
    for key, value in wanted.items():
        if place := places.get(key):
            lines[place.line] = place.with_value(shlex.quote(str(value)))
    return "\n".join(lines)


def restored(text: str, original: str, wanted: Wanted, source: Source) -> str:
    """Return the text with these keys as in the original, and everything that others changed since as it is."""
    if text == with_keys(original, wanted, source):
        return original
    places, before, lines = _assigned(text), _assigned(original), text.split("\n")
    dropped = set()
    for key in wanted:
        place, old = places.get(key), before.get(key)
        if place and place.rest.rstrip("\r").endswith(MARK):
            dropped.add(place.line)
        elif place and old:
            lines[place.line] = place.with_value(old.value)
    return "\n".join(line for number, line in enumerate(lines) if number not in dropped)


@dataclass(frozen=True)
class _Place:
    """An assignment of a key, on a line of its own."""

    line: int
    lead: str
    key: str
    value: str
    """As it is written, with its quotes."""
    rest: str

    def with_value(self, value: str) -> str:
        return f"{self.lead}{self.key}={value}{self.rest}"


def _wrong(text: str, wanted: Wanted, source: Source) -> Wanted:
    values = source(text)
    return {key: value for key, value in wanted.items() if values.get(key, "") != str(value)}


def _append(text: str, wanted: Wanted) -> str:
    if not wanted:
        return text
    end = "" if not text or text.endswith("\n") else "\n"
    return text + end + "".join(f"{key}={shlex.quote(str(value))} {MARK}\n" for key, value in wanted.items())


def _assigned(text: str) -> Mapping[str, _Place]:
    """Return the last plain assignment of each key."""
    found = {}
    lines = text.split("\n")
    for number in _plain(lines):
        if match := _ASSIGNMENT.fullmatch(lines[number]):
            found[match["key"]] = _Place(number, match["lead"], match["key"], match["value"], match["rest"])
    return found


def _plain(lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines that begin and end outside of quotes and are not continued."""
    quote, continued = "", False
    for number, line in enumerate(lines):
        begins_outside = not quote and not continued
        quote, continued = _after(line, quote)
        if begins_outside and not quote and not continued:
            yield number


def _after(line: str, quote: str) -> tuple[str, bool]:
    """Return in which quotes the next line begins, and whether it continues this one."""
    position, before = 0, " "
    while position < len(line):
        char = line[position]
        if char == "\\" and quote != "'":
            if position + 1 == len(line):
                return quote, not quote
            position += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#" and before in " \t;":
            break
        before = char
        position += 1
    return quote, False


def values_of(keys: Sequence[str], printed: str) -> Mapping[str, str]:
    """Return the values that SOURCE printed for these keys. Raises ConfError when it printed something else."""
    parts = printed.split("\0")[:-1]
    if len(parts) != len(keys):
        said = f": {printed.strip()}" if printed.strip() and "\0" not in printed else ""
        words = f"bash cannot source the conf to its end; look for a mistake in it{said}"
        raise ConfError(CONF_BROKEN, words)
    return dict(zip(keys, parts, strict=True))


SOURCE = (
    'said=$(bash -n "$1" 2>&1) || { said=${said%%$\'\\n\'*}; printf %s "${said#"$1": }"; exit; }; unset said; '
    'source "$1" >/dev/null 2>&1; shift; for key; do printf "%s\\0" "${!key-}"; done'
)
"""For bash -c: sources a file and prints the values of the keys that are given after it, each with a NUL.

For a file with a syntax error it prints bash's message, without a NUL: bash would use the lines above the error.
"""
