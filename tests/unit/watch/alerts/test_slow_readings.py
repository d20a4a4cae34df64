"""With two minutes between readings nothing fires on a healthy bridge: not at first, and not under traffic.

Each machine is read at a moment of its own, its file was written some time before, and rules are evaluated in between.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from components.topology.checks.configuration import read
from components.watch.alerts.rules_file import rule_file
from components.watch.metrics import contract_series as contract
from components.watch.metrics import exporter_series, machine_series
from components.watch.metrics.series import Series
from tests.unit.samples import raw
from tests.unit.watch.alerts.test_rules import FIRING, firing
from tests.unit.watch.alerts.world import NODES, REQUESTS, STACK, Healthy, healthy

INTERVAL, STEP, MINUTES = 120, 30, 24
EVERY = INTERVAL // STEP
MACHINE = set(machine_series.ALL)
"""Read at the moment of the scrape."""
REQUEST_SECONDS, PAID_AFTER = 10, 2
"""A request so often, each of them paid so much later."""
OTHER = {"parent": "child", "child": "parent"}
World = Callable[[], Iterator[tuple[Series, dict[str, str], Healthy]]]


def busy() -> Iterator[tuple[Series, dict[str, str], Healthy]]:
    """Yield every series of a bridge with traffic in both directions."""
    for series, labels, value in healthy():
        chain = labels["chain"]
        made: dict[Series, Healthy] = {
            contract.REQUESTED: lambda now, first=REQUESTS[chain]: first + now // REQUEST_SECONDS,  # type: ignore[misc]
            contract.HANDLED: lambda now, chain=chain: paid(chain, now),  # type: ignore[misc]
            contract.HIGHEST_HANDLED: lambda now, chain=chain: paid(chain, now) - 1,  # type: ignore[misc]
        }
        if "back" not in labels:
            yield series, labels, made.get(series, value)
        elif labels["back"] == "0":
            for back in range(contract.RECENT):
                yield series, {**labels, "back": str(back)}, slot(series, chain, back)


def paid(chain: str, now: float) -> float:
    """Return how many requests of the other chain are paid."""
    return REQUESTS[OTHER[chain]] + (now - PAID_AFTER) // REQUEST_SECONDS


def slot(series: Series, chain: str, back: int) -> Healthy:
    """Return one of the newest requests."""
    if series == contract.RECENT_AMOUNT:
        return lambda _: 7
    if series == contract.RECENT_TIME:
        return lambda now: (now // REQUEST_SECONDS - back) * REQUEST_SECONDS
    return lambda now: REQUESTS[chain] + now // REQUEST_SECONDS - 1 - back


def readings(world: World, *, again: bool, until: int = MINUTES) -> list[dict[str, str]]:
    """Return the series as promtool reads them.

    `again`: whether the second scrape finds the file of the first one, as the exporter ran a moment late; `until`: the
    minute from which on blocks, and all that is counted in a file, stand still.
    """
    found = []
    for series, labels, value in world():
        number = list(NODES).index(labels["node"])
        first, age = number % EVERY, number * 37 % INTERVAL
        words = ["_"] * (MINUTES * 60 // STEP + 1)
        for scrape, i in enumerate(range(first, len(words), EVERY)):
            now = i * STEP
            run = now - age - (INTERVAL if again and scrape == 1 else 0)
            stands = series in (exporter_series.HEAD_BLOCK, exporter_series.HEAD_TIME, exporter_series.BEST_PEER_BLOCK)
            words[i] = repr(float(value(now if series in MACHINE else min(run, 60 * until) if stands else run)))
        inside = ",".join(f'{name}="{text}"' for name, text in labels.items())
        found.append({"series": f"{series}{{{inside}}}", "values": " ".join(words)})
    return found


def complaints(folder: Path, series: list[dict[str, str]], asked: list[dict[str, Any]]) -> str:
    """Run promtool; return what it complains about."""
    rules = rule_file(read(raw(monitoring={"interval": INTERVAL})), STACK)
    (folder / "rules.yml").write_text(json.dumps(rules))
    test = {"interval": f"{STEP}s", "input_series": series, "promql_expr_test": asked}
    document = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": f"{STEP}s",
        "group_eval_order": [group["name"] for group in rules["groups"]],
        "tests": [test],
    }
    (folder / "tests.yml").write_text(json.dumps(document))
    done = subprocess.run(["promtool", "test", "rules", "tests.yml"], cwd=folder, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("again", [False, True], ids=["at the first look", "one look later"])
@pytest.mark.parametrize("world", [healthy, busy], ids=["quiet", "busy"])
def test_nothing_fires_on_a_healthy_bridge(tmp_path: Path, world: World, *, again: bool) -> None:
    asked: list[dict[str, Any]] = [
        {"expr": FIRING, "eval_time": f"{second}s", "exp_samples": []} for second in range(0, MINUTES * 60, STEP)
    ]
    assert complaints(tmp_path, readings(world, again=again), asked) == ""


def test_a_chain_that_stops_is_noticed(tmp_path: Path) -> None:
    begin, stopped = 10, 'group by (alertname, severity) (ALERTS{alertstate="firing",alertname="BridgeChainStopped"})'
    asked: list[dict[str, Any]] = [
        {"expr": FIRING, "eval_time": f"{begin}m", "exp_samples": []},
        {"expr": stopped, "eval_time": f"{begin + 8}m", "exp_samples": firing({("BridgeChainStopped", "critical")})},
    ]
    assert complaints(tmp_path, readings(healthy, again=False, until=begin), asked) == ""
