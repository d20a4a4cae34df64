"""A monitor on AWS: one machine more, closed to all but those who may, and nothing of other machines is touched."""

import json
from functools import cache
from typing import Any

import pulumi
import pytest

from components.domain.problems.settings import OUT_OF_RANGE, UNREADABLE_FILE
from tests.program.mocked import made, run
from tests.program.program import Program
from tests.program.reach import table
from tests.program.stacks import VPC, ZONES, aws, section

ALLOWED, OFFICE, WORLD = "198.51.100.0/24", "203.0.113.0/24", "0.0.0.0/0"
ON: dict[str, Any] = {"enabled": True, "allowed": [ALLOWED]}
NODES = ["parent", *(f"scn-{i}" for i in range(1, 5)), "pair-1-en", "pair-2-en"]
MACHINE = {
    "Boot",
    "Instance",
    "NetworkInterface",
    "Volume",
    "VolumeAttachment",
    "FirstLogin",
    "SshKey",
    "InstanceState",
}
OF_THE_MONITOR = {
    ("Boot", "monitor-boot"),
    ("FirstLogin", "monitor"),
    ("Instance", "monitor-instance"),
    ("InstanceState", "monitor-running"),
    ("NetworkInterface", "monitor-interface"),
    ("SshKey", "monitor"),
    ("Volume", "monitor-data"),
    ("VolumeAttachment", "monitor-data"),
}


@cache
def monitored() -> Program:
    return run(aws(2, monitoring=ON, protection=True))


def test_it_is_made_only_where_it_is_asked_for() -> None:
    assert "monitor-instance" not in made(aws(2)).of("Instance")
    assert made(aws(2)).of("MonitoringProcess") == {}
    assert "monitor" not in made(aws(2)).outputs


def test_turned_on_and_off_it_touches_no_other_machine() -> None:
    before = made(aws(2))
    after = run(aws(2, monitoring=ON), before=before)
    for touched in (before.touched_by(after), after.touched_by(run(aws(2), before=after))):
        assert {one for one in touched if one[0] in MACHINE} == OF_THE_MONITOR
    zones, former = (one.held["Placement", "placement"]["zone_of"] for one in (after, before))
    assert former.items() < zones.items()
    assert zones.keys() - former.keys() == {"monitor"}


def test_it_is_a_machine_like_the_others() -> None:
    program = monitored()
    instance, other = (program.one("Instance", f"{name}-instance") for name in ("monitor", "scn-1"))
    for alike in ("ami", "metadataOptions", "disableApiTermination", "ebsOptimized"):
        assert instance.inputs[alike] == other.inputs[alike]
    assert instance.inputs["rootBlockDevice"]["encrypted"] is True
    assert instance.inputs["instanceType"] == "t3.small"
    assert (instance.options["protect"], instance.options["deleteBeforeReplace"]) == (True, True)
    volume = program.one("Volume", "monitor-data")
    assert (volume.inputs["size"], volume.inputs["encrypted"], volume.options["protect"]) == (30, True, True)
    alarms = {name for name in program.of("MetricAlarm") if name.startswith("monitor-")}
    assert alarms == {"monitor-broken", "monitor-busy", "monitor-stalled"}
    assert "monitor-public-address" not in program.of("Eip")
    key = program.one("SshKey", "bastion").inputs["public_key"]
    assert program.one("MonitoringProcess", "monitor-prometheus").inputs["login"]["proxy"]["host_key"] == key
    own = made(aws(2, monitoring=ON, aws=section(monitor={"instanceType": "t3.medium", "dataGib": 80})))
    assert own.one("Instance", "monitor-instance").inputs["instanceType"] == "t3.medium"
    assert own.one("Volume", "monitor-data").inputs["size"] == 80


def test_it_reads_the_nodes_is_opened_by_whom_it_may_and_reaches_no_other_port() -> None:
    more = table(monitored()) - table(made(aws(2, protection=True)))
    assert more == {
        ("bastion", "monitor", "tcp 22"),
        *(("monitor", node, f"tcp {port}") for node in NODES for port in (61001, 9100)),
        *((ALLOWED, "monitor", f"tcp {port}") for port in (9090, 9093)),
        *((name, WORLD, f"tcp {port}") for name in (*NODES, "monitor") for port in (80, 443)),
    } - table(made(aws(2, protection=True)))
    assert {source for source, target, _ in table(monitored()) if target == "monitor"} == {"bastion", ALLOWED}


def test_every_rule_of_the_monitor_is_one_that_is_known() -> None:
    program = monitored()
    exclusive = program.one("VpcSecurityGroupRulesExclusive", "monitors-rules").inputs
    for way, kind in (("ingress", "SecurityGroupIngressRule"), ("egress", "SecurityGroupEgressRule")):
        own = {f"{name}.id" for name, one in program.of(kind).items() if one.inputs["securityGroupId"] == "monitors.id"}
        assert set(exclusive[f"{way}RuleIds"]) == own != set()


