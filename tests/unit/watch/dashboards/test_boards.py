"""The dashboards: as recorded here, with expressions that Prometheus takes and series that exist."""

import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from components.topology.checks.configuration import read
from components.watch.alerts.rules_file import rule_file
from components.watch.dashboards.boards import boards
from components.watch.metrics import contract_series, exporter_series, machine_series, node_series
from tests.unit.samples import raw

GOLDEN = Path(__file__).parent
BOARDS = boards()
KNOWN = {str(one) for module in (contract_series, exporter_series, machine_series, node_series) for one in module.ALL}
OLD = {str(one) for module in (contract_series, exporter_series) for one in module.ALL}
"""Series of a file that may be old."""


def expressions(name: str) -> list[str]:
    """Return the expressions of all panels of a board."""
    return [target["expr"] for panel in BOARDS[name]["panels"] for target in panel["targets"]]


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_is_as_recorded(name: str) -> None:
    golden = GOLDEN / f"{name}.json"
    again = "write it with: toolchain/run python -m toolchain.ops.monitoring_files --boards tests/unit/watch/dashboards"
    assert json.loads(golden.read_text()) == BOARDS[name], again


@pytest.mark.parametrize("name", BOARDS)
def test_prometheus_takes_every_expression(name: str, tmp_path: Path) -> None:
    rules = [{"record": f"panel:{index}", "expr": expr} for index, expr in enumerate(expressions(name))]
    rules = [{**rule, "record": f"panel:number_{index}"} for index, rule in enumerate(rules)]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(rules) > 12


@pytest.mark.parametrize("name", BOARDS)
def test_panels_use_series_that_exist_and_are_not_old(name: str) -> None:
    groups = rule_file(read(raw()), "dev")["groups"]
    recorded = {str(rule["record"]) for group in groups for rule in group["rules"] if "record" in rule}
    used = {series for expr in expressions(name) for series in re.findall(r"([A-Za-z_][\w:]*)\{", expr)}
    assert used <= (KNOWN - OLD) | recorded


@pytest.mark.parametrize("name", BOARDS)
def test_every_series_is_of_the_chosen_stack(name: str) -> None:
    for expr in expressions(name):
        assert expr.count("{") == expr.count('stack="$stack"') > 0


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    """Tell whether two panels cover each other."""
    return all(one[a] < other[a] + other[s] and other[a] < one[a] + one[s] for a, s in (("x", "w"), ("y", "h")))


@pytest.mark.parametrize("name", BOARDS)
def test_panels_have_their_place_and_say_what_they_show(name: str) -> None:
    panels: list[dict[str, Any]] = BOARDS[name]["panels"]
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    assert not any(overlap(one, other) for index, one in enumerate(places) for other in places[:index])
    assert all(one["id"] < other["id"] for one, other in pairwise(panels))
    assert all(panel["description"].endswith(".") for panel in panels)


def test_boards_have_addresses_of_their_own() -> None:
    assert len({board["uid"] for board in BOARDS.values()}) == len(BOARDS) == 2
