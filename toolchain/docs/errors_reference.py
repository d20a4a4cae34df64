"""Write docs/errors.md from the catalog of problems: python -m toolchain.docs.errors_reference [FILE].

Its areas are the modules in components/domain/problems. The docstring of each is the introduction of its section, and
ends with the numbers that belong to it.
"""

import importlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components.domain.problems.problem import Problem
from toolchain.docs.settings_schema import ROOT

FILE = ROOT / "docs/errors.md"
TITLES: Mapping[str, str] = {
    "settings": "Settings",
    "hosts": "Machines",
    "nodes": "Nodes",
    "chains": "Chains",
    "bridge": "Bridge",
    "operations": "Commands",
    "policies": "Policies",
    "setup": "Setup",
}
"""Headings of the sections, keyed by module, in the order of their numbers."""

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
    numbers: range
    problems: Mapping[str, Problem]
    """Keyed by their names, in the order of the module."""


def areas() -> list[Area]:
    """Return the catalog."""
    return [_area(name) for name in TITLES]


def _area(name: str) -> Area:
    module = importlib.import_module(f"components.domain.problems.{name}")
    found = re.fullmatch(r"(.+)\n\nNumbers (\d+) to (\d+)\.\n", module.__doc__ or "", flags=re.DOTALL)
    if found is None:
        msg = f"{name}: its docstring does not say which numbers belong to it"
        raise ValueError(msg)
    words, first, last = found.groups()
    problems = {key: value for key, value in vars(module).items() if isinstance(value, Problem)}
    return Area(name, " ".join(words.split()), range(int(first), int(last) + 1), problems)


def render() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(part for area in areas() for part in _section(area))])


def _section(area: Area) -> list[str]:
    numbers = f"SCH-{area.numbers[0]} to SCH-{area.numbers[-1]}"
    head = f"## {TITLES[area.name]}\n\n{area.words} {numbers}.\n"
    return [head, *(_entry(one) for one in sorted(area.problems.values(), key=lambda one: one.number))]


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
