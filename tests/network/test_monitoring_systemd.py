"""The programs of the monitoring as services of a real systemd: they run, are read, and go without a trace."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from components.hosts.local_preflight import missing as missing_here
from components.watch.metrics.exporter_file import Observed, configuration, script
from components.watch.monitor import firewall, packages, programs, scrape, units
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.programs import Watcher
from components.watch.monitor.scrape import Scraped
from tests.network.systemd_machine import Machine, machine, missing

WHY = missing() or " ".join(missing_here(monitored=True))
pytestmark = pytest.mark.skipif(bool(WHY), reason=WHY)

FOLDER = MonitoringFolder("/srv/servicechain")
USERS = "\n".join(f"u {name} - - -" for name in ("prometheus", "kaia"))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Yield a machine with the users of the packages."""
    folder, volume = (tmp_path_factory.mktemp(name) for name in ("machine", "volume"))
    volume.chmod(0o755)
    with machine(folder, volume) as up:
        assert up.run("systemd-sysusers -", USERS).returncode == 0
        yield up


def place(host: Machine, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        done = host.run(f"mkdir -p {Path(path).parent} && cat >{path}", text)
        assert done.returncode == 0, done.stderr


def start(host: Machine, watcher: Watcher, files: Mapping[str, str]) -> Mapping[str, str]:
    """Start a program as a MonitoringProcess does; return its commands."""
    commands = units.scripts(watcher, FOLDER)
    host.ask(commands["prepare"])
    place(host, {**units.files(watcher), **files})
    host.ask(commands["start"])
    until(lambda: host.ask(commands["running"]) == "running")
    return commands


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.3)


def test_they_run_are_read_and_go_without_a_trace(host: Machine) -> None:
    before = host.ask("ls -A /etc/systemd/system /srv")
    exporter = programs.exporter(FOLDER, node="scn-1", user="kaia", every=5)
    prometheus = programs.prometheus(FOLDER, address=scrape.HERE, retention_days=3)
    alertmanager = programs.alertmanager(FOLDER, address=scrape.HERE, retention_days=3)
    program, config = programs.exporter_files(FOLDER)
    rules = f"{FOLDER.of('prometheus')}/rules.yml"
    told = configuration(Observed("scn-1", "/srv/data/klay.ipc", "/srv", FOLDER.prom))
    read = scrape.prometheus(
        [Scraped("scn-1", "scn", "child", None, "127.0.0.1")], stack="test", interval=5, rule_files=[rules]
    )
    routes = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
    files = {
        exporter.service: {program: script(), config: json.dumps(told)},
        prometheus.service: {
            f"{FOLDER.of('prometheus')}/prometheus.yml": json.dumps(read),
            rules: json.dumps({"groups": []}),
        },
        alertmanager.service: {f"{FOLDER.of('alertmanager')}/alertmanager.yml": json.dumps(routes)},
    }
    watchers = [programs.node_exporter(FOLDER), exporter, prometheus, alertmanager]
    commands = [start(host, one, files.get(one.service, {})) for one in watchers]
    url = "http://127.0.0.1:9090/api/v1/query?query=servicechain_node_up"
    until(lambda: '"0"' in host.run(f"curl --silent '{url}'").stdout)
    users = {line.split()[0] for line in host.ask("ps -eo user:20,comm | grep prometheus").splitlines()}
    assert users == {"prometheus"}
    assert host.ask(f"stat -c %U {FOLDER.prom}") == "kaia"
    host.ask(commands[2]["reload"])
    host.ask("systemctl kill --signal=KILL servicechain-ha-prometheus")
    until(lambda: host.show("servicechain-ha-prometheus", "NRestarts") == "1")
    until(lambda: host.run("curl --silent --fail http://127.0.0.1:9090/-/ready").returncode == 0)
    for one in reversed(commands):
        host.ask(one["remove"])
    host.ask("rmdir /srv/servicechain")
    assert host.ask("ls -A /etc/systemd/system /srv").replace("multi-user.target.wants\n", "").replace(
        "timers.target.wants\n", ""
    ) == before.replace("multi-user.target.wants\n", "").replace("timers.target.wants\n", "")


def test_the_table_is_there_again_after_it_was_deleted_and_goes_with_its_unit(host: Machine) -> None:
    if not Path("/usr/sbin/nft").exists():
        pytest.skip("nft is not installed; it is in Debian's nftables")
    commands = firewall.scripts(FOLDER, systemd=True)
    host.ask(commands["prepare"])
    rules = firewall.rules({61001: ["192.0.2.9/32"], 9100: []})
    place(host, {firewall.rules_file(FOLDER): rules, **firewall.unit_files(FOLDER, systemd=True)})
    host.ask(commands["start"])
    assert host.ask(commands["running"]) == "running"
    assert "ip saddr 192.0.2.9" in host.ask("/usr/sbin/nft list ruleset")
    host.ask("/usr/sbin/nft flush ruleset")
    assert host.ask(commands["running"]) == ""
    host.ask(commands["start"])
    assert host.ask(commands["running"]) == "running"
    assert host.ask(f"systemctl is-enabled {firewall.UNIT}") == "enabled"
    host.ask(commands["remove"])
    assert host.ask("/usr/sbin/nft list ruleset") == ""
    assert host.run(f"systemctl cat {firewall.UNIT}").returncode != 0
    host.ask("rmdir /srv/servicechain")


def test_a_packages_own_service_is_off_before_it_comes_and_stays_so(host: Machine) -> None:
    commands = packages.scripts(packages.MONITOR_PROGRAMS, FOLDER)
    host.ask("mkdir -p /srv/servicechain/monitoring/prometheus-data")
    for _ in range(2):
        host.ask(commands["prepare"])
    own = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter", "apt-daily-upgrade.timer")
    assert {host.run(f"systemctl is-enabled {one}").stdout.strip() for one in own} == {"masked"}
    refused = host.run("systemctl start prometheus")
    assert refused.returncode != 0
    assert "masked" in refused.stderr
    assert host.ask("stat -c %U /srv/servicechain/monitoring/prometheus-data") == "prometheus"
    assert host.ask(commands["running"]) == "running"
    host.ask(f"systemctl unmask apt-daily.timer {' '.join(own)} && rm -r /srv/servicechain")
