"""The life of a program of the monitoring on a local host, for real. Needs root and Debian's packages."""

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from components.domain.problems.hosts import MONITORING_DOWN, MONITORING_FAILED
from components.dynamic.base import Props
from components.dynamic.monitoring.monitoring_process import (
    MonitoringProcess,
    MonitoringProcessProvider,
    shipped,
)
from components.dynamic.secrets import ssh_key
from components.hosts.local_preflight import missing
from components.watch.metrics.exporter_file import Observed, configuration
from components.watch.monitor import process_commands, programs, scrape
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.programs import Watcher
from components.watch.monitor.scrape import Scraped
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.local_hosts import Network, running_network
from tests.run import lines

pytestmark = pytest.mark.skipif(bool(missing(monitored=True)), reason=" ".join(missing(monitored=True)))

NAME = "alpha-en"
FOLDER = MonitoringFolder("/srv")
CONFIG, RULES = (f"{FOLDER.of('prometheus')}/{name}" for name in ("prometheus.yml", "rules.yml"))


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """Yield a running network with one host."""
    with running_network() as network:
        network.up(NAME)
        try:
            yield network
        finally:
            network.down(NAME)


def program_of(network: Network, watcher: Watcher, files: Props | None = None, **more: Any) -> Props:
    """Return the inputs of a program on the host."""
    login = {
        "host": network.address(NAME),
        "private_key": ssh_key.private_key(network.seed("client")),
        "host_key": ssh_key.public_key(network.seed(NAME)),
    }
    commands = process_commands.scripts(watcher, FOLDER)
    own = {"machine": NAME, "service": watcher.service, "login": login, "instance": "1"}
    user = {"user": watcher.user} if watcher.user else {}
    return {**own, **user, "files": files or {}, **commands, **more}


