"""Nodes and registrations at a refresh: what is said, what the state holds then, and how the next up repairs it."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from components.chain.errors import ChainError, HostUnreachable, NotListening, Unreachable
from components.chain.nodes import drift, health, readiness, registration, restart, restart_gate
from components.chain.nodes.drift import Actual
from components.chain.nodes.expected import Expected
from components.chain.nodes.restart_gate import HEALTHY, Condition
from components.chain.rpc import console, waiting
from components.chain.rpc.console import Console
from components.domain.problems.chains import CONSOLE_LOST
from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.nodes import (
    CONSOLE_SILENT,
    MISCOUNTED,
    NODE_DOWN,
    NOT_REGISTERED,
    NOT_SUBSCRIBED,
    OTHER_IDENTITY,
    STATE_UNKNOWN,
    WRONG_ANCHORING,
    WRONG_BRIDGE_PEER,
)
from components.domain.problems.problem import Problem
from components.dynamic.base import Props
from components.dynamic.nodes import running_node
from components.dynamic.nodes.bridge_registration import BridgeRegistration, BridgeRegistrationProvider
from components.dynamic.nodes.running_node import RunningNode, RunningNodeProvider
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
        self.condition = HEALTHY
        self.error: ChainError | None = None
        self.registered = False
        self.done: list[str] = []
        self.counts: list[str] = []
        """What is wrong with its count after each start."""

    def connect(self, _endpoint: object) -> Console:
        """Return something that can be closed, or raise."""
        if self.error:
            raise self.error

        class Connected:
            def call(_self, method: str, timeout: float = 0) -> object:  # noqa: ARG002, N805
                if method == "subbridge_listBridge":
                    return [{}] if self.registered else []
                return "Kaia/v1.0.3"

            def close(self) -> None:
                pass

        return cast("Console", Connected())

    def mend(self, _console: Console, _expected: Expected, actual: Actual) -> None:
        """Do what calls can do."""
        if drift.REPAIRED_BY_CALLS & set(drift.differences(_expected, actual)):
            self.done.append("calls")

    def restart(self, _endpoint: object, role: str, _command: str, why: str, **_more: object) -> None:
        """Restart the node, which mends all."""
        self.done.append(f"restart{' as a validator' if role == 'validator' else ''}, because {why}")


@pytest.fixture
def scn(monkeypatch: pytest.MonkeyPatch) -> Scn:
    scn = Scn()
    answers: Callable[..., bool] = lambda _endpoint: scn.error is None  # noqa: E731 - two names of one answer
    for module, name, value in (
        (console, "Console", scn.connect),
        (drift, "Console", scn.connect),
        (drift, "time", Clock()),
        (drift, "read", lambda _console, _expected: scn.actual),
        (drift, "repair", scn.mend),
        (health, "answers", answers),
        (health, "listens", answers),
        (drift, "wait_until_ready", lambda _endpoint, _expected: "Kaia/v1.0.3"),
        (restart_gate, "condition", lambda _endpoint, _role: scn.condition),
        (running_node, "time", Clock()),
        (restart, "restart", scn.restart),
        (restart, "start", scn.restart),
        (readiness, "began_behind", lambda _endpoint: scn.counts.pop(0) if scn.counts else ""),
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


def _predicted() -> Props:
    return {name: value for name, value in NODE.items() if name in Expected.model_fields}


ALONE = {**NODE, "peer": None, "en": None, "runs": "another conf"}
"""What is predicted of it when its pair goes and it stays a validator."""


def test_an_scn_that_leaves_its_pair_is_restarted_by_the_removal_of_its_registration(life: Life, scn: Scn) -> None:
    scn.registered = True
    assert life.up(ALONE) == "update"
    assert scn.done == []


def test_so_it_is_after_a_run_that_ended_before_that_removal(life: Life, scn: Scn) -> None:
    scn.registered = True
    life.up(ALONE)
    scn.actual = changed(anchoring_period=9)
    life.refresh()
    life.up(ALONE)
    assert scn.done == []


def test_an_scn_without_a_pair_is_restarted_as_a_validator_alone(life: Life, scn: Scn) -> None:
    life.up(ALONE)
    scn.error = Unreachable(CONSOLE_LOST("scn-1: gone"))
    assert life.up({**ALONE, "runs": "one more"}) == "update"
    assert scn.done == ["restart as a validator, because it does not answer"]
    assert life.outs["began_with"] == "one more"


def test_a_node_that_is_not_healthy_is_restarted_before_its_turn(life: Life, scn: Scn) -> None:
    scn.condition = Condition("impaired", "the other node of its pair is not connected")
    assert life.up({**NODE, "runs": "another conf"}) == "update"
    assert (len(scn.done), life.outs["began_with"]) == (1, "another conf")
    assert "not connected" in scn.done[0]


def test_a_node_that_runs_is_left_alone_until_its_turn(life: Life, scn: Scn) -> None:
    scn.actual = changed(anchoring_period=9)  # as its conf says from now on, and it does not know yet
    assert life.up({**NODE, "runs": "another conf"}) == "update"
    assert (scn.done, life.outs["began_with"]) == ([], "")


@pytest.mark.parametrize(
    ("actual", "problem", "named", "way"),
    [
        (changed(anchoring=False), WRONG_ANCHORING, ["anchoring is off"], "calls"),
        (changed(peers=()), WRONG_BRIDGE_PEER, ["10.0.0.2:50505"], "calls"),
        (changed(anchoring_period=9), WRONG_ANCHORING, ["every 9", "every 5"], "restart"),
        (changed(parent_operator=PARENT), OTHER_IDENTITY, ["parent operator", PARENT, CHILD], "restart"),
    ],
)
def test_drift_of_a_node_is_named_until_it_is_mended(
    life: Life,
    scn: Scn,
    capsys: pytest.CaptureFixture[str],
    actual: Actual,
    problem: Problem,
    named: list[str],
    way: str,
) -> None:
    scn.actual = actual
    ((name, words),) = drift.differences(Expected.model_validate(_predicted()), actual).items()
    assert all(value in words for value in named)
    for _ in range(2):  # a second refresh finds and says the same
        assert life.refresh()
        said = problem(f"{words}; the next up {'repairs it' if way == 'calls' else 'restarts the node'}")
        assert life.inputs["drift"] == {name: said}
        assert capsys.readouterr().err == f"scn-1: {said}\n"
    assert life.up(NODE) == "update"
    assert scn.done == (["calls"] if way == "calls" else [f"restart, because {words}"])
    scn.actual = WELL
    assert life.refresh()
    assert life.up(NODE) == "same"


def test_drift_that_somebody_else_mended_is_none(life: Life, scn: Scn) -> None:
    scn.actual = changed(anchoring=False)
    life.refresh()
    scn.actual = WELL
    life.refresh()
    assert life.up(NODE) == "same"


@pytest.mark.parametrize(
    ("error", "what", "problem", "way"),
    [
        (NotListening, "down", NODE_DOWN, "starts it"),
        (Unreachable, "console", CONSOLE_SILENT, "restarts the node"),
    ],
)
def test_a_node_that_is_stopped_or_silent_is_still_there_and_has_drifted(
    life: Life,
    scn: Scn,
    capsys: pytest.CaptureFixture[str],
    error: type[ChainError],
    what: str,
    problem: Problem,
    way: str,
) -> None:
    scn.error = error(problem("scn-1: no node listens at all"))
    assert life.refresh()
    ((name, said),) = life.inputs["drift"].items()
    assert name == what
    assert "no node listens at all" in said
    assert said.endswith(f"; the next up {way} [{problem.code}]")
    assert life.outs["version"] == "Kaia/v1.0.3", "what was known of it stays"
    assert capsys.readouterr().err == f"scn-1: {said}\n"
    assert life.up(NODE) == "update"
    assert scn.done == ["restart, because it does not answer"]
    scn.error = None
    assert life.refresh()
    assert life.up(NODE) == "same"


def test_a_node_that_answers_and_whose_bridge_is_silent_is_restarted(
    life: Life, scn: Scn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a deadlock of its bridge: what has to do with blocks is answered."""

    def silent(*_asked: object) -> Actual:
        raise Unreachable(CONSOLE_SILENT("scn-1: the node's console at 10.0.0.1 is lost (no answer in 10 s)"))

    monkeypatch.setattr(drift, "read", silent)
    assert life.refresh()
    ((name, said),) = life.inputs["drift"].items()
    assert name == "console"
    assert "no answer in 10 s" in said
    assert CONSOLE_SILENT.code in said
    assert life.up(NODE) == "update"
    (done,) = scn.done
    assert done.startswith("restart, because its console does not answer (")


