"""The monitoring of machines that the program did not make: what is refused, who reaches the metrics, what is left.

The tests are one story, on machines with and without systemd.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from components.chain.rpc.waiting import wait_for
from components.domain.problems.hosts import MACHINE_LACKS, MONITORING_DOWN, MONITORING_FAILED
from components.hosts.local_preflight import missing
from components.watch.monitor.firewall import TABLE
from tests.network import systemd_machine
from tests.network.conftest import make_stack
from tests.network.existing_hosts import HandMade, different, existing, hand_made
from tests.network.local_hosts import Network as Machines
from tests.network.local_hosts import running_network
from tests.network.monitored.prometheus import Prometheus
from tests.network.network import CHAINS, Network
from tests.stack import Failed, Settings, Stack, settings

_NFT = None if Path("/usr/sbin/nft").exists() else "nft is not installed; it is in Debian's nftables"
_ABSENT = [*missing(monitored=True), *filter(None, [systemd_machine.missing(), _NFT])]
pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(_ABSENT), reason=" ".join(_ABSENT))]

NAMES = {"parent": False, "alpha-en": True, "alpha-scn": True, "monitor": True}
"""Whether it has systemd."""
NODES = ("parent", "alpha-en", "alpha-scn")
LOGINS: Mapping[str, Mapping[str, object]] = {
    "parent": {"user": "root", "service": "daemon"},
    "alpha-scn": {"user": "root", "service": "daemon"},
}
"""How each is entered, and what starts its programs. Of what is not said: as SUDOER, with sudo, by systemd."""
MOVED = {"user": "root", "root": "/srv/chains/alpha"}
"""Of alpha-scn, later: another folder, and systemd."""
INTERVAL = 5
"""Seconds."""
TIMED_OUT = "28"
"""Exit code of curl where packets are dropped."""


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with running_network() as network:
        yield network


@pytest.fixture(scope="module")
def hosts(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, HandMade]]:
    """Yield machines with the user that Debian's packages make, and a table of their own."""
    with hand_made(machines, tmp_path_factory.mktemp("machines"), NAMES) as found:
        for host in found.values():
            host.ask("id -u prometheus >/dev/null 2>&1 || useradd --system prometheus")
            host.ask("/usr/sbin/nft add table inet own")
        yield found


@pytest.fixture(scope="module")
def before(hosts: dict[str, HandMade]) -> Mapping[str, Mapping[str, list[str]]]:
    return {name: host.found() for name, host in hosts.items()}


