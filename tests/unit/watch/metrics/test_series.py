"""The catalogue of series: names that Prometheus takes, each once, and each explained."""

import re

from components.watch.metrics import contract_series, exporter_series, machine_series, node_series
from components.watch.metrics.series import Series

OWN = (*exporter_series.ALL, *contract_series.ALL)
ALL = (*OWN, *node_series.ALL, *machine_series.ALL)


def test_a_name_stands_in_the_catalogue_once() -> None:
    names = [one.name for one in ALL]
    assert sorted(set(names)) == sorted(names)
    assert len(OWN) == 53


def test_names_labels_and_texts_are_valid() -> None:
    for one in ALL:
        assert re.fullmatch(r"[a-zA-Z_]\w*", one.name), one
        assert all(re.fullmatch(r"[a-z_]+", label) for label in one.labels), one
        assert one.help.endswith("."), one
        assert "\n" not in one.help + one.pitfall
        assert one.source
        assert one.emitter


def test_names_of_our_series_say_their_unit() -> None:
    suffixes = {"bytes": "_bytes", "coins": "_coins", "seconds": "_seconds"}
    for one in OWN:
        assert one.name.startswith("servicechain_")
        assert one.name.endswith(suffixes.get(one.unit, "")), one
        assert one.kind == "gauge"


def test_a_series_is_its_name_in_an_expression() -> None:
    assert f"{exporter_series.NODE_UP} == 0" == "servicechain_node_up == 0"
    assert isinstance(exporter_series.NODE_UP, Series)
