"""The rule file: Prometheus takes it for any settings, it follows the conventions, and uses known series only."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.topology.checks.configuration import read
from components.watch.alerts import declared
from components.watch.alerts.promql import span
from components.watch.alerts.rules.operators import burning_window
from components.watch.alerts.rules_file import rule_file
from components.watch.metrics import contract_series, exporter_series, machine_series, node_series
from tests.unit.samples import Raw, kairos_raw, pairs, raw

KNOWN = {str(one) for module in (contract_series, exporter_series, machine_series, node_series) for one in module.ALL}
DECLARED = {declared.NODE, declared.PAIR, declared.ANCHORS, declared.SPENDING, declared.TRANSACTION, declared.NETWORK}
"""Recorded only where the settings declare it."""
SETTINGS: dict[str, Raw] = {
    "private": raw(),
    "one pair": raw(pairs=pairs(1)),
    "free gas": raw(parentChain={"chainId": 2020, "unitPrice": 0}),
    "no anchors": raw(anchoring={"enabled": False}),
    "slow readings": raw(monitoring={"interval": 120}),
    "kairos": kairos_raw(anchoring__period=3600),
}


def rules_of(name: str) -> list[dict[str, Any]]:
    return [rule for group in rule_file(read(SETTINGS[name]), "dev")["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("name", SETTINGS)
def test_prometheus_takes_the_rules(name: str, tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps(rule_file(read(SETTINGS[name]), "dev")))
    done = subprocess.run(["promtool", "check", "rules", "--lint-fatal", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SETTINGS)
def test_rules_use_series_that_exist(name: str) -> None:
    rules = rules_of(name)
    recorded = {str(rule["record"]) for rule in rules if "record" in rule}
    used = {series for rule in rules for series in re.findall(r"([A-Za-z_][\w:]*)\{", rule["expr"])}
    assert used <= KNOWN | recorded | DECLARED


@pytest.mark.parametrize("name", SETTINGS)
def test_no_rule_reads_a_series_of_the_node_that_is_wrong(name: str) -> None:
    wrong = {str(one) for one in (node_series.PEERS_OF_BOTH, node_series.PENDING_REQUESTS)}
    assert wrong == {"klaytn_p2p_PeerCountGauge", "klaytn_klay_bridge_vt_event_pend_request"}
    assert not [one for one in wrong if one in json.dumps(rules_of(name))]


OLD_VALUES_COUNT = {"BridgeTokenLiquidityLow", "BridgeDiskFull"}
"""The most of a week; and a full disk may be what stops the exporter."""


def test_no_alert_reads_a_file_that_may_be_old() -> None:
    raw_series = {str(one) for module in (contract_series, exporter_series) for one in module.ALL}
    for rule in rules_of("private"):
        if "alert" in rule and rule["alert"] not in OLD_VALUES_COUNT:
            used = re.findall(r"([A-Za-z_][\w:]*)\{", rule["expr"] + json.dumps(rule["annotations"]))
            assert not raw_series & set(used), rule["alert"]


def test_every_series_is_of_this_stack() -> None:
    for rule in rules_of("private"):
        for series, inside in re.findall(r"([A-Za-z_][\w:]*)\{([^}]*)\}", rule["expr"]):
            assert 'stack="dev"' in inside, (series, rule)


@pytest.mark.parametrize("name", SETTINGS)
def test_alerts_follow_the_conventions_of_mixins(name: str) -> None:
    found = [rule for rule in rules_of(name) if "alert" in rule]
    keys = [(rule["alert"], rule["labels"]["severity"], rule["labels"].get("fork")) for rule in found]
    assert len(keys) == len(set(keys)) > 30
    for rule in found:
        assert re.fullmatch(r"Bridge([A-Z][a-z]+)+", rule["alert"])
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["runbook_url"] == f"docs/alerts.md#{rule['alert'].lower()}"
        assert rule["annotations"]["summary"].startswith("{{ $labels.stack }}: ")
        assert rule["annotations"]["description"].endswith((".", "{{ end }}"))


def test_runbooks_may_be_elsewhere() -> None:
    made = rule_file(read(raw(monitoring={"runbooks": "https://example.org/books/"})), "dev")
    urls = {rule["annotations"]["runbook_url"] for group in made["groups"][2:] for rule in group["rules"]}
    assert "https://example.org/books/alerts.md#bridgethresholdlost" in urls


def test_rules_of_two_stacks_stand_side_by_side() -> None:
    names = [{group["name"] for group in rule_file(read(raw()), stack)["groups"]} for stack in ("dev", "prod")]
    assert not names[0] & names[1]


def test_what_costs_nothing_runs_out_of_nothing() -> None:
    declared = {str(rule.get("record")) for rule in rules_of("free gas")}
    assert not {one for one in declared if one.startswith("servicechain:operator_")}


def test_a_fork_is_compared_by_version_block_and_day() -> None:
    expr = next(rule["expr"] for rule in rules_of("kairos") if rule.get("labels", {}).get("fork") == "Permissionless")
    assert "< 3000000" in expr
    assert "233366400 - " in expr
    assert "1794960000 - time()" in expr  # 2026-11-18


def test_an_announced_fork_has_its_own_alert() -> None:
    fork = {"network": "kairos", "name": "Next", "block": 250_000_000, "since": "v3.1.0"}
    made = rule_file(read(kairos_raw(anchoring__period=3600, packages__forks=[fork])), "dev")
    forks = {rule["labels"].get("fork") for group in made["groups"][2:] for rule in group["rules"]}
    assert {"Next", "Permissionless"} <= forks


@pytest.mark.parametrize(("interval", "window"), [(5, "15m"), (60, "15m"), (600, "2h"), (86_400, "1d")])
def test_votes_in_vain_are_counted_over_several_looks(interval: int, window: str) -> None:
    assert burning_window(interval) == window


@pytest.mark.parametrize(("seconds", "text"), [(45, "45s"), (120, "2m"), (7200, "2h"), (86_400, "1d"), (90, "90s")])
def test_durations_are_written_as_prometheus_does(seconds: int, text: str) -> None:
    assert span(seconds) == text
