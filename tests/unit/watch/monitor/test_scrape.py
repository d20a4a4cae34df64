"""What Prometheus reads: jobs, labels and times, and promtool takes it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from components.watch.monitor.scrape import Scraped, prometheus

TARGETS = [
    Scraped("parent", "validator", "parent", None, "10.0.0.1"),
    Scraped("alpha-en", "en", "parent", "alpha", "10.0.0.2"),
    Scraped("scn-1", "scn", "child", "alpha", "10.0.0.3"),
    Scraped("monitor", "monitor", None, None, "10.0.0.9"),
]
OWN = {"stack": "prod", "node": "monitor", "role": "monitor"}


def test_each_job_has_its_targets_with_their_labels() -> None:
    config = prometheus(TARGETS, stack="prod", interval=15, rule_files=["/rules.yml"])
    found = {
        job["job_name"]: {one["targets"][0]: one["labels"] for one in job["static_configs"]}
        for job in config["scrape_configs"]
    }
    nodes = {
        "10.0.0.1": {"stack": "prod", "node": "parent", "role": "validator", "chain": "parent"},
        "10.0.0.2": {"stack": "prod", "node": "alpha-en", "role": "en", "chain": "parent", "pair": "alpha"},
        "10.0.0.3": {"stack": "prod", "node": "scn-1", "role": "scn", "chain": "child", "pair": "alpha"},
    }
    assert found == {
        "kaia": {f"{address}:61001": labels for address, labels in nodes.items()},
        "machine": {**{f"{address}:9100": labels for address, labels in nodes.items()}, "10.0.0.9:9100": OWN},
        "prometheus": {"127.0.0.1:9090": OWN},
        "alertmanager": {"127.0.0.1:9093": OWN},
    }
    assert config["rule_files"] == ["/rules.yml"]
    assert config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == ["127.0.0.1:9093"]


@pytest.mark.parametrize(("interval", "timeout"), [(5, "5s"), (15, "10s"), (120, "10s")])
def test_a_machine_has_no_longer_to_answer_than_until_the_next_reading(interval: int, timeout: str) -> None:
    config = prometheus(TARGETS, stack="prod", interval=interval, rule_files=[])
    assert config["global"] == {
        "scrape_interval": f"{interval}s",
        "scrape_timeout": timeout,
        "evaluation_interval": f"{interval}s",
    }


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed; it is in Debian's prometheus")
def test_promtool_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "prometheus.yml"
    file.write_text(json.dumps(prometheus(TARGETS, stack="prod", interval=15, rule_files=[])))
    done = subprocess.run(["promtool", "check", "config", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
