"""The reference of metrics: it is current, and has every series of the catalogue once."""

import re

from components.watch.metrics.node_series import EXECUTION, ROUND_RATE
from tests.unit.watch.metrics.test_series import ALL
from toolchain.docs.metrics_reference import FILE, render


def test_it_is_current() -> None:
    assert FILE.read_text() == render(), "the catalogue of series has changed: run `make docs`"


def test_every_series_is_in_it_once_with_its_source_and_pitfall() -> None:
    rows = {row[1]: row[0] for row in re.finditer(r"^\| `(\w+)[^`]*` \| .* \|$", render(), flags=re.MULTILINE)}
    assert list(rows) == [one.name for one in ALL]
    for one in ALL:
        assert f" {one.source} |" in rows[one.name]
        assert one.pitfall in rows[one.name]


def test_meters_are_named_as_the_rates_that_they_are() -> None:
    for one in (ROUND_RATE, EXECUTION):
        assert "do not use rate()" in one.pitfall
