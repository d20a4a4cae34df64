"""Who gets an alert: amtool accepts the configuration, and a real Alertmanager sends one message for a dead pair."""

import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.settings.sections.monitoring import Receivers
from components.watch.alerts.alert import Alert
from components.watch.alerts.inhibition import CAUSES, inhibitions
from components.watch.alerts.routing import ALL, NOBODY, alertmanager
from tests.unit.watch.alerts.test_rules import all_alerts
from tests.unit.watch.alerts.world import NODES

URL = "https://alerts.example.org/hook?key=secret"
MAIL = {"to": "oncall@example.org", "from": "bridge@example.org", "smarthost": "smtp.example.org:587"}
RECEIVERS: Mapping[str, Mapping[str, Any]] = {
    "nobody": {},
    "webhook": {"webhook": {"urlFile": "hook"}},
    "mail": {"email": MAIL},
    "mail with a login": {"email": {**MAIL, "username": "alerts", "passwordFile": "password"}},
    "slack": {"slack": {"urlFile": "slack", "channel": "#bridge"}},
    "pagerduty": {"pagerduty": {"keyFile": "key"}},
    "everybody": {
        "webhook": {"urlFile": "hook"},
        "email": MAIL,
        "slack": {"urlFile": "slack", "channel": "#bridge"},
        "pagerduty": {"keyFile": "key"},
    },
}


def configuration(name: str) -> dict[str, Any]:
    """Return the configuration of some receivers."""
    return alertmanager(Receivers.model_validate(RECEIVERS[name]), secrets="/secrets", webhook=URL)