def test_without_networks_that_may_it_listens_on_its_loopback_only() -> None:
    program = run(aws(2, monitoring={"enabled": True}))
    assert {source for source, target, _ in table(program) if target == "monitor"} == {"bastion"}
    assert program.outputs["monitor"]["prometheus"] == "http://127.0.0.1:9090"
    units = program.one("MonitoringProcess", "monitor-prometheus").inputs["files"]
    unit = units["/etc/systemd/system/servicechain-ha-prometheus.service"]["content"]
    assert "=127.0.0.1:9090" in unit
    address = monitored().one("NetworkInterface", "monitor-interface").inputs["privateIps"][0]
    assert monitored().outputs["monitor"]["alertmanager"] == f"http://{address}:9093"


def test_every_machine_gets_its_packages_before_its_programs() -> None:
    found = monitored().of("MonitoringProcess")
    services = {f"{node}-{one}" for node in NODES for one in ("packages", "node-exporter", "exporter")}
    own = {f"monitor-{one}" for one in ("packages", "node-exporter", "prometheus", "alertmanager")}
    assert set(found) == services | own, "security groups say who reaches the ports, and no table of nftables"
    for name, one in found.items():
        machine = name.removesuffix(f"-{one.inputs['service']}")
        waits = {str(urn).rpartition("::")[2] for urn in one.options.get("dependencies", ())}
        assert (f"{machine}-packages" in waits) == (one.inputs["service"] != "packages")
        assert f"{machine}-data-volume" in waits, "everything of it is on the volume"
    assert found["scn-1-packages"].inputs["patience"] > 60
    assert " prometheus-alertmanager" in found["monitor-packages"].inputs["start"]
    assert " prometheus-alertmanager" not in found["scn-1-packages"].inputs["start"]


def test_what_prometheus_kept_stays_with_a_machine_that_is_made_again() -> None:
    """A place would have the programs removed, with their data, as soon as the instance is another one."""
    for one in monitored().of("MonitoringProcess").values():
        assert "place" not in one.inputs
        assert one.inputs["instance"] == f"{one.inputs['machine']}.instance"


def test_prometheus_reads_every_node_by_its_private_address() -> None:
    files = monitored().one("MonitoringProcess", "monitor-prometheus").inputs["files"]
    config = json.loads(files["/srv/monitoring/prometheus/prometheus.yml"]["content"])
    jobs = {job["job_name"]: job["static_configs"] for job in config["scrape_configs"]}
    found = {one["labels"]["node"]: one["targets"] for one in jobs["kaia"]}
    interfaces = monitored().of("NetworkInterface")
    assert found == {name: [f"{interfaces[f'{name}-interface'].inputs['privateIps'][0]}:61001"] for name in NODES}
    assert {one["labels"]["node"] for one in jobs["machine"]} == {*NODES, "monitor"}


def test_nodes_serve_their_metrics() -> None:
    unit = monitored().one("Command", "scn-4-kscnd.service").inputs["stdin"]
    assert "--metrics" in unit
    assert "--metrics" not in made(aws(2)).one("Command", "scn-4-kscnd.service").inputs["stdin"]


def test_in_a_vpc_that_exists_and_without_a_bastion() -> None:
    program = run(aws(2, existing=True, monitoring=ON), zones=ZONES, vpc=VPC)
    assert (OFFICE, "monitor", "tcp 22") in table(program)
    assert program.one("NetworkInterface", "monitor-interface").inputs["subnetId"] in ZONES


def notified(folder: Any, url: str, **given: Any) -> dict[str, Any]:
    (folder / "url").write_text(f"{url}\n")
    return aws(2, monitoring={**ON, "receivers": {"webhook": {"urlFile": str(folder / "url"), **given}}})


def test_a_webhook_on_another_port_is_let_out_where_the_settings_say_so(tmp_path: Any) -> None:
    program = run(notified(tmp_path, "http://alerts.test:8080/x", port=8080))
    out = {ports for source, target, ports in table(program) if (source, target) == ("monitor", WORLD)}
    assert out == {"tcp 80", "tcp 443", "tcp 8080"}


@pytest.mark.parametrize(
    ("url", "given", "port"),
    [
        ("http://alerts.test:8080/x", {}, "8080"),
        ("http://alerts.test/x", {}, "80"),
        ("https://alerts.test/x", {"port": 8080}, "443"),
    ],
)
def test_a_webhook_that_the_firewall_would_stop_is_refused(
    tmp_path: Any, url: str, given: dict[str, int], port: str
) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        run(notified(tmp_path, url, **given))
    (line,) = str(refused.value).splitlines()
    assert line.endswith(f"[{OUT_OF_RANGE.code}]")
    assert f"monitoring.receivers.webhook.port: is {given.get('port', 443)}" in line
    assert f"has {port}:" in line
    assert "alerts" not in line, "the URL is a secret"


def test_a_file_that_is_not_there_is_told_once(tmp_path: Any) -> None:
    config = notified(tmp_path, "https://alerts.test")
    (tmp_path / "url").unlink()
    with pytest.raises(pulumi.RunError) as refused:
        run(config)
    (line,) = str(refused.value).splitlines()
    assert line.endswith(f"[{UNREADABLE_FILE.code}]")