@pytest.fixture(scope="module")
def stack(
    hosts: dict[str, HandMade], before: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:  # whatever happens to the stack, they were looked at before
    assert before
    with make_stack(tmp_path_factory.mktemp("stack"), wanted(hosts)) as stack:
        yield stack


@pytest.fixture(scope="module")
def prometheus(stack: Stack) -> Prometheus:
    return Prometheus(stack.outputs["monitor"]["prometheus"])


def wanted(hosts: dict[str, HandMade], scn: Mapping[str, object] = LOGINS["alpha-scn"]) -> Settings:
    """Return the settings of the smallest bridge, whose Prometheus this computer may open."""
    network = hosts["parent"].network
    return settings(
        target="existing",
        existing=existing(hosts, {**LOGINS, "alpha-scn": scn}),
        serviceChain={"chainId": 3000, "nodes": ["alpha-scn"]},
        pairs=[{"name": "alpha", "scn": "alpha-scn"}],
        monitoring={"enabled": True, "interval": INTERVAL, "allowed": [f"{next(network.subnet.hosts())}/32"]},
    )


def reached(host: HandMade, of: HandMade, port: int) -> str:
    """Return the exit code of curl on a machine that reads a port of another one."""
    url = f"http://{of.settings['address']}:{port}/metrics"
    return host.ask(f"curl --silent --max-time 2 --output /dev/null {url} || echo $?").strip()


def is_read(prometheus: Prometheus) -> None:
    expected = {("kaia", node) for node in NODES} | {("machine", node) for node in NAMES}
    expected |= {("prometheus", "monitor"), ("alertmanager", "monitor")}
    wait_for(lambda: prometheus.targets() == dict.fromkeys(expected, "") or str(prometheus.targets()), 60, interval=1)
    up = f"timestamp(servicechain_node_up) > time() - {4 * INTERVAL} and servicechain_node_up == 1"
    wait_for(
        lambda: {one["metric"]["node"] for one in prometheus.query(up)} == set(NODES) or str(prometheus.query(up)),
        60,
        interval=1,
    )


def test_what_is_missing_is_reported_and_nothing_is_changed(
    stack: Stack, hosts: dict[str, HandMade], before: Mapping[str, Any]
) -> None:
    hosts["alpha-en"].ask("mount --bind /dev/null /usr/sbin/nft")
    hosts["monitor"].ask("systemd-run --unit=squatter python3 -m http.server 9090")
    hosts["monitor"].ask("timeout 10 bash -c 'until (: </dev/tcp/127.0.0.1/9090) 2>/dev/null; do sleep 0.1; done'")
    with pytest.raises(Failed) as caught:
        stack.preview()
    hosts["alpha-en"].ask("umount /usr/sbin/nft")
    hosts["monitor"].ask("systemctl stop squatter")
    (text,) = (error for error in caught.value.run.errors if MACHINE_LACKS.code in error)
    found = [line for line in text.splitlines() if line.startswith("  - ")]
    lacking = [("alpha-en", "nftables"), ("monitor", "tcp 9090")]
    assert len(found) == len(lacking), found
    for name, what in lacking:
        assert [line for line in found if f"- {name} at " in line and what in line], found
    assert {name: different(before[name], host.found()) for name, host in hosts.items()} == {name: [] for name in hosts}


def test_a_table_of_somebody_else_is_a_warning_and_the_next_up_tries_again(
    stack: Stack, hosts: dict[str, HandMade]
) -> None:
    hosts["alpha-en"].ask(f"/usr/sbin/nft add table inet {TABLE}")
    run = stack.up()
    assert run.changes.keys() == {"create"}
    assert run.lines(MONITORING_FAILED, "alpha-en: firewall", TABLE)
    hosts["alpha-en"].ask(f"/usr/sbin/nft delete table inet {TABLE}")
    assert stack.up().changes == {"update": 1}
    assert not stack.preview().changes


def test_all_is_read(hosts: dict[str, HandMade], prometheus: Prometheus) -> None:
    is_read(prometheus)
    for name, user in {"parent": "root", "alpha-en": "kaia", "alpha-scn": "root"}.items():
        folder = "/srv/servicechain/monitoring/textfiles"
        assert hosts[name].ask(f"stat -c %U {folder}/servicechain.prom").strip() == user
    users = hosts["monitor"].ask("ps -eo user:20=,comm= | grep prometheus").split()[::2]
    assert set(users) == {"prometheus"}


def test_only_the_monitor_and_who_is_named_reaches_them(hosts: dict[str, HandMade]) -> None:
    ports = {**dict.fromkeys(NODES, (61001, 9100)), "monitor": (9090, 9093, 9100)}
    for name, listed in ports.items():
        other = "parent" if name != "parent" else "alpha-en"
        assert {port: reached(hosts[other], hosts[name], port) for port in listed} == dict.fromkeys(listed, TIMED_OUT)
        if name != "monitor":
            assert {port: reached(hosts["monitor"], hosts[name], port) for port in listed} == dict.fromkeys(listed, "")


def test_a_deleted_table_is_drift(stack: Stack, hosts: dict[str, HandMade]) -> None:
    for name in ("parent", "alpha-en"):
        hosts[name].ask(f"/usr/sbin/nft delete table inet {TABLE}")
    run = stack.refresh()
    assert run.lines(MONITORING_DOWN, "parent: firewall")
    assert run.lines(MONITORING_DOWN, "alpha-en: firewall")
    assert stack.up().changes == {"update": 2}
    assert reached(hosts["alpha-en"], hosts["parent"], 9100) == TIMED_OUT


def test_a_node_in_another_folder_with_another_service_is_read_again(
    stack: Stack, hosts: dict[str, HandMade], prometheus: Prometheus
) -> None:
    host = hosts["alpha-scn"]
    stack.configure(wanted(hosts, MOVED))
    stack.up()
    assert not stack.preview().changes
    is_read(prometheus)
    assert len(host.ask("pgrep -x prometheus-node").split()) == 1
    assert "servicechain-ha-node-exporter" in host.ask("systemctl list-units --no-legend 'servicechain-ha-*'")
    assert host.ask("pgrep -fc '[e]xporter.py .*--loop' || :").strip() == "0", "a timer starts it"
    network = Network(stack)
    for source in CHAINS:
        network.send(source, 1).wait()


def test_they_are_left_as_they_were_found(stack: Stack, hosts: dict[str, HandMade], before: Mapping[str, Any]) -> None:
    run = stack.destroy()
    assert not run.lines(MONITORING_FAILED)
    assert {name: different(before[name], host.found()) for name, host in hosts.items()} == {name: [] for name in hosts}
