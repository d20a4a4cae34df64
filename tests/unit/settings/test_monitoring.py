"""The monitoring: where it is on by default, which machine and ports it adds, and what its settings may not say."""

from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    ACCESS,
    DUPLICATE,
    MACHINE_SIZE,
    MISSING_KEY,
    OUT_OF_RANGE,
    UNKNOWN_NAME,
    UNNEEDED_KEY,
    WRONG_FORM,
)
from components.topology.checks.configuration import read
from components.topology.flows import exposure
from components.topology.machines import machines, node_machines
from tests.unit.samples import Raw, aws_raw, problems, raw, tells
from tests.unit.settings.test_existing import HOST_KEY
from tests.unit.settings.test_existing import section as existing_section

MAIL = {"to": "oncall@example.org", "from": "bridge@example.org", "smarthost": "smtp.example.org:587"}
OFF = {"enabled": False}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (raw(), True),
        (raw(monitoring=OFF), False),
        (raw(monitoring={"enabled": True}), True),
        (aws_raw(), False),
        (aws_raw(monitoring=OFF), False),
    ],
)
def test_a_stack_on_this_computer_is_monitored_unless_it_says_otherwise(config: Raw, *, expected: bool) -> None:
    settings = read(config)
    assert settings.monitored is expected
    assert exposure(settings).metrics is expected
    names = [one.name for one in node_machines(settings)]
    assert [one.name for one in machines(settings)] == [*names, *(["monitor"] if expected else [])]
    assert "monitor" not in names


def test_its_defaults() -> None:
    found = read(raw()).monitoring
    assert (found.retention_days, found.interval, found.runbooks, found.allowed) == (30, 15, "docs", [])
    assert found.receivers.model_dump() == dict.fromkeys(("webhook", "email", "slack", "pagerduty"))


@pytest.mark.parametrize(("days", "right"), [(1, True), (36_500, True), (36_501, False), (0, False), (10**9, False)])
def test_prometheus_can_keep_so_many_days(days: int, *, right: bool) -> None:
    """Above 106,751 its count of nanoseconds overflows, and it does not start."""
    config = raw(monitoring={"retentionDays": days})
    if right:
        assert read(config).monitoring.retention_days == days
    else:
        assert tells(problems(config), ("monitoring.retentionDays", OUT_OF_RANGE, str(days)))


def test_all_receivers_can_be_named() -> None:
    receivers = {
        "webhook": {"urlFile": "secrets/url"},
        "email": {**MAIL, "username": "alerts", "passwordFile": "secrets/password"},
        "slack": {"urlFile": "secrets/slack", "channel": "#bridge-alerts"},
        "pagerduty": {"keyFile": "secrets/key"},
    }
    found = read(raw(monitoring={"receivers": receivers})).monitoring.receivers
    assert found.email
    assert (found.email.sender, found.email.password_file) == ("bridge@example.org", "secrets/password")
    assert found.slack
    assert found.slack.channel == "#bridge-alerts"


@pytest.mark.parametrize("channel", ["#bridge-alerts", "@carol", "C024BE91L", "#bridge-알림", "alerts.prod"])
def test_a_channel_of_slack_is_a_name_or_an_id(channel: str) -> None:
    receivers = {"slack": {"urlFile": "secrets/slack", "channel": channel}}
    found = read(raw(monitoring={"receivers": receivers})).monitoring.receivers
    assert found.slack
    assert found.slack.channel == channel


def email(**given: Any) -> Raw:
    return raw(monitoring={"receivers": {"email": {**MAIL, **given}}})


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (raw(monitoring={"interval": 4}), "monitoring.interval", OUT_OF_RANGE, "5 to 120"),
        (raw(monitoring={"retentionDays": 0}), "monitoring.retentionDays", OUT_OF_RANGE, "0"),
        (raw(monitoring={"runbooks": "a page"}), "monitoring.runbooks", WRONG_FORM, "a page"),
        (raw(monitoring={"allowed": ["10.0.0.0/8"]}), "monitoring.allowed", UNNEEDED_KEY, "this computer"),
        (raw(monitoring={"textfiles": "/var/lib/x"}), "monitoring.textfiles", UNNEEDED_KEY, "node_exporter"),
        (
            aws_raw(monitoring={**OFF, "allowed": ["10.0.0.0/8"] * 2}),
            "monitoring.allowed",
            DUPLICATE,
            "10.0.0.0/8 is listed 2 times",
        ),
        (aws_raw(monitoring={**OFF, "allowed": ["0.0.0.0/0"]}), "monitoring.allowed[0]", ACCESS, "0.0.0.0/0"),
        (raw(serviceChain__nodes=["scn-1", "scn-2", "scn-3", "monitor"]), "serviceChain.nodes", DUPLICATE, "monitor"),
        (email(username="alerts"), "monitoring.receivers.email.passwordFile", MISSING_KEY, ""),
        (email(passwordFile="secrets/p"), "monitoring.receivers.email.username", MISSING_KEY, ""),
        (email(smarthost="smtp.example.org"), "monitoring.receivers.email.smarthost", WRONG_FORM, "587"),
        (email(smarthost="smtp.example.org:70000"), "monitoring.receivers.email.smarthost", OUT_OF_RANGE, "70000"),
        (email(smarthost="192.0.2.256:25"), "monitoring.receivers.email.smarthost", OUT_OF_RANGE, "192.0.2.256"),
        (email(to="on call"), "monitoring.receivers.email.to", WRONG_FORM, "on call"),
    ],
)
def test_what_does_not_fit_is_refused(config: Raw, path: str, problem: Problem, value: str) -> None:
    assert tells(problems(config), (path, problem, value))


