"""The catalog is well formed and used, and every message that a user can meet is made by one of its problems."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from components.domain.problems.problem import Problem
from tests.unit.domain.problems.allowed import ALLOWED
from tests.unit.domain.problems.messages import (
    ROOT,
    Bare,
    bare,
    exceptions,
    parsed,
    quoted,
    sources,
    used,
    with_their_problem,
    without_a_code_in_script,
)
from toolchain.docs.errors_reference import TITLES, Area, areas

SCRIPTS = sorted(
    file
    for folder in (".ci", "components", "toolchain")
    for file in (ROOT / folder).rglob("*")
    if file.is_file() and (file.suffix == ".sh" or re.match(rb"#!.*sh\n", file.read_bytes()[:64]))
)
AREAS = areas()
PROBLEMS = [(name, one) for area in AREAS for name, one in area.problems.items()]


# -- the catalog -------------------------------------------------------------------------------------------


def test_each_number_belongs_to_one_module_and_one_section() -> None:
    times = Counter(number for area in AREAS for number in area.numbers)
    assert [number for number, of in times.items() if of > 1] == []
    assert set(times) == {number for first in TITLES for number in range(first, first + 100)}


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_the_numbers_ascend_in_the_range_of_the_module(area: Area) -> None:
    numbers = [one.number for one in area.problems.values()]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(area.numbers)


def test_no_title_is_used_twice() -> None:
    titles = Counter(one.title for _, one in PROBLEMS)
    assert [title for title, times in titles.items() if times > 1] == []


@pytest.mark.parametrize(("name", "problem"), PROBLEMS, ids=[name for name, _ in PROBLEMS])
def test_a_problem_is_well_formed(name: str, problem: Problem) -> None:
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", name)
    assert re.fullmatch(r"SCH-[1-8]\d\d", problem.code)
    assert re.fullmatch(r"(?![a-z]+[ ,]).*[\w`)]", problem.title), "no full stop at its end"
    for text in (problem.cause, problem.remedy):
        assert re.fullmatch(r"(?![a-z]+[ ,]).*\w.*\.", text), "sentences"
    for text in (problem.title, problem.cause, problem.remedy):
        assert text == " ".join(text.split()), "one line, and single blanks"
        assert text.count("`") % 2 == 0
        assert "SCH-" not in text or set(re.findall(r"SCH-\d+", text)) <= codes()


@cache
def codes() -> set[str]:
    return {one.code for _, one in PROBLEMS}


# -- its use -----------------------------------------------------------------------------------------------


def test_every_problem_is_used() -> None:
    found = {one for file in sources() for one in used(parsed(file))}
    in_scripts = {code for script in SCRIPTS for code in in_script(script)}
    assert [
        name
        for area in AREAS
        for name, one in area.problems.items()
        if (area.name, name) not in found and one.code not in in_scripts
    ] == []


def in_script(script: Path) -> set[str]:
    return set(re.findall(r"\bSCH-\w+", script.read_text()))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.relative_to(ROOT).as_posix())
def test_the_codes_in_a_script_are_in_the_catalog(script: Path) -> None:
    assert in_script(script) - codes() == set()


# -- messages ----------------------------------------------------------------------------------------------


@cache
def without_a_code() -> tuple[Bare, ...]:
    """Return all words that reach a user without a code."""
    trees = {file: parsed(file) for file in sources()}
    raised, names = exceptions(trees.values()), {name for name, _ in PROBLEMS}
    need_none = quoted(trees.values()) | with_their_problem(trees.values(), names)
    found = {
        one
        for file, tree in trees.items()
        for one in bare(file.relative_to(ROOT).as_posix(), tree, names, raised)
        if one.raised not in need_none
    }
    return (*sorted(found), *(one for script in SCRIPTS for one in of_script(script)))


def of_script(script: Path) -> list[Bare]:
    """Return the calls of `fail` without a code, in a script of the toolchain."""
    path = script.relative_to(ROOT).as_posix()
    if not path.startswith("toolchain/"):  # others are executed on a machine, and quoted
        return []
    return [Bare(path, number, "fail", words) for number, words in without_a_code_in_script(script.read_text())]


def allowed(one: Bare) -> bool:
    return any(one.path == path and one.words.startswith(beginning) for path, beginning in ALLOWED)


def test_every_message_has_a_code() -> None:
    left = [one for one in without_a_code() if not allowed(one)]
    assert left == [], "\n".join(["make these by a Problem, or say in allowed.py why not:", *map(str, left)])


def test_nothing_is_allowed_that_is_not_there() -> None:
    found = without_a_code()
    unused = [
        (path, beginning)
        for path, beginning in ALLOWED
        if not any(one.path == path and one.words.startswith(beginning) for one in found)
    ]
    assert unused == []