def amtool(folder: Path, name: str, *arguments: str) -> str:
    """Run amtool on a configuration; return what it says."""
    file = folder / "alertmanager.yml"
    file.write_text(json.dumps(configuration(name)))
    done = subprocess.run(["amtool", *arguments, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", RECEIVERS)
def test_alertmanager_takes_the_configuration(name: str, tmp_path: Path) -> None:
    assert "SUCCESS" in amtool(tmp_path, name, "check-config")


@pytest.mark.parametrize("severity", ["critical", "warning"])
@pytest.mark.parametrize("name", ["nobody", "slack", "everybody"])
def test_every_alert_has_a_receiver(name: str, severity: str, tmp_path: Path) -> None:
    receiver = NOBODY if name == "nobody" else ALL
    file = tmp_path / "alertmanager.yml"
    file.write_text(json.dumps(configuration(name)))
    command = ["amtool", "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receiver}"]
    done = subprocess.run([*command, "stack=dev", f"severity={severity}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_that_are_given_are_told() -> None:
    (told,) = configuration("everybody")["receivers"]
    assert {"webhook_configs", "email_configs", "slack_configs", "pagerduty_configs"} <= told.keys()


def test_critical_alerts_come_sooner_and_again_sooner() -> None:
    route = configuration("slack")["route"]
    (critical,) = route["routes"]
    assert (critical["group_wait"], critical["repeat_interval"]) == ("10s", "1h")
    assert (route["group_wait"], route["repeat_interval"]) == ("30s", "12h")
    assert route["group_by"] == ["stack"]


def test_secrets_are_paths_but_for_the_url_of_a_webhook() -> None:
    text = json.dumps(configuration("everybody"))
    assert text.count("secret") == text.count("/secrets/") + 1
    assert configuration("everybody")["receivers"][0]["webhook_configs"][0]["url"] == URL


def test_inhibitions_name_alerts_that_exist() -> None:
    known = {alert.name for alert in all_alerts()}
    assert {name for one in CAUSES for name in (*one.sources, *one.targets)} <= known


@pytest.mark.parametrize("rule", list(inhibitions()), ids=lambda rule: rule["source_matchers"][0])
def test_no_warning_suppresses_a_critical_alert(rule: Mapping[str, Sequence[str]]) -> None:
    sources, targets = (
        {one.severity for one in all_alerts() if matched(rule[kind], one)}
        for kind in ("source_matchers", "target_matchers")
    )
    assert sources
    assert targets
    assert "warning" not in sources or targets == {"warning"}


def matched(matchers: Sequence[str], one: Alert) -> bool:
    """Return whether an alert matches, by name and severity."""
    labels = {"alertname": one.name, "severity": one.severity}
    parts = (re.fullmatch(r'(\w+)(=~|!~|!=|=)"(.*)"', matcher) for matcher in matchers)
    known = [part.groups() for part in parts if part and part[1] in labels]
    return all(bool(re.fullmatch(text, labels[label])) != operation.startswith("!") for label, operation, text in known)


def alert(name: str, severity: str = "warning", **labels: str) -> dict[str, str]:
    """Return the labels of an alert."""
    return {"alertname": name, "severity": severity, "stack": "dev", **labels}


def of(node: str, name: str, **labels: str) -> dict[str, str]:
    """Return the labels of an alert about a node."""
    return {**alert(name, node=node, **NODES[node]), **labels}


OPERATOR = {"pair": "pair-1", "chain": "parent"}
DEAD_EN = [
    of("pair-1-en", "BridgeMachineGone"),
    of("scn-1", "BridgePairDisconnected"),
    of("scn-1", "BridgeAnchoringLate"),
    alert("BridgeOperatorNonceGap", **OPERATOR),
    alert("BridgeNoReserveLeft"),
]
SITUATIONS: Mapping[str, tuple[Sequence[Mapping[str, str]], set[str]]] = {
    "a dead EN": (DEAD_EN, {"BridgeMachineGone"}),
    "a dead SCN": (
        [
            of("scn-1", "BridgeMachineGone"),
            of("scn-1", "BridgeNodeMetricsGone"),
            alert("BridgeRoundsFailing", chain="child"),
            alert("BridgeNoReserveLeft"),
        ],
        {"BridgeMachineGone"},
    ),
    "a dead pair": (
        [*DEAD_EN, of("scn-1", "BridgeMachineGone"), alert("BridgeRoundsFailing", chain="child")],
        {"BridgeMachineGone"},
    ),
    "a hung SCN": (
        [of("scn-1", "BridgeNodeDown"), of("scn-1", "BridgeQuestionsUnanswered"), alert("BridgeNoReserveLeft")],
        {"BridgeNodeDown"},
    ),
    "a full disk that ends its node": (
        [
            of("scn-1", "BridgeNodeDown"),
            of("scn-1", "BridgeDiskFull", severity="critical"),
            of("scn-1", "BridgeQuestionsUnanswered"),
        ],
        {"BridgeNodeDown", "BridgeDiskFull"},
    ),
    "a cut link": (
        [of("scn-1", "BridgePairDisconnected"), of("scn-1", "BridgeAnchoringLate"), alert("BridgeNoReserveLeft")],
        {"BridgePairDisconnected"},
    ),
    "another pair has a problem of its own": (
        [*DEAD_EN, of("scn-2", "BridgeAnchoringLate")],
        {"BridgeMachineGone", "BridgeAnchoringLate"},
    ),
    "all pairs are lost": (
        [
            *DEAD_EN,
            alert("BridgeThresholdLost", "critical"),
            alert("BridgeTransfersStopped", "critical", source="child"),
            alert("BridgeRecoveryBurningFees", **OPERATOR),
        ],
        {"BridgeMachineGone", "BridgeThresholdLost"},
    ),
    "the reserve is lost by an operator that is not registered": (
        [alert("BridgeOperatorsChanged", "critical", chain="child", operator="pair-1"), alert("BridgeNoReserveLeft")],
        {"BridgeOperatorsChanged", "BridgeNoReserveLeft"},
    ),
    "two severities": (
        [alert("BridgeOperatorRunningDry", one, **OPERATOR) for one in ("critical", "warning")],
        {"BridgeOperatorRunningDry"},
    ),
    "another stack": (
        [*DEAD_EN, {**alert("BridgeNoReserveLeft"), "stack": "prod"}],
        {"BridgeMachineGone", "BridgeNoReserveLeft"},
    ),
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run an Alertmanager on loopback; return the address of its API."""
    folder = tmp_path_factory.mktemp("alertmanager")
    (folder / "alertmanager.yml").write_text(json.dumps(configuration("nobody")))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        "prometheus-alertmanager",
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}/api/v2/alerts"
        finally:
            process.kill()


def asked(url: str, sent: object = None) -> Any:
    """Ask the API, which takes a moment to start."""
    body = None if sent is None else json.dumps(sent).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                text = answer.read()
                return json.loads(text) if text else None
        except OSError:
            time.sleep(0.1)
    raise AssertionError(url)


@pytest.mark.parametrize("name", SITUATIONS)
def test_one_cause_is_one_message(name: str, api: str) -> None:
    fired, told = SITUATIONS[name]
    mark = {"situation": name.replace(" ", "-")}
    # Each situation is a stack of its own in the one Alertmanager.
    labels = [{**one, **mark, "stack": f"{one['stack']}-{mark['situation']}"} for one in fired]
    asked(api, [{"labels": one, "annotations": {}} for one in labels])
    severities = ["critical"] if name == "two severities" else None
    shown: list[Any] = []
    for _ in range(200):
        shown = asked(f"{api}?inhibited=false&filter=situation%3D%22{mark['situation']}%22")
        if _names(shown) == told and severities in (None, _severities(shown)):
            break
        time.sleep(0.1)
    assert _names(shown) == told
    assert severities in (None, _severities(shown))


def _names(shown: Sequence[Any]) -> set[str]:
    return {one["labels"]["alertname"] for one in shown}


def _severities(shown: Sequence[Any]) -> list[str]:
    return [one["labels"]["severity"] for one in shown]