ON = {"enabled": True}
MONITOR = {"address": "10.0.0.99", "hostKey": HOST_KEY}


def existing(monitoring: Raw, *, monitor: bool = True, **changed: Any) -> Raw:
    """Return a stack on existing machines, with one for the monitor."""
    section = existing_section(**changed)
    hosts = {**section["hosts"], **({"monitor": MONITOR} if monitor else {})}
    return raw(target="existing", existing={**section, "hosts": hosts}, monitoring=monitoring)


def test_existing_machines_are_monitored_where_that_is_asked_for() -> None:
    settings = read(existing({**ON, "allowed": ["10.2.0.0/16"], "textfiles": "/var/lib/prometheus/node-exporter"}))
    assert settings.monitored
    assert settings.address_of_monitor == "10.0.0.99"
    assert machines(settings)[-1].name == "monitor"
    assert not read(existing({}, monitor=False)).monitored


NODE = {"data": "/var/kend/data", "conf": "/etc/kend/conf/kend.conf"}


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (existing(ON, monitor=False), "existing.hosts.monitor", MISSING_KEY, "enabled: false"),
        (existing({}), "existing.hosts.monitor", UNKNOWN_NAME, ""),
        (existing(ON, scn_2={"sudo": False}), "monitoring.enabled", UNNEEDED_KEY, "scn-2"),
        (existing(ON, scn_2={"service": "daemon"}), "monitoring.enabled", UNNEEDED_KEY, "scn-2"),
        (existing(ON, pair_1_en={"node": NODE}), "monitoring.enabled", UNNEEDED_KEY, "pair-1-en"),
    ],
)
def test_existing_machines_that_cannot_be_monitored_are_refused(
    config: Raw, path: str, problem: Problem, value: str
) -> None:
    found = [one for one in problems(config) if one.startswith(f"{path}: ")]
    assert tells(found, (path, problem, value))


def test_a_daemon_of_root_can_be_monitored() -> None:
    assert read(existing(ON, scn_2={"service": "daemon", "user": "root"})).monitored


def test_on_aws_the_monitor_is_one_more_machine_of_its_own_size() -> None:
    config = aws_raw(monitoring={**ON, "allowed": ["10.2.0.0/16"]}, aws__monitor={"instanceType": "t3.medium"})
    *nodes, monitor = machines(read(config))
    assert nodes == node_machines(read(config))
    assert (monitor.name, monitor.role, monitor.size.instance_type) == ("monitor", "monitor", "t3.medium")
    assert monitor.size.data_gib == 30
    assert [group.name for group in monitor.groups] == ["monitors"], "nobody who may reach nodes may reach it"


def kept(days: int, interval: int = 15, **monitor: int) -> Raw:
    return aws_raw(monitoring={**ON, "retentionDays": days, "interval": interval}, aws__monitor=monitor)


def test_the_disk_of_the_monitor_on_aws_is_large_enough_for_what_is_kept() -> None:
    """Seven nodes, of which eight would make 1 GiB a month, and 5 GiB beside it."""
    assert read(kept(857)).monitored
    assert tells(problems(kept(858)), ("aws.monitor.dataGib", MACHINE_SIZE, "31 GiB"))
    assert tells(problems(kept(290, interval=5)), ("aws.monitor.dataGib", MACHINE_SIZE, "31 GiB"))
    assert read(kept(858, dataGib=31)).monitored
    assert read(aws_raw(monitoring={**OFF, "retentionDays": 5000})).aws, "there is no disk"


def test_an_scn_may_be_called_monitor_where_there_is_none() -> None:
    names = ["scn-1", "scn-2", "scn-3", "monitor"]
    assert read(raw(serviceChain__nodes=names, monitoring=OFF)).service_chain.nodes == names
