"""Every alert fires for its cause, stays silent before and for what is just short of it, and recovers.

Promtool is started once for all. Causes that have nothing to do with each other are tried at the same time.
"""

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.settings.model import Settings
from components.topology.checks.configuration import read
from components.watch.alerts.alert import Alert
from components.watch.alerts.promql import Scope
from components.watch.alerts.rules_file import alerts, rule_file
from tests.unit.samples import kairos_raw, pairs, raw
from tests.unit.watch.alerts.cases import CASES, Case
from tests.unit.watch.alerts.world import STACK, input_series

ABOUT = (
    "stack",
    "node",
    "role",
    "chain",
    "pair",
    "source",
    "asset",
    "token",
    "operator",
    "side",
    "fork",
    "integration",
)
"""Labels that say what an alert is about; `instance` and `job` do not."""
NETWORKS = ("private", "kairos")
FIRING = 'group by (alertname, severity) (ALERTS{alertstate="firing"})'


def settings_of(network: str) -> Settings:
    """Return the settings of the world."""
    if network == "kairos":
        return read(kairos_raw(anchoring__period=3600))
    if network == "one pair":
        return read(kairos_raw(pairs=pairs(1), serviceChain__nodes=["scn-1"]))
    gold = {"name": "gold", "kind": "erc20", "parent": "0x" + "a2" * 20, "child": "0x" + "c2" * 20}
    return read(raw(tokens=[gold]))


def all_alerts() -> list[Alert]:
    """Return every alert that there can be."""
    found = [alerts(Scope(STACK, settings_of(network))).values() for network in NETWORKS]
    unique = {(one.name, one.severity): one for groups in found for group in groups for one in group}
    return list(unique.values())


def packs() -> list[list[Case]]:
    """Return the cases, those together that can be tried at the same time."""
    found: list[list[Case]] = []
    for case in CASES:
        fitting = (pack for pack in found if all(_apart(case, other) for other in pack))
        pack = next(fitting, None)
        if pack is None:
            found.append([case])
        else:
            pack.append(case)
    return found


def _apart(one: Case, other: Case) -> bool:
    same = (one.network, one.takes, one.rest) == (other.network, other.takes, other.rest)
    touched = [{change.series for change in (*case.calm, *case.bad)} for case in (one, other)]
    return one.quiet and other.quiet and same and one.alert != other.alert and not touched[0] & touched[1]


