"""The wait for a restarted node: one that listens and never answers is told apart from one that takes its time."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.errors import Unreachable
from components.chain.nodes import health
from components.chain.nodes.health import DEADLOCK_SECONDS, Deadlocked, Health, wait_until_recovered
from components.domain.problems.nodes import CONSOLE_SILENT
from tests.unit.chain.rpc.test_node_locks import endpoint
from tests.unit.fake_node import Clock

SCN = endpoint("scn-1")


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "Console", lambda _endpoint: SimpleNamespace(node="scn-1", close=lambda: None))
    monkeypatch.setattr(health, "listens", lambda _endpoint: True)
    monkeypatch.setattr(health, "before_restart", lambda _endpoint, _role: None)


def recovered(monkeypatch: pytest.MonkeyPatch, clock: Clock, silent: float) -> None:
    """Wait for a node that answers nothing for so many seconds, and then is healthy."""

    def gap(*_args: Any) -> bool:
        if clock.now < 1000 + silent:
            clock.sleep(10)
            raise Unreachable(CONSOLE_SILENT("scn-1: the node's console is lost (no answer in 10 s)"))
        return True

    monkeypatch.setattr(health, "_gap", gap)
    wait_until_recovered(SCN, "scn", Health(1, 1))


def test_a_node_that_takes_its_time_is_waited_for(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    recovered(monkeypatch, clock, DEADLOCK_SECONDS - 15)


def test_a_silent_en_does_not_make_its_scn_deadlocked(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(health, "before_restart", lambda _endpoint, _role: Health(1, 1))
    recovered(monkeypatch, clock, 3 * DEADLOCK_SECONDS)


def test_a_node_that_listens_and_never_answers_is_deadlocked(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    with pytest.raises(Deadlocked, match="no answer in 10 s"):
        recovered(monkeypatch, clock, 10_000)
    assert clock.now < 1000 + DEADLOCK_SECONDS + 20
