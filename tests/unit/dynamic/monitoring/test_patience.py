"""How long a program of the monitoring may take to start."""

from typing import Any

import pytest

from components.dynamic.monitoring.monitoring_process import START_TIMEOUT, MonitoringProcessProvider
from components.ssh import connection

PROPS: dict[str, Any] = {
    "machine": "scn-1",
    "service": "packages",
    "login": {"host": "192.0.2.1", "user": "root", "private_key": "k", "host_key": "h"},
    "instance": "i-1",
    "files": {},
    **{name: name for name in ("prepare", "running", "start", "reload", "remove")},
}


@pytest.mark.parametrize(("given", "expected"), [({}, START_TIMEOUT), ({"patience": 420.0}, 420.0)])
def test_packages_have_more_time_than_programs(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, float], expected: float
) -> None:
    taken: dict[str, float] = {}

    def run(_login: object, command: str, _stdin: str | None, *, timeout: float, step: str) -> str:  # noqa: ARG001
        taken[command.split()[0]] = timeout
        return ""

    monkeypatch.setattr(connection, "run", run)
    MonitoringProcessProvider().create({**PROPS, **given})
    assert taken == {"prepare": START_TIMEOUT, "(": START_TIMEOUT, "start": expected}
