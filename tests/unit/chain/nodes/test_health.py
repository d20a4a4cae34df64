"""The wait for a restarted node: one that listens and never answers is told apart from one that takes its time."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import ANY

import pytest

from components.chain.errors import NotReady, Unreachable
from components.chain.nodes import health
from components.chain.nodes.health import (
    DEADLOCK_SECONDS,
    Deadlocked,
    Health,
    Served,
    before_restart,
    wait_until_recovered,
)
from components.domain.problems.nodes import CONSOLE_SILENT, NOT_RECOVERED
from tests.unit.chain.rpc.test_node_locks import endpoint
from tests.unit.fake_node import CHILD, PARENT, Clock, FakeNode

SCN, EN = endpoint("scn-1"), endpoint("alpha-en")


@pytest.fixture
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "Console", lambda _endpoint: SimpleNamespace(node="scn-1", close=lambda: None))
    monkeypatch.setattr(health, "listens", lambda _endpoint: True)
    monkeypatch.setattr(health, "_hangs", lambda _endpoint, _role: True)


def recovered(monkeypatch: pytest.MonkeyPatch, clock: Clock, silent: float) -> None:
    """Wait for a node that answers nothing for so many seconds, and then is healthy."""

    def gap(*_args: Any) -> bool:
        if clock.now < 1000 + silent:
            clock.sleep(10)
            raise Unreachable(CONSOLE_SILENT("scn-1: the node's console is lost (no answer in 10 s)"))
        return True

    monkeypatch.setattr(health, "_gap", gap)
    wait_until_recovered(SCN, "scn", Health(1, 1))


@pytest.mark.usefixtures("_silent")
def test_a_node_that_takes_its_time_is_waited_for(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    recovered(monkeypatch, clock, DEADLOCK_SECONDS - 15)


@pytest.mark.usefixtures("_silent")
def test_a_silent_en_does_not_make_its_scn_deadlocked(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(health, "_hangs", lambda _endpoint, _role: False)
    recovered(monkeypatch, clock, 3 * DEADLOCK_SECONDS)


@pytest.mark.usefixtures("_silent")
def test_a_node_that_listens_and_never_answers_is_deadlocked(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    with pytest.raises(Deadlocked, match="no answer in 10 s"):
        recovered(monkeypatch, clock, 10_000)
    assert clock.now < 1000 + DEADLOCK_SECONDS + 20


def scn_of(monkeypatch: pytest.MonkeyPatch, head: int = 8) -> FakeNode:
    """Return an SCN that serves a pair of contracts, on each of which 3 transfers were requested."""
    node = FakeNode()
    node.journal, node.marked, node.memory = {CHILD: PARENT}, {CHILD}, {CHILD, PARENT}
    console: Any = node.console
    console.close = lambda: None
    console.web3.eth.block_number = head
    monkeypatch.setattr(health, "Console", lambda _endpoint: console)
    monkeypatch.setattr(health, "requested", lambda _way: 3)
    monkeypatch.setattr(health, "still_to_handle", lambda *_: [])
    return node


def before(monkeypatch: pytest.MonkeyPatch) -> Health:
    scn_of(monkeypatch, head=7)
    found = before_restart(SCN, "scn", EN)
    assert found is not None
    return found


def test_what_an_scn_served_before_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    found = before(monkeypatch)
    assert (found.head, found.bridge_peers) == (7, 1)
    assert found.served == (Served(CHILD.lower(), PARENT, (3, 3)),)


def test_contracts_that_an_scn_did_not_serve_before_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    node = scn_of(monkeypatch)
    node.memory = set()
    assert before_restart(SCN, "scn", EN) == Health(8, 1, moment=ANY)


def test_without_its_en_an_scn_has_to_serve_its_contracts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scn_of(monkeypatch)
    found = before_restart(SCN, "scn")
    assert found is not None
    assert found.served == (Served(CHILD.lower(), PARENT),)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ("head", "no new block since 7"),
        ("peers", "the other node of its pair is not connected"),
        ("memory", f"it does not serve the bridge contracts {CHILD.lower()} and {PARENT} yet"),
        ("requests", "transfers that were requested before are not handled yet: parent to child 2 \\(1, 2\\)"),
    ],
)
def test_what_a_node_lacks_after_its_restart_is_reported(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, broken: str, named: str
) -> None:
    earlier = before(monkeypatch)
    node = scn_of(monkeypatch, head=7 if broken == "head" else 8)
    if broken in ("peers", "memory"):
        getattr(node, broken).clear()
    left = {"parent to child": [1, 2]} if broken == "requests" else {}
    monkeypatch.setattr(health, "still_to_handle", lambda way, *_: left.get(way.name, []))
    begun = clock.now
    with pytest.raises(NotReady, match=f"^scn-1: {named}.*{NOT_RECOVERED.code}"):
        wait_until_recovered(SCN, "scn", earlier, EN)
    assert clock.now >= begun + health.DEADLINE


def test_a_node_that_has_all_again_is_healthy(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    earlier, begun = before(monkeypatch), clock.now
    scn_of(monkeypatch)
    wait_until_recovered(SCN, "scn", earlier, EN)
    assert clock.now == begun


@pytest.mark.parametrize(("hangs", "error"), [(PARENT, NotReady), (CHILD, Deadlocked)])
def test_an_scn_whose_en_does_not_answer_it_is_not_deadlocked(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, hangs: str, error: type[Exception]
) -> None:
    """It asks its EN for the operators on the parent chain; those on its own chain it knows unless it is deadlocked."""
    earlier, node = before(monkeypatch), scn_of(monkeypatch)
    told = node._getRegisteredOperators

    def ask(bridge: str) -> list[str]:
        if bridge.lower() == hangs.lower():
            clock.sleep(5)
            raise Unreachable(CONSOLE_SILENT("scn-1: the node's console is lost (no answer in 5 s)"))
        return told(bridge)

    monkeypatch.setattr(node, "_getRegisteredOperators", ask)
    with pytest.raises(error):
        wait_until_recovered(SCN, "scn", earlier, EN)
