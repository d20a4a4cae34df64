"""Nodes and registrations at a refresh: what is said, what the state holds then, and how the next up mends it."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from components.chain import bridge_node, console, node_check, node_drift, node_health, restarting
from components.chain.console import Console
from components.chain.errors import ChainError, HostUnreachable, Unreachable
from components.chain.node_check import Expected
from components.chain.node_drift import Actual
from components.dynamic.base import Props
from components.dynamic.bridge_registration import BridgeRegistration, BridgeRegistrationProvider
from components.dynamic.running_node import RunningNode, RunningNodeProvider
from tests.life import Life
from tests.unit.fake_node import CHILD, PARENT, Clock, FakeNode

PEER = f"kni://{'aa' * 64}@10.0.0.2:50505?discport=0"
ENDPOINT = {"node": "scn-1", "host": "10.0.0.1", "private_key": "k", "host_key": "h", "ipc": "/srv/klay.ipc"}
WELL = Actual(3000, parent_operator=CHILD, child_operator=PARENT, peers=(PEER,), anchoring=True, anchoring_period=5)
NODE: Props = {
    "node": ENDPOINT,
    "role": "scn",
    "chain_id": 3000,
    "started": "1",
    "start": "kscnd restart",
    "runs": "0a",
    "parent_operator": CHILD,
    "child_operator": PARENT,
    "peer": PEER,
    "anchoring": True,
    "anchoring_period": 5,
    "version": None,
}


class Scn:
    """The node of NODE: how it is, and what was done to it."""

    def __init__(self) -> None:
        self.actual = WELL
        self.error: ChainError | None = None
        self.done: list[str] = []

    def connect(self, _endpoint: object) -> Console:
        """Return something that can be closed, or raise."""
        if self.error:
            raise self.error

        class Connected:
            class web3:  # noqa: N801 - as it is called
                client_version = "Kaia/v1.0.3"

            def close(self) -> None:
                pass

        return cast("Console", Connected())

    def mend(self, _console: Console, _expected: Expected, actual: Actual) -> None:
        """Do what calls can do."""
        if node_drift.CALLS_MEND & set(node_drift.drift(_expected, actual)):
            self.done.append("calls")

    def restart(self, _endpoint: object, _role: str, _command: str, why: str, **_more: object) -> None:
        """Restart the node, which mends all."""
        self.done.append(f"restart, because {why}")


@pytest.fixture
def scn(monkeypatch: pytest.MonkeyPatch) -> Scn:
    scn = Scn()
    answers: Callable[..., bool] = lambda _endpoint: scn.error is None  # noqa: E731 - two names of one answer
    for module, name, value in (
        (console, "Console", scn.connect),
        (node_drift, "read", lambda _console, _expected: scn.actual),
        (node_drift, "mend", scn.mend),
        (node_health, "answers", answers),
        (node_health, "listens", answers),
        (node_check, "wait_until_ready", lambda _endpoint, _expected: "Kaia/v1.0.3"),
        (restarting, "restart", scn.restart),
        (restarting, "start", scn.restart),
    ):
        monkeypatch.setattr(module, name, value)
    return scn


@pytest.fixture
def life(scn: Scn) -> Life:
    life = Life(RunningNodeProvider(), RunningNode)
    assert life.up(NODE) == "create"
    assert scn.done == []
    return life


def changed(**to: Any) -> Actual:
    return Actual(**{**vars(WELL), **to})


@pytest.mark.parametrize(
    ("actual", "name", "words", "done"),
    [
        (changed(anchoring=False), "anchoring", "anchoring is off, and its conf says on", ["calls"]),
        (
            changed(peers=()),
            "peer",
            "it has no bridge peer: the main bridge of its EN at 10.0.0.2:50505 is not connected",
            ["calls"],
        ),
        (
            changed(anchoring_period=9),
            "anchoring_period",
            "it anchors every 9 blocks, and its conf says every 5",
            ["restart, because it anchors every 9 blocks, and its conf says every 5"],
        ),
        (
            changed(parent_operator=PARENT),
            "parent_operator",
            f"its parent operator is {PARENT}, not {CHILD}",
            [f"restart, because its parent operator is {PARENT}, not {CHILD}"],
        ),
    ],
)
def test_drift_of_a_node_is_named_until_it_is_mended(
    life: Life, scn: Scn, capsys: pytest.CaptureFixture[str], actual: Actual, name: str, words: str, done: list[str]
) -> None:
    scn.actual = actual
    way = "mends it" if done == ["calls"] else "restarts the node"
    for _ in range(2):  # a second refresh finds and says the same
        assert life.refresh()
        assert life.inputs["drift"] == {name: words}
        assert capsys.readouterr().err == f"scn-1: {words}; the next up {way}\n"
    assert life.up(NODE) == "update"
    assert scn.done == done
    scn.actual = WELL
    assert life.refresh()
    assert life.up(NODE) == "same"


def test_drift_that_somebody_else_mended_is_none(life: Life, scn: Scn) -> None:
    scn.actual = changed(anchoring=False)
    life.refresh()
    scn.actual = WELL
    life.refresh()
    assert life.up(NODE) == "same"


def test_a_node_that_does_not_answer_is_gone_and_one_whose_host_does_not_is_as_it_was(
    life: Life, scn: Scn, capsys: pytest.CaptureFixture[str]
) -> None:
    before = life.inputs
    scn.error = HostUnreachable("scn-1: no SSH connection: 10.0.0.1:22 does not answer (10 s)")
    assert life.refresh()
    assert life.inputs == before
    assert capsys.readouterr().err.endswith("(10 s); the node is taken to be as it was\n")
    scn.error = Unreachable("scn-1: no node listens on /srv/klay.ipc at 10.0.0.1; is it running?")
    assert not life.refresh()
    assert capsys.readouterr().err.endswith("is it running?; the next up starts it\n")
    assert life.up(NODE) == "create"
    assert scn.done == ["restart, because it does not answer"]


def test_what_only_a_newer_program_compares_asks_for_nothing_in_an_older_state(scn: Scn) -> None:
    """Not even where it differs: nobody knows what the node was told."""
    older = {key: value for key, value in NODE.items() if not key.startswith("anchoring")}
    life = Life(RunningNodeProvider(), RunningNode)
    life.up(older)
    assert life.up(NODE) == "same"
    scn.actual = changed(anchoring_period=9)
    life.refresh()
    assert life.up(NODE) == "same"


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        ("subscribed", "is not subscribed; the next up subscribes it"),
        ("journal", "is not registered; the next up registers it"),
    ],
)
def test_a_registration_that_is_lost_says_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lose: str, words: str
) -> None:
    node = FakeNode()
    node.journal, node.memory, node.subscribed = {CHILD: PARENT}, {CHILD, PARENT}, {CHILD, PARENT}
    fake = cast("Any", node.console)
    fake.close = lambda: None
    for module in (console, bridge_node):
        monkeypatch.setattr(module, "Console", lambda _endpoint: fake)
    monkeypatch.setattr(console, "time", Clock())
    life = Life(BridgeRegistrationProvider(), BridgeRegistration)
    life.id, life.outs = "scn-1", {"node": ENDPOINT, "en": ENDPOINT, "child_bridge": CHILD, "parent_bridge": PARENT}
    life.outs["restart"] = "kscnd restart"
    assert life.refresh()
    getattr(node, lose).clear()
    assert not life.refresh()
    assert capsys.readouterr().err == f"scn-1: the bridge pair {CHILD} / {PARENT} {words}\n"
