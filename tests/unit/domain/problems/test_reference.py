"""The reference of errors: it is current, and leads from each code to a cause and a remedy."""

import re

import pytest

from components.domain.problems.problem import Problem
from toolchain.docs import errors_reference
from toolchain.docs.errors_reference import FILE, areas, render


def test_it_is_current() -> None:
    assert FILE.read_text() == render(), "the catalog of problems has changed: run `make docs`"


def test_every_problem_is_in_it_once_in_the_order_of_the_numbers() -> None:
    listed = [int(number) for number in re.findall(r"^### SCH-(\d+) ", render(), flags=re.MULTILINE)]
    assert listed == sorted(one.number for area in areas() for one in area.problems.values())


def test_a_page_that_is_named_is_linked_and_code_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = errors_reference.areas()[0]
    problem = Problem(100, "It is <lost>", "See `docs/drift.md`, `a <b>`.", "See docs/aws.md#rest-of-it.")
    area = errors_reference.Area(found.name, found.words, found.numbers, {"LOST": problem})
    monkeypatch.setattr(errors_reference, "areas", lambda: [area])
    assert (
        "### SCH-100 It is &lt;lost>\n\nSee [drift.md](drift.md), `a <b>`.\n\n"
        "**What to do:** See [aws.md](aws.md#rest-of-it).\n"
    ) in render()
