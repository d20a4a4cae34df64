"""The wait for a restarted node: one that listens and never answers is told apart from one that takes its time."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.errors import NotReady, Unreachable
from components.chain.nodes import health
from components.chain.nodes.health import DEADLOCK_SECONDS, Deadlocked, Health, wait_until_recovered
from components.domain.problems.nodes import CONSOLE_SILENT, NOT_RECOVERED
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


@pytest.mark.parametrize(
    ("now", "named"),
    [
        (Health(7, 1), "no new block since 7"),
        (Health(8, 0), "the other node of its pair is not connected"),
        (Health(8, 1), "it is not subscribed to the bridge 0xb1"),
    ],
)
def test_what_a_node_lacks_after_its_restart_is_reported(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, now: Health, named: str
) -> None:
    monkeypatch.setattr(health, "health", lambda _console, _role: now)
    monkeypatch.setattr(health, "_information", lambda _console, _bridge: {})
    begun = clock.now
    with pytest.raises(NotReady, match=f"^scn-1: {named}.*{NOT_RECOVERED.code}"):
        wait_until_recovered(SCN, "scn", Health(7, 1, (("0xb1", 3),)))
    assert clock.now >= begun + health.DEADLINE
