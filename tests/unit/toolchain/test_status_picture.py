"""The picture of make status in the README: it is of the report beside it, whole, and needs nothing from elsewhere."""

import re
from xml.etree import ElementTree as ET

import pytest

from components.watch.report import Report
from toolchain.docs.status_picture import EXAMPLE, PICTURE, picture
from toolchain.ops.status_table import table

TEXT = "{http://www.w3.org/2000/svg}text"


def shown(found: Report) -> list[str]:
    """Return the lines of the picture."""
    return ["".join(one.itertext()) for one in ET.fromstring(picture(found)).iter(TEXT)]  # noqa: S314 - our own


@pytest.fixture(scope="module")
def found() -> Report:
    return Report.model_validate_json(EXAMPLE.read_text())


def test_the_file_is_made_from_the_example(found: Report) -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(found), "run make docs"


def test_it_has_each_line_as_the_terminal_shows_it(found: Report) -> None:
    assert shown(found) == [line for line in table(found).splitlines() if line]


def test_what_markup_is_in_a_report_is_text(found: Report) -> None:
    assert shown(found.model_copy(update={"stack": "<b>&dev"}))[0].startswith("<b>&dev: ")


def test_it_loads_nothing(found: Report) -> None:
    links = re.findall(r"https?://[^\"' ]+|url\(|@import|<image|<script", picture(found))
    assert links == ["http://www.w3.org/2000/svg"]
