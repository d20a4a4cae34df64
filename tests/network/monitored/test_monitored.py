"""A monitored network: all is read, all rules have values, none fires while it is quiet, and it does not matter to it.

The tests are one story: the last ones kill what the first ones looked at.
"""

import time

import pytest

from components.chain.rpc.waiting import wait_for
from components.domain.problems.hosts import MONITORING_DOWN
from components.watch.dashboards.boards import boards
from components.watch.metrics import contract_series, exporter_series
from components.watch.metrics.series import Series
from tests.network.monitored.prometheus import Prometheus
from tests.network.network import Network
from tests.stack import Stack

pytestmark = pytest.mark.nightly

NODES = {"parent", "scn-1", "scn-2", "scn-3", "scn-4", "alpha-en", "beta-en"}
FIRES_SECONDS = 150.0
"""For which a node has to be dead until its alert fires, with some time to read and evaluate."""


def test_every_node_and_machine_is_read(prometheus: Prometheus) -> None:
    expected = {("kaia", node) for node in NODES} | {("machine", node) for node in {*NODES, "monitor"}}
    expected |= {("prometheus", "monitor"), ("alertmanager", "monitor")}
    assert prometheus.targets() == dict.fromkeys(expected, "")


SERIES = [*exporter_series.ALL, *contract_series.ALL]


@pytest.mark.parametrize("series", SERIES, ids=lambda one: one.name)
def test_each_series_is_there(prometheus: Prometheus, series: Series) -> None:
    # The newest requests are a few readings late.
    found = wait_for(lambda: prometheus.query(series.name) or f"there is no {series.name}", 40, interval=1)
    own = {"__name__", "instance", "job", "stack", "node", "role", "chain", "pair"}
    for one in found:
        assert set(one["metric"]) - own == set(series.labels)


def test_every_rule_is_evaluated(prometheus: Prometheus) -> None:
    rules = prometheus.rules()
    assert len(rules) > 20
    assert [(rule["name"], rule["lastError"]) for rule in rules if rule["health"] == "err"] == []


def expressions() -> dict[str, str]:
    """Return the expressions of all panels, with the choices of a reader filled in."""
    found = {}
    for board in boards().values():
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                found[f"{panel['title']}: {target['expr']}"] = str(target["expr"]).replace("$stack", "test")
    return found


@pytest.mark.parametrize("expression", expressions().values(), ids=expressions().keys())
def test_each_panel_is_evaluated(prometheus: Prometheus, expression: str) -> None:
    prometheus.query(expression.replace("$__rate_interval", "1m").replace("$__range", "5m"))


def test_nothing_has_fired_while_the_network_was_made_and_is_quiet(prometheus: Prometheus) -> None:
    fired = prometheus.query('max_over_time(ALERTS{alertstate="firing"}[1h])')
    assert {one["metric"]["alertname"] for one in fired} | prometheus.firing() == set()


def test_no_program_is_root(network: Network, prometheus: Prometheus) -> None:
    del prometheus
    users = [line.split() for line in network.run("scn-1", "ps -eo user:20,comm").splitlines()]
    assert {user for user, name in users if name.startswith("prometheus")} == {"prometheus"}


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
    wait_for(lambda: "BridgeNodeDown" in prometheus.firing() or str(prometheus.firing()), FIRES_SECONDS, interval=1)
    print(f"fires after {time.monotonic() - begin:.0f} s")
    network.start("beta-en")
    begin = time.monotonic()
    wait_for(lambda: "BridgeNodeDown" not in prometheus.firing() or "it still fires", 60, interval=1)
    print(f"resolved after {time.monotonic() - begin:.0f} s")


def test_the_status_of_the_monitor_itself_is_read(prometheus: Prometheus) -> None:
    assert prometheus.query("prometheus_config_last_reload_successful")[0]["value"][1] == "1"
    assert float(prometheus.query("count(up == 1)")[0]["value"][1]) == 2 * len(NODES) + 3
