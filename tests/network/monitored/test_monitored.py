"""A monitored network: all is read, all rules have values, none fires while it is quiet, and it does not matter to it.

The tests are one story: the last ones kill what the first ones looked at.
"""

import re
import time
from collections.abc import Mapping

import pytest

from components.chain.rpc.waiting import wait_for
from components.domain.problems.hosts import MONITORING_DOWN
from components.watch.alerts.recorded import BLIND, UNFUNDED
from components.watch.dashboards.boards import boards
from components.watch.metrics import contract_series, exporter_series, machine_series, node_series
from components.watch.metrics.series import Series
from tests.network.monitored.conftest import INTERVAL
from tests.network.monitored.prometheus import READ_SECONDS, Prometheus
from tests.network.network import Network
from tests.stack import Stack

pytestmark = pytest.mark.nightly

NODES = {"parent", "scn-1", "scn-2", "scn-3", "scn-4", "alpha-en", "beta-en"}
FIRES_SECONDS = 150.0
"""For which a node has to be dead until its alert fires, with some time to read and evaluate."""
QUIET_SECONDS = 600
DOWN = ("BridgeNodeDown", "warning")
SELECTOR = re.compile(r"(([a-zA-Z_:]+)\{[^}]*\})")
"""One series in an expression, with its matchers; all of ours name the stack."""


def test_every_node_and_machine_is_read(prometheus: Prometheus) -> None:
    expected = {("kaia", node) for node in NODES} | {("machine", node) for node in {*NODES, "monitor"}}
    expected |= {("prometheus", "monitor"), ("alertmanager", "monitor")}
    assert prometheus.targets() == dict.fromkeys(expected, "")


SERIES = [*exporter_series.ALL, *contract_series.ALL, *node_series.ALL, *machine_series.ALL]
OF_TARGETS = {"__name__", "instance", "job", "stack", "node", "role", "chain", "pair"}
"""Labels that the scrape adds."""

ONLY_OF_FAULTS = {
    BLIND: "machines whose exporter does not run",
    UNFUNDED: "open requests that cannot be paid",
}
"""Recorded series that are not there while all is well, and what has them otherwise."""
EMPTY_PANELS = {"Exporters that do not run": "it shows faults alone: what is blind, gone, or leaves questions open"}
"""Panels whose expressions give nothing while all is well, and why."""


@pytest.mark.parametrize("series", SERIES, ids=lambda one: one.name)
def test_each_series_is_there(prometheus: Prometheus, series: Series) -> None:
    # The newest requests are a few readings late.
    found = wait_for(lambda: prometheus.query(series.name) or f"there is no {series.name}", READ_SECONDS, interval=1)
    for one in found:
        assert set(one["metric"]) - OF_TARGETS == set(series.labels)


def test_every_rule_is_evaluated(prometheus: Prometheus) -> None:
    rules = prometheus.rules()
    assert len(rules) > 20
    wait_for(
        lambda: all(rule["health"] != "unknown" for rule in prometheus.rules()) or "not evaluated yet", READ_SECONDS
    )
    wrong = [(rule["name"], rule["lastError"]) for rule in prometheus.rules() if rule["health"] != "ok"]
    assert wrong == []


def wait_until_all_are_there(prometheus: Prometheus, queries: Mapping[str, str]) -> None:
    """Wait until all queries but those of `ONLY_OF_FAULTS` give something. `queries`: names of series, by query."""

    def probe() -> bool | str:
        absent = {name for query, name in queries.items() if not prometheus.query(query)}
        return absent == set(ONLY_OF_FAULTS) or f"absent: {sorted(absent)}"

    wait_for(probe, READ_SECONDS)


def test_all_that_rules_read_is_there(prometheus: Prometheus) -> None:
    """An alert gives nothing while all is well; but one that reads a series that never exists would never fire."""
    selected = [found for rule in prometheus.rules() for found in re.findall(SELECTOR, str(rule["query"]))]
    assert len(selected) > 100
    wait_until_all_are_there(prometheus, dict(selected))


def test_every_recorded_series_has_values(prometheus: Prometheus) -> None:
    recorded = [rule["name"] for rule in prometheus.rules() if rule["type"] == "recording"]
    wait_until_all_are_there(prometheus, dict(zip(recorded, recorded, strict=True)))


def expressions() -> dict[str, tuple[str, str]]:
    """Return title and expression of all panels, with the choices of a reader filled in."""
    found = {}
    for board in boards().values():
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                title, expression = str(panel["title"]), str(target["expr"])
                found[f"{title}: {expression}"] = title, expression.replace("$stack", "test")
    return found


@pytest.mark.parametrize(("title", "expression"), expressions().values(), ids=expressions().keys())
def test_each_panel_has_data(prometheus: Prometheus, title: str, expression: str) -> None:
    filled = expression.replace("$__rate_interval", "1m").replace("$__range", "5m")
    empty = title in EMPTY_PANELS
    wait_for(lambda: bool(prometheus.query(filled)) != empty or f"empty: {not empty}", READ_SECONDS, interval=1)


def test_no_program_is_root(network: Network, prometheus: Prometheus) -> None:
    del prometheus
    users = [line.split() for line in network.run("scn-1", "ps -eo user:20,comm").splitlines()]
    assert {user for user, name in users if name.startswith("prometheus")} == {"prometheus"}


def test_nothing_has_fired_while_the_network_was_made_and_was_quiet_for_ten_minutes(prometheus: Prometheus) -> None:
    """The tests above look only, so that their time counts too."""
    first = float(prometheus.query("min(min_over_time(timestamp(up)[1h:5s]))")[0]["value"][1])
    time.sleep(max(0.0, first + QUIET_SECONDS - time.time()))
    fired = prometheus.query('max_over_time(ALERTS{alertstate="firing"}[1h])')
    assert {one["metric"]["alertname"] for one in fired} == set()
    assert prometheus.firing() == set()
    reads = float(prometheus.query(f"min(count_over_time(up[{QUIET_SECONDS}s]))")[0]["value"][1])
    assert reads > 0.8 * QUIET_SECONDS / INTERVAL, "the monitor did not look all the time"


def test_a_killed_program_is_drift_and_comes_back_and_no_node_is_touched(
    stack: Stack, network: Network, prometheus: Prometheus
) -> None:
    before = network.processes()
    network.run("scn-1", "kill -9 $(cat /srv/monitoring/node-exporter.pid)")
    run = stack.refresh()
    assert run.lines(MONITORING_DOWN, "scn-1: node-exporter")
    run = stack.up()
    assert run.changes == {"update": 1}
    assert network.processes() == before
    wait_for(lambda: not any(prometheus.targets().values()) or "not read yet", 30)


def test_a_dead_node_is_told_and_its_return_too(network: Network, prometheus: Prometheus) -> None:
    network.kill("beta-en")
    begin = time.monotonic()
    wait_for(lambda: DOWN in prometheus.firing() or str(prometheus.firing()), FIRES_SECONDS, interval=1)
    print(f"fires after {time.monotonic() - begin:.0f} s")
    network.start("beta-en")
    begin = time.monotonic()
    wait_for(lambda: DOWN not in prometheus.firing() or "it still fires", 60, interval=1)
    print(f"resolved after {time.monotonic() - begin:.0f} s")


def test_the_status_of_the_monitor_itself_is_read(prometheus: Prometheus) -> None:
    assert prometheus.query("prometheus_config_last_reload_successful")[0]["value"][1] == "1"
    assert float(prometheus.query("count(up == 1)")[0]["value"][1]) == 2 * len(NODES) + 3
