"""Write docs/errors.md from the catalog of problems: python -m toolchain.docs.errors_reference [FILE].

It has one section per hundred of numbers. The docstrings of the modules in components/domain/problems introduce it, and
say which numbers belong to each module.
"""

import importlib
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.domain.problems.problem import Problem
from toolchain.docs.settings_schema import ROOT

FILE = ROOT / "docs/errors.md"
CATALOG = ROOT / "components/domain/problems"
TITLES: Mapping[int, str] = {
    100: "Settings",
    200: "Machines",
    300: "Nodes",
    400: "Chains",
    500: "Bridge",
    600: "Commands",
    700: "Policies",
    800: "Setup",
}
"""Headings of the sections, keyed by their first number."""

HEAD = """\
# Errors

Every error and warning has a code at the end of its first line, as in `… [SCH-320]`: look it up here. A message that
quotes another one has the codes of both; begin with that of the quoted one. A code never changes its meaning.

To find a problem by its symptom, or by the words of a message: [Runbooks](runbooks.md).

This page is written by `make docs` from `components/domain/problems/`.
"""

_PAGE = re.compile(r"`?docs/([\w-]+\.md)(#[\w-]+)?`?")
_CODE_OR_TAG = re.compile(r"(`[^`]*`)|<")


@dataclass(frozen=True)
class Area:
    """The problems of one module."""

    name: str
    words: str
    """What they are about."""
    numbers: Collection[int]
    """That belong to it."""
    problems: Mapping[str, Problem]
    """Keyed by their names, in the order of the module."""


def areas() -> list[Area]:
    """Return the catalog, in the order of the numbers."""
    files = {file for file in CATALOG.rglob("*.py") if file.stem not in ("__init__", "problem")}
    names = {".".join(file.relative_to(CATALOG).with_suffix("").parts) for file in files}
    return sorted(map(_area, names), key=lambda area: min(area.numbers))


def _area(name: str) -> Area:
    module = importlib.import_module(f"components.domain.problems.{name}")
    words, _, rest = (module.__doc__ or "").partition("Numbers ")
    ranges = re.findall(r"(\d{3}) to (\d{3})", rest)
    if not ranges:
        msg = f"{name}: its docstring does not say which numbers belong to it, as in: Numbers 100 to 199."
        raise ValueError(msg)
    numbers = [number for first, last in ranges for number in range(int(first), int(last) + 1)]
    problems = {key: value for key, value in vars(module).items() if isinstance(value, Problem)}
    return Area(name, " ".join(words.split()), numbers, problems)


def render() -> str:
    """Return the page."""
    found = areas()
    return "\n".join([HEAD, *(part for first in TITLES for part in _section(first, found))])


def _section(first: int, found: Sequence[Area]) -> list[str]:
    numbers = range(first, first + 100)
    words = " ".join(area.words for area in found if min(area.numbers) in numbers)
    problems = (one for area in found for one in area.problems.values() if one.number in numbers)
    head = f"## {TITLES[first]}\n\n{words} SCH-{numbers[0]} to SCH-{numbers[-1]}.\n"
    return [head, *map(_entry, sorted(problems, key=lambda one: one.number))]


def _entry(problem: Problem) -> str:
    head = f"### {problem.code} {_shown(problem.title)}"
    return f"{head}\n\n{_shown(problem.cause)}\n\n**What to do:** {_shown(problem.remedy)}\n"


def _shown(words: str) -> str:
    """Return a text for Markdown, with links to the pages that it names."""
    linked = _PAGE.sub(lambda page: f"[{page[1]}]({page[1]}{page[2] or ''})", words)
    return _CODE_OR_TAG.sub(lambda found: found[1] or "&lt;", linked)


def main(arguments: list[str]) -> None:
    """Write the page."""
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