def read(network: Network, port: int, path: str) -> str:
    """Return what a program of the host says."""
    with urllib.request.urlopen(f"http://{network.address(NAME)}:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def process(network: Network, words: str) -> str:
    """Return user and process id of a program."""
    return network.run(NAME, f"ps -eo user:20,pid,args | grep -F '{words}' | grep -v grep || :").strip()


def scraping(network: Network, interval: int = 5) -> str:
    targets = [Scraped(NAME, "en", "parent", "alpha", network.address(NAME))]
    return json.dumps(scrape.prometheus(targets, stack="test", interval=interval, rule_files=[RULES]))


def rules(name: str) -> str:
    return json.dumps({"groups": [{"name": name, "rules": [{"record": "one", "expr": "vector(1)"}]}]})


def test_a_node_exporter(network: Network, capfd: pytest.CaptureFixture[str]) -> None:
    watcher = programs.node_exporter(FOLDER)
    program = program_of(network, watcher)
    changed = Watcher(**{**vars(watcher), "command": (*watcher.command, "--log.format=json")})
    kill = Behind(lambda: network.run(NAME, f"kill -9 $(cat {FOLDER.pid('node-exporter')})"))
    edits = [
        Edit({"instance": "2"}),
        Edit({"place": "/srv daemon 2"}, "replace"),
        Edit(dict(process_commands.scripts(changed, FOLDER))),
        Edit(dict(process_commands.scripts(watcher, FOLDER))),
    ]
    secrets = [program["login"]["private_key"].splitlines()[3]]
    drifts = [(kill, ["drift"])]
    lifecycle(
        Life(MonitoringProcessProvider(), MonitoringProcess),
        program,
        edits,
        drifts=drifts,
        secrets=secrets,
        lasting=True,
    )
    assert network.run(NAME, "ls /srv").split() == [], "nothing is left"
    assert process(network, "prometheus-node-exporter") == ""
    said = [line for line in capfd.readouterr().err.splitlines() if line]
    assert lines(said[0], MONITORING_DOWN, f"{NAME}: node-exporter: ", "starts it")


def test_a_prometheus_reads_rules_again_without_a_restart(network: Network) -> None:
    watcher = programs.prometheus(FOLDER, address=programs.ANY, retention_days=3)
    exporter = program_of(network, programs.node_exporter(FOLDER))
    files = {CONFIG: {"content": scraping(network)}, RULES: {"content": rules("first")}}
    program = program_of(network, watcher, files)
    life, other = (Life(MonitoringProcessProvider(), MonitoringProcess) for _ in range(2))
    assert (life.up(program), other.up(exporter)) == ("create", "create")
    before = process(network, "prometheus --config.file")
    assert before.startswith("prometheus "), "not root"
    assert "first" in read(network, 9090, "/api/v1/rules")
    program = {**program, "files": {**files, RULES: {"content": rules("second")}}}
    assert life.up(program) == "update"
    assert process(network, "prometheus --config.file") == before
    until(lambda: "second" in read(network, 9090, "/api/v1/rules"))
    until(lambda: '"health":"up"' in read(network, 9090, "/api/v1/targets?state=active&scrapePool=machine"))
    assert 'pair="alpha"' in read(network, 9090, "/api/v1/targets").replace('"pair":', "pair=")
    network.run(NAME, f"echo more >>{RULES}")
    assert life.refresh()
    assert RULES in life.inputs["drift"]
    assert life.up(program) == "update"
    assert not life.refresh() or "drift" not in life.inputs
    assert process(network, "prometheus --config.file") == before
    other.delete()
    life.delete()
    assert network.run(NAME, "ls /srv").split() == []


def test_a_wrong_configuration_fails_no_run_and_stops_no_program(
    network: Network, capfd: pytest.CaptureFixture[str]
) -> None:
    watcher = programs.prometheus(FOLDER, address=programs.ANY, retention_days=3)
    files = {CONFIG: {"content": scraping(network)}, RULES: {"content": rules("first")}}
    life = Life(MonitoringProcessProvider(), MonitoringProcess)
    wrong = program_of(network, watcher, {**files, RULES: {"content": "groups: 1"}})
    assert life.up(wrong) == "create"
    assert lines(
        capfd.readouterr().err.splitlines()[0], MONITORING_FAILED, f"warning: {NAME}: prometheus: ", "rules.yml"
    )
    right = program_of(network, watcher, files)
    assert life.up(right) == "update"
    before = process(network, "prometheus --config.file")
    assert life.up(wrong) == "update"
    assert process(network, "prometheus --config.file") == before, "it keeps the configuration that it has read"
    assert MONITORING_FAILED.code in capfd.readouterr().err
    assert life.up(right) == "update"
    life.delete()


def test_alertmanager_has_its_secrets_to_itself(network: Network) -> None:
    watcher = programs.alertmanager(FOLDER, address=programs.ANY, retention_days=3)
    config, secret = (f"{FOLDER.of('alertmanager')}/{name}" for name in ("alertmanager.yml", "secrets/slack-url"))
    receiver = {"name": "all", "slack_configs": [{"api_url_file": secret, "channel": "#a"}]}
    routes = json.dumps({"route": {"receiver": "all"}, "receivers": [receiver]})
    private = {
        config: {"content": routes, "mode": "0600", "private": True},
        secret: {"content": "https://hooks.test/T0", "mode": "0600", "private": True},
    }
    life = Life(MonitoringProcessProvider(), MonitoringProcess)
    life.up(program_of(network, watcher, secret_files=private))
    assert "drift" not in life.outs
    assert network.run(NAME, f"stat -c '%U %a' {config} {secret}").split("\n")[:2] == ["prometheus 600"] * 2
    assert process(network, "prometheus-alertmanager --config").startswith("prometheus ")
    assert "hooks.test" not in network.run(NAME, "cat /proc/[0-9]*/cmdline")
    assert read(network, 9093, "/-/ready")
    life.delete()
    assert network.run(NAME, "ls /srv").split() == []


def test_the_exporter_runs_again_and_again_and_says_that_there_is_no_node(network: Network) -> None:
    script, config = programs.exporter_files(FOLDER)
    told = configuration(Observed(NAME, "/srv/data/klay.ipc", "/srv/data", FOLDER.prom))
    watcher = programs.exporter(FOLDER, node=NAME, user=None, every=5)
    files = {
        script: {"shipped": shipped("exporter"), "restarts": True},
        config: {"content": json.dumps(told)},
    }
    life = Life(MonitoringProcessProvider(), MonitoringProcess)
    assert life.up(program_of(network, watcher, files)) == "create"
    assert "drift" not in life.outs
    until(lambda: "servicechain_node_up 0" in network.run(NAME, f"cat {FOLDER.prom} || true"))
    first = network.run(NAME, f"stat -c %Y.%i {FOLDER.prom}")
    until(lambda: network.run(NAME, f"stat -c %Y.%i {FOLDER.prom}") != first)
    assert life.refresh()
    assert "drift" not in life.inputs
    network.run(NAME, f"kill -9 $(cat {FOLDER.pid('exporter')})")
    assert life.refresh()
    assert list(life.inputs["drift"]) == ["running"]
    assert life.up(program_of(network, watcher, files)) == "update"
    life.delete()
    assert network.run(NAME, "ls /srv").split() == []


def until(holds: Any, seconds: float = 30) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.3)
