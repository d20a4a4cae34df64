"""What watches a stack: on each machine, on the monitor, and nothing that the bridge waits for."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from tests.program.mocked import run
from tests.program.program import Asked, Program
from tests.program.stacks import SEED

NODES = ["parent", "scn-1", "scn-2", "alpha-en"]
LOCAL: Mapping[str, Any] = {
    "identitySeed": SEED,
    "parentChain": {"network": "private", "chainId": 2020},
    "serviceChain": {"chainId": 3000, "nodes": ["scn-1", "scn-2"]},
    "pairs": [{"name": "alpha", "scn": "scn-1"}],
    "bridge": {"threshold": 1},
    "monitoring": {"interval": 20, "retentionDays": 7},
    "tokens": [{"name": "gold", "kind": "erc20", "development": True}],
}


@cache
def monitored() -> Program:
    return run(LOCAL)


def process(name: str) -> Asked:
    return monitored().one("MonitoringProcess", name)


def test_every_machine_serves_metrics_and_one_reads_them() -> None:
    on_nodes = {f"{node}-{service}" for node in NODES for service in ("node-exporter", "exporter")}
    on_monitor = {f"monitor-{service}" for service in ("node-exporter", "prometheus", "alertmanager")}
    assert set(monitored().of("MonitoringProcess")) == on_nodes | on_monitor
    assert set(monitored().of("LocalHost")) == {*NODES, "monitor"}
    confs = {name: one.inputs["stdin"] for name, one in monitored().of("Command").items() if name.endswith("d.conf")}
    assert len(confs) == len(NODES)
    assert all("\nMETRICS=1\n" in text and "\nPROMETHEUS=1\n" in text for text in confs.values())


def test_nothing_of_the_bridge_waits_for_it() -> None:
    own = {
        one.name
        for one in monitored().resources
        if one.type.endswith((":MonitoringProcess", ":Monitoring")) or one.name == "monitor"
    }
    waits = {
        one.name
        for one in monitored().resources
        if any(str(urn).rpartition("::")[2] in own for urn in one.options.get("dependencies", ()))
    }
    assert waits <= own


def test_prometheus_gets_its_rules_after_the_exporters() -> None:
    """Alerts on nodes that are not read yet would fire in an up."""
    waits = {str(urn).rpartition("::")[2] for urn in process("monitor-prometheus").options["dependencies"]}
    assert {f"{node}-exporter" for node in NODES} <= waits


def test_it_goes_with_its_machine() -> None:
    for name, one in monitored().of("MonitoringProcess").items():
        machine = name.removesuffix(f"-{one.inputs['service']}")
        assert str(one.options["deletedWith"]).endswith(f"LocalHost::{machine}")


def test_prometheus_reads_all_nodes_and_machines_with_their_labels() -> None:
    files = process("monitor-prometheus").inputs["files"]
    config = json.loads(files["/srv/monitoring/prometheus/prometheus.yml"]["content"])
    assert config["global"]["scrape_interval"] == "20s"
    assert config["rule_files"] == ["/srv/monitoring/prometheus/rules.yml"]
    jobs = {job["job_name"]: job["static_configs"] for job in config["scrape_configs"]}
    assert {one["labels"]["node"] for one in jobs["kaia"]} == set(NODES)
    assert {one["labels"]["node"] for one in jobs["machine"]} == {*NODES, "monitor"}
    scn = next(one for one in jobs["machine"] if one["labels"]["node"] == "scn-1")
    assert scn["labels"] == {"stack": "test", "node": "scn-1", "role": "scn", "chain": "child", "pair": "alpha"}
    (target,) = scn["targets"]
    assert target == f"{monitored().one('LocalHost', 'scn-1').inputs['address']}:9100"
    assert "retention.time=7d" in process("monitor-prometheus").inputs["start"]


def test_prometheus_has_the_alerts_of_the_settings() -> None:
    rules = process("monitor-prometheus").inputs["files"]["/srv/monitoring/prometheus/rules.yml"]["content"]
    names = {rule.get("alert") for group in json.loads(rules)["groups"] for rule in group["rules"]}
    assert {"BridgeThresholdLost", "BridgeTransfersStopped", "BridgeMachineGone"} <= names
    assert 'servicechain:node_declared:info{stack=\\"test\\"}' in rules


def exporter(node: str) -> dict[str, Any]:
    files = process(f"{node}-exporter").inputs["files"]
    assert files["/srv/monitoring/exporter/exporter.py"]["shipped"].startswith("exporter ")
    return dict(json.loads(files["/srv/monitoring/exporter/exporter.json"]["content"]))


@pytest.mark.parametrize(("node", "side"), [("parent", "parent"), ("alpha-en", "parent"), ("scn-2", "child")])
def test_an_exporter_reads_the_contract_of_its_own_chain(node: str, side: str) -> None:
    told = exporter(node)
    assert told["ipc"] == "/srv/data/klay.ipc"
    assert told["data"] == "/srv/data"
    assert told["out"] == "/srv/monitoring/textfiles/servicechain.prom"
    assert told["contract"]["address"] == f"{side}-bridge.address"
    account = monitored().one("Account", f"scn-1-{side}-operator").inputs["address"]
    assert told["operators"]["alpha"]["address"] == account.lower()
    assert told["contract"]["tokens"][0]["name"] == "gold"
    assert told["half"] is None
    minimum = told["operators"]["alpha"]["minimum"]
    assert minimum == (50 * 10**18 if side == "parent" else None)
    assert told["contract"]["minimum"] == 500 * 10**18


def test_the_exporter_of_the_scn_of_a_pair_reads_its_half_of_the_bridge() -> None:
    half = exporter("scn-1")["half"]
    assert (half["parent"], half["child"]) == ("parent-bridge.address", "child-bridge.address")
    assert half["main_bridge"] == monitored().one("Account", "alpha-en-node").inputs["public_key"]


def test_no_secret_of_a_receiver_is_in_the_open(tmp_path: Any) -> None:
    for name in ("slack", "webhook"):
        (tmp_path / name).write_text(f"https://hooks.test/{name}\n")
    receivers = {
        "slack": {"urlFile": str(tmp_path / "slack"), "channel": "#bridge"},
        "webhook": {"urlFile": str(tmp_path / "webhook")},
    }
    program = run({**LOCAL, "monitoring": {"receivers": receivers}})
    inputs = program.one("MonitoringProcess", "monitor-alertmanager").inputs
    files = inputs["secret_files"]
    assert files["/srv/monitoring/alertmanager/secrets/slack-url"]["content"] == "https://hooks.test/slack"
    assert all((one["mode"], one["private"]) == ("0600", True) for one in files.values())
    assert "hooks.test" not in json.dumps({**inputs, "secret_files": {}})
    secret = program.one("MonitoringProcess", "monitor-alertmanager").options["additionalSecretOutputs"]
    assert "secret_files" in secret


def test_the_outputs_say_where_it_is() -> None:
    address = monitored().one("LocalHost", "monitor").inputs["address"]
    assert monitored().outputs["monitor"] == {
        "prometheus": f"http://{address}:9090",
        "alertmanager": f"http://{address}:9093",
    }


KEY = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 42}B"
HOSTS = {name: {"address": f"192.0.2.{at}", "hostKey": KEY} for at, name in enumerate([*NODES, "monitor"], 10)}


@cache
def on_existing(*, textfiles: bool = False, allowed: bool = False) -> Program:
    own = {"enabled": True, **({"textfiles": "/var/lib/text"} if textfiles else {})}
    own |= {"allowed": ["198.51.100.0/24"]} if allowed else {}
    changed = {"target": "existing", "monitoring": own, "existing": {"user": "ubuntu", "hosts": HOSTS}}
    return run({**LOCAL, "tokens": [], **changed})


def files_of(program: Program, name: str) -> dict[str, str]:
    files = program.one("MonitoringProcess", name).inputs["files"]
    return {path.rpartition("/")[2]: str(one.get("content")) for path, one in files.items()}


def test_existing_machines_have_units_and_a_closed_port() -> None:
    program = on_existing()
    services = {f"{node}-{one}" for node in NODES for one in ("node-exporter", "exporter", "firewall")}
    own = {f"monitor-{one}" for one in ("node-exporter", "prometheus", "alertmanager", "firewall")}
    assert set(program.of("MonitoringProcess")) == services | own
    assert "User=kaia\n" in files_of(program, "scn-1-exporter")["servicechain-ha-exporter.service"]
    assert "servicechain-ha-exporter.timer" in files_of(program, "scn-1-exporter")
    closed = files_of(program, "scn-1-firewall")["rules.nft"]
    assert "tcp dport 61001 ip saddr { 192.0.2.14/32 } accept" in closed
    assert "tcp dport { 61001, 9100 } drop" in closed
    assert all("deletedWith" not in one.options for one in program.of("MonitoringProcess").values())
    assert program.one("MonitoringProcess", "monitor-prometheus").inputs["login"]["sudo"] is True
    inputs = program.one("MonitoringProcess", "scn-1-exporter").inputs
    assert inputs["place"] == f"/srv/servicechain systemd {inputs['instance']}", "a new claim has it made afresh"
    assert "place" not in process("scn-1-exporter").inputs


def test_a_monitor_that_nobody_may_open_listens_on_its_loopback() -> None:
    assert "=127.0.0.1:9090" in files_of(on_existing(), "monitor-prometheus")["servicechain-ha-prometheus.service"]
    assert on_existing().outputs["monitor"]["prometheus"] == "http://127.0.0.1:9090"
    opened = on_existing(allowed=True)
    assert "=0.0.0.0:9090" in files_of(opened, "monitor-prometheus")["servicechain-ha-prometheus.service"]
    assert "tcp dport 9093 ip saddr { 198.51.100.0/24 } accept" in files_of(opened, "monitor-firewall")["rules.nft"]
    assert opened.outputs["monitor"]["alertmanager"] == "http://192.0.2.14:9093"


def test_a_node_exporter_that_was_there_before_serves_the_file() -> None:
    program = on_existing(textfiles=True)
    assert {name for name in program.of("MonitoringProcess") if name.endswith("node-exporter")} == {
        "monitor-node-exporter"
    }
    prepare = program.one("MonitoringProcess", "scn-1-exporter").inputs["prepare"]
    link = "/srv/servicechain/monitoring/textfiles/servicechain.prom /var/lib/text/servicechain-scn-1.prom"
    assert f"ln -sfn {link}\n" in prepare
    assert "drop" in files_of(program, "scn-1-firewall")["rules.nft"]
    assert "9100" not in files_of(program, "scn-1-firewall")["rules.nft"]


def test_the_machines_are_checked_for_what_they_need() -> None:
    hosts = on_existing().one("HostPreflight", "preflight").inputs["hosts"]
    needs = {one["needs"]["host"]: one["needs"] for one in hosts}
    assert {"nft", "python3", "prometheus-node-exporter"} <= set(needs["scn-1"]["tools"])
    assert {"tcp 61001", "tcp 9100"} <= set(needs["scn-1"]["ports"])
    assert {"prometheus", "promtool", "amtool", "prometheus-alertmanager"} <= set(needs["monitor"]["tools"])
    assert set(needs["monitor"]["ports"]) == {"tcp 9090", "tcp 9093", "tcp 9100"}
    claim = on_existing().one("ExistingHost", "monitor").inputs
    assert (claim["role"], claim.get("account")) == ("monitor", None)