def samples(rows: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """Return what promtool has to find."""
    shown = (", ".join(f'{name}="{text}"' for name, text in row.items()) for row in rows)
    return [{"labels": f"{{{inside}}}", "value": 1} for inside in shown]


def firing(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return what promtool has to find of all that fires."""
    return samples({"alertname": name, "severity": severity} for name, severity in sorted(pairs))


def questions(pack: Sequence[Case]) -> list[dict[str, Any]]:
    """Return when nothing fires, when something does, and what it names."""
    calm, bad = pack[0].phases
    expected = frozenset({(case.alert, case.severity) for case in pack}).union(*(case.also for case in pack))
    near = frozenset[tuple[str, str]]().union(*(case.calm_also for case in pack))
    asked = [
        (FIRING, calm.begin - 1, []),
        (FIRING, calm.end - 1, firing(near)),
        (FIRING, bad.begin - 1, []),
        (FIRING, bad.end - 1, firing(expected)),
        (FIRING, bad.end + pack[0].rest, []),
    ]
    for case in pack:
        mine = f'ALERTS{{alertname="{case.alert}", severity="{case.severity}", alertstate="firing"}}'
        names = samples({"stack": STACK, **one} for one in case.where)
        asked.append((f"group by ({', '.join(ABOUT)}) ({mine})", bad.end - 1, names))
    return [{"expr": expr, "eval_time": f"{minute}m", "exp_samples": found} for expr, minute, found in asked]


def world_of(pack: Sequence[Case]) -> dict[str, Any]:
    """Return the test of some cases, as promtool reads it."""
    phases = [phase for case in pack for phase in case.phases]
    extra = [row for case in pack for row in case.extra.items()]
    series = input_series(phases, pack[0].minutes, extra)
    return {"interval": "1m", "input_series": series, "promql_expr_test": questions(pack)}


def promtool(folder: Path, network: str, tests: Sequence[dict[str, Any]]) -> str:
    """Run tests; return what promtool complains about."""
    rules, file = f"rules-{network}.yml", f"tests-{network}.yml"
    made = rule_file(settings_of(network), STACK)
    order = [group["name"] for group in made["groups"]]
    document = {"rule_files": [rules], "evaluation_interval": "1m", "group_eval_order": order, "tests": tests}
    (folder / rules).write_text(json.dumps(made))
    (folder / file).write_text(json.dumps(document))
    memory = Path("/dev/shm")  # noqa: S108  promtool writes each sample to a log on the disk
    place = {"TMPDIR": str(memory)} if memory.is_dir() else {}
    place["GOGC"] = "off"  # it ends within two seconds, a quarter of which it would spend on collecting garbage
    command = ["promtool", "test", "rules", file]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **place}, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("number", range(len(packs())), ids=lambda number: packs()[number][0].alert)
def test_every_alert_fires_stays_silent_and_recovers(tmp_path: Path, number: int) -> None:
    pack = packs()[number]
    complaints = promtool(tmp_path, pack[0].network, [world_of(pack)])
    assert not complaints, f"{[case.alert for case in pack]}\n{complaints}"


@pytest.mark.parametrize("alert", all_alerts(), ids=lambda one: f"{one.name}-{one.severity}")
def test_every_alert_has_a_case(alert: Alert) -> None:
    mine = [case for case in CASES if (case.alert, case.severity) == (alert.name, alert.severity)]
    assert mine, "write a case: what makes it fire, and what is just short of that"


def test_every_case_has_an_alert_and_a_near_miss() -> None:
    known = {(one.name, one.severity) for one in all_alerts()}
    assert {(case.alert, case.severity) for case in CASES} == known
    assert [case.alert for case in CASES if not case.calm and not case.extra] == []


def test_what_an_operator_has_spent_counts_if_it_is_more_than_expected(tmp_path: Path) -> None:
    inside = 'stack="dev",node="parent",role="validator",chain="parent",job="machine"'
    steps = {
        "servicechain_exporter_last_run_timestamp_seconds": ("", "0+60x400"),
        "servicechain_head_block": ("", "1000+60x400"),
        "servicechain_operator_balance_coins": (',operator="pair-1"', "100-0.05x400"),
        "servicechain_operator_balance_coins ": (',operator="pair-2"', "100-0.001x400"),
    }
    series = [
        {"series": f"{name.strip()}{{{inside}{more}}}", "values": values} for name, (more, values) in steps.items()
    ]
    # 0.05 coins a minute are 72 a day, and 0.001 are less than the settings expect.
    asked = [
        ("pair-1", 5, 99.75 / 8.6885),
        ("pair-1", 400, 80 / 72),
        ("pair-2", 400, 99.6 / 8.6885),
    ]
    questions_ = [
        {
            "expr": f'round(1000 * operator:servicechain_balance:days_left{{pair="{pair}"}})',
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": f'{{stack="dev",pair="{pair}",chain="parent"}}', "value": round(1000 * days)}],
        }
        for pair, minute, days in asked
    ]
    test = {"interval": "1m", "input_series": series, "promql_expr_test": questions_}
    assert promtool(tmp_path, "private", [test]) == ""


def test_sentences_have_names_and_numbers(tmp_path: Path) -> None:
    pack = packs()[0]
    minute = pack[0].phases[1].end - 1
    wanted = [{"alertname": case.alert, "eval_time": f"{minute}m", "exp_alerts": []} for case in pack]
    told = promtool(tmp_path, pack[0].network, [{**world_of(pack), "promql_expr_test": [], "alert_rule_test": wanted}])
    assert "dev: transfers from the child chain have stopped" in told
    assert "1 of 2 pairs can vote, and a transfer needs 1." in told
    assert "error expanding" not in told
    assert "no value" not in told
