"""What make up and make status say of the monitoring: where it is, and which of its programs do not run."""

import io
import json
from typing import Any

import pytest

from components.domain.problems.hosts import MONITORING_DOWN
from components.ssh import connection
from components.ssh.errors import NoAnswer
from components.ssh.login import Login
from tests.run import lines
from tests.unit.watch.samples import export, readings, resource
from toolchain.ops import look, status
from toolchain.ops.monitoring import dead, processes
from toolchain.ops.state import targets_of

URL = "http://10.0.0.9:9090"
SAYS = {"scn-1": "running\n", "scn-2": "", "monitor": None}
"""What the machines answer; None where one does not."""


def state() -> dict[str, Any]:
    found = export()
    resources = found["deployment"]["resources"]
    resources[0]["outputs"]["monitor"] = {"prometheus": URL}
    for machine in SAYS:
        login = {"host": machine, "private_key": "k", "host_key": "h"}
        own = {"machine": machine, "service": "exporter", "login": login, "running": "look"}
        resources.append(resource("MonitoringProcess", f"{machine}-exporter", **own))
    return found


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the machines answer."""

    def run(login: Login, command: str, **_: object) -> str:
        assert command == "look"
        said = SAYS[login.host]
        if said is None:
            raise NoAnswer(login.host, "does not answer")
        return said

    monkeypatch.setattr(connection, "run", run)


@pytest.mark.usefixtures("answers")
def test_a_program_that_does_not_run_is_found_and_one_that_cannot_be_seen_is_not() -> None:
    assert [one.machine for one in dead(processes(state()), 1)] == ["scn-2"]
    assert dead(processes(export()), 1) == []
    assert tuple(targets_of(one).monitor for one in (state(), export(), {})) == (URL, "", "")


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize(("question", "out"), [("problems", ""), ("stale", "MonitoringProcess::scn-2-exporter\n")])
def test_it_is_no_problem_of_the_bridge_and_is_refreshed(
    question: str, out: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(state())))
    monkeypatch.setattr(look, "read", lambda *_, **__: readings())
    monkeypatch.setattr("os._exit", lambda _: None)
    look.main(question)
    said = capsys.readouterr()
    assert said.out.endswith(out)
    assert said.out.count("\n") == out.count("\n")
    expected = ["scn-2: exporter"] if question == "problems" else []
    assert len(lines(said.err, MONITORING_DOWN, *expected)) == len(expected)
    assert (URL in said.err) == (question == "problems")


def test_the_status_says_where_the_metrics_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(status, "read", lambda *_, **__: readings())
    for options, shown in (((), True), (("--json",), False)):
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(state())))
        assert status.main("dev", *options) == 0
        assert (URL in capsys.readouterr().out) is shown