def test_a_node_whose_host_does_not_answer_is_as_it_was(
    life: Life, scn: Scn, capsys: pytest.CaptureFixture[str]
) -> None:
    before = life.inputs
    scn.error = HostUnreachable(HOST_SILENT("scn-1: no SSH connection: 10.0.0.1:22 does not answer (10 s)"))
    assert life.refresh()
    assert life.inputs == before
    said = capsys.readouterr().err
    assert said.startswith("scn-1: ")
    assert "10.0.0.1:22" in said
    assert STATE_UNKNOWN.code in said


class Counting(FakeNode):
    """An SCN that counts the transactions of its operators."""

    counted = 5

    def _getOperators(self) -> dict[str, object]:  # noqa: N802
        one = {"address": CHILD.lower(), "nonce": self.counted, "isNonceSynced": True}
        return {"parentOperator": one, "childOperator": one}


@pytest.mark.parametrize(
    ("lose", "problem", "named"),
    [
        ("memory", NOT_SUBSCRIBED, [CHILD, PARENT]),
        ("journal", NOT_REGISTERED, [CHILD, PARENT]),
        ("count", MISCOUNTED, ["3 transactions", "child operator", "5 are mined"]),
    ],
)
def test_a_registration_that_is_lost_says_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lose: str, problem: Problem, named: list[str]
) -> None:
    node = Counting()
    node.journal, node.memory, node.marked = {CHILD: PARENT}, {CHILD, PARENT}, {CHILD}
    fake = cast("Any", node.console)
    fake.close = lambda: None
    fake.web3.eth.get_transaction_count = lambda _address: 5
    for module in (console, registration, readiness):
        monkeypatch.setattr(module, "Console", lambda _endpoint: fake)
    monkeypatch.setattr(waiting, "time", Clock())
    life = Life(BridgeRegistrationProvider(), BridgeRegistration)
    life.id, life.outs = "scn-1", {"node": ENDPOINT, "en": ENDPOINT, "child_bridge": CHILD, "parent_bridge": PARENT}
    life.outs |= {"restart": "kscnd restart", "started": "1", "en_started": "1"}
    assert life.refresh()
    if lose == "count":
        node.counted = 3
    else:
        getattr(node, lose).clear()
    assert life.refresh(), "an SCN that was adopted is still known to be one"
    (said,) = life.inputs["drift"].values()
    assert said.endswith(f" [{problem.code}]")
    assert all(value in said for value in named)
    assert capsys.readouterr().err == f"scn-1: {said}\n"


def test_an_scn_that_began_with_older_data_is_restarted_once_more(life: Life, scn: Scn) -> None:
    scn.actual = changed(version="Kaia/v1.0.3")
    scn.error = NotListening(NODE_DOWN("scn-1: no node listens"))
    assert life.refresh()
    scn.counts = ["it counts 3 transactions of its child operator, and 5 are mined", "not asked again"]
    assert life.up(NODE) == "update"
    assert ["restart" in one for one in scn.done] == [True, True]
    assert "and 5 are mined" in scn.done[1]
    assert scn.counts == ["not asked again"]
