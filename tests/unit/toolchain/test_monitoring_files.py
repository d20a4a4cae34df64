"""`make monitoring`: the files for a Prometheus of one's own are complete, and their programs take them."""

import io
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.domain.problems.operations.state import CALLED_WRONGLY, NOT_MONITORED, STACK_NOT_UP
from components.watch.metrics.node_series import PEERS_OF_BOTH, PENDING_REQUESTS
from tests.unit.samples import raw
from tests.unit.watch.samples import NODES, export
from toolchain.ops import monitoring_files as monitoring


def config_of(values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return a configuration as `pulumi config --json` prints it."""
    return {
        f"servicechain-ha:{key}": {"value": value if isinstance(value, str) else json.dumps(value)}
        for key, value in values.items()
    }


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the files of a stack; return their folder."""
    receivers = {"webhook": {"urlFile": "hook"}, "slack": {"urlFile": "slack", "channel": "#bridge"}}
    config = tmp_path / "config.json"
    config.write_text(json.dumps(config_of(raw(monitoring={"receivers": receivers}))))
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(export())))
    folder = tmp_path / "out"
    assert monitoring.main("dev", str(folder), str(config)) == 0
    return folder


def test_all_files_are_there(made: Path) -> None:
    found = {file.relative_to(made).as_posix() for file in made.rglob("*") if file.is_file()}
    boards = {"dashboards/bridge.json", "dashboards/nodes.json"}
    assert found == {"rules.yml", "prometheus.yml", "alertmanager.yml", *boards}


def test_their_programs_take_them(made: Path) -> None:
    checks = [
        ["promtool", "check", "config", "prometheus.yml"],
        ["promtool", "check", "rules", "rules.yml"],
        ["amtool", "check-config", "alertmanager.yml"],
    ]
    for command in checks:
        done = subprocess.run(command, cwd=made, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_node_of_the_state_is_read_with_its_labels(made: Path) -> None:
    jobs = {job["job_name"]: job for job in yaml.safe_load((made / "prometheus.yml").read_text())["scrape_configs"]}
    targets = jobs["kaia"]["static_configs"]
    assert {one["labels"]["node"] for one in targets} == set(NODES)
    (alpha,) = (one for one in targets if one["labels"]["node"] == "alpha-en")
    assert alpha["labels"] == {"stack": "dev", "node": "alpha-en", "role": "en", "chain": "parent", "pair": "alpha"}
    assert alpha["targets"] == ["192.0.2.1:61001"]


def test_none_reads_a_series_of_the_node_that_is_wrong(made: Path) -> None:
    """p2p_PeerCountGauge is written by two servers, event_pend_request drifts: the catalogue says so, and no more."""
    for file in (file for file in made.rglob("*") if file.is_file()):
        assert not [str(one) for one in (PEERS_OF_BOTH, PENDING_REQUESTS) if str(one) in file.read_text()], file


def test_no_secret_is_in_them(made: Path) -> None:
    text = "".join(file.read_text() for file in made.rglob("*") if file.is_file())
    assert raw()["identitySeed"] not in text
    assert monitoring.HOOK in text
    assert f"{monitoring.SECRETS}/slack-url" in text


def test_without_a_folder_it_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert monitoring.main("dev", "") == 1
    assert CALLED_WRONGLY.code in capsys.readouterr().err


def test_rules_are_not_written_for_machines_that_serve_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They would report every machine as gone and both chains as unreadable."""
    config, folder = tmp_path / "config.json", tmp_path / "out"
    config.write_text(json.dumps(config_of(raw(monitoring={"enabled": False}))))
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(export())))
    assert monitoring.main("dev", str(folder), str(config)) == 1
    assert NOT_MONITORED.code in capsys.readouterr().err
    assert not folder.exists()


def test_without_nodes_there_is_nothing_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps(config_of(raw())))
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))
    assert monitoring.main("dev", str(tmp_path), str(config)) == 1
    assert STACK_NOT_UP.code in capsys.readouterr().err
