"""Machines that come, go or are made anew: which resources act, and on what."""

import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.errors import Unreachable
from components.chain.nodes import health, restart_gate
from components.chain.peers import seats
from components.chain.rpc import console
from components.chain.rpc.endpoint import Endpoint
from components.chain.validators.restart_seat import RestartSeat
from components.domain.problems.chains import CONSOLE_LOST, SEAT_LOST
from components.dynamic.base import Props
from components.dynamic.nodes import running_node, updated_node
from components.dynamic.nodes.bridge_registration import BridgeRegistrationProvider
from components.dynamic.nodes.running_node import RunningNodeProvider
from components.dynamic.nodes.updated_node import UpdatedNodeProvider
from components.dynamic.validators.child_validator import ChildValidatorProvider
from tests.unit.dynamic.test_chain_resource import NODE, endpoint
from tests.unit.fake_node import CHILD, PARENT, Clock

SEAT: Props = {
    "chain_id": 3000.0,
    "node": endpoint("scn-1"),
    "address": CHILD,
    "endpoints": [endpoint("scn-2"), endpoint("scn-3")],
    "static_nodes": ["kni://a"],
}
REGISTRATION: Props = {
    "node": endpoint("scn-1"),
    "en": endpoint("alpha-en"),
    "child_bridge": CHILD,
    "parent_bridge": PARENT,
    "restart": "kscnd restart",
    "started": "one",
    "en_started": "one",
}


@pytest.mark.parametrize(
    ("change", "changes", "replaces"),
    [
        ({"endpoints": [*SEAT["endpoints"], endpoint("scn-4")]}, False, []),
        ({"endpoints": [endpoint("scn-3")]}, True, []),
        ({"static_nodes": ["kni://a", "kni://b"]}, False, []),
        ({"address": PARENT}, True, ["address"]),
        ({"chain_id": 3001.0}, True, ["chain_id"]),
    ],
)
def test_which_edits_touch_a_seat(change: Props, changes: bool, replaces: list[str]) -> None:  # noqa: FBT001
    found = ChildValidatorProvider().diff("", SEAT, {**SEAT, **change})
    assert (found.changes, found.replaces) == (changes, replaces)
    assert not found.delete_before_replace, "the new one comes before the old one goes"


def test_a_validator_that_was_voted_out_is_gone_and_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = ChildValidatorProvider()
    inputs, none = provider._parse(SEAT), cast("Any", None)
    monkeypatch.setattr(seats, "council", lambda _console: {CHILD.lower(), PARENT.lower()})
    assert provider.look(none, inputs, {}) == {}
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(seats, "council", lambda _console: {PARENT.lower()})
    assert provider.look(none, inputs, {}) is None
    said = capsys.readouterr().err
    assert said.startswith("scn-1: ")
    assert SEAT_LOST.code in said


@pytest.mark.parametrize("which", ["started", "en_started"])
def test_a_registration_looks_again_on_another_machine(which: str) -> None:
    provider, before = BridgeRegistrationProvider(), REGISTRATION
    assert provider.diff("", before, before).changes is False
    found = provider.diff("", before, {**before, which: "another"})
    assert (found.changes, found.replaces) == (True, [])


@pytest.fixture
def restarts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    for question in ("listens", "answers"):
        monkeypatch.setattr(health, question, lambda _endpoint: True)
    monkeypatch.setattr(restart_gate, "condition", lambda _endpoint, _role: restart_gate.HEALTHY)
    monkeypatch.setattr(running_node, "wait_until_ready", lambda _inputs: "v1.0.3")
    monkeypatch.setattr(updated_node, "_version", lambda _inputs: "v1.0.3")
    for module in (running_node, updated_node):
        monkeypatch.setattr(module, "restart_node", lambda _inputs, why, *_, **_more: done.append(why))
    return done


UPDATED = {name: value for name, value in NODE.items() if name != "started"} | {"began_with": ""}


def update(known: Props, to: Props) -> None:
    """Change the conf of a node: of its RunningNode, and then of its UpdatedNode."""
    RunningNodeProvider().update("", {**NODE, **known}, {**NODE, **to})
    UpdatedNodeProvider().update("", {**UPDATED, **known}, {**UPDATED, **to})


@pytest.mark.parametrize("change", [{"runs": "0b"}, {"chain_id": 3001}])
def test_an_scn_that_runs_without_its_seat_is_voted_in_by_any_change(
    restarts: list[str], change: Props, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its restart was cut off, and the settings are as before it: its UpdatedNode has nothing to do."""
    monkeypatch.setattr(RestartSeat, "take_again", lambda seat: restarts.append(f"seat of {seat.node.node}"))
    node = {**NODE, "siblings": [endpoint("scn-2")]}
    RunningNodeProvider().update("", node, {**node, **change})
    assert restarts == ["seat of scn-1"]


def test_an_scn_that_leaves_its_pair_is_not_restarted_before_its_registration_goes(restarts: list[str]) -> None:
    update({"peer": "kni://aa"}, {"runs": "0b"})
    assert restarts == []
    update({}, {"runs": "0c"})
    assert len(restarts) == 1, "later edits restart it as ever"


@pytest.mark.parametrize("peer", ["kni://aa", "kni://bb"])
def test_an_scn_that_keeps_or_changes_its_pair_is_restarted(restarts: list[str], peer: str) -> None:
    update({"peer": "kni://aa"}, {"runs": "0b", "peer": peer})
    assert len(restarts) == 1


def test_a_node_that_did_not_answer_is_asked_after_the_others_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Clock(), []

    class Node:
        """A console; scn-1 is dead."""

        def __init__(self, at: Endpoint) -> None:
            asked.append(at.node)
            if at.node == "scn-1":
                clock.sleep(10)
                raise Unreachable(CONSOLE_LOST(at.node))
            self.node = at.node

        def call(self, method: str, *_params: object, timeout: float = 30) -> Any:  # noqa: ARG002
            """Answer with the chain's id, and with a block of this moment."""
            block = {"number": "0x7", "timestamp": hex(int(time.time()))}
            return {"eth_chainId": hex(3000), "eth_getBlockByNumber": block}.get(method)

        def close(self) -> None:
            """Do nothing."""

    monkeypatch.setattr(console, "time", clock)
    monkeypatch.setattr(console, "Console", Node)
    monkeypatch.setattr(console, "_away", {})
    ends = [Endpoint.model_validate(endpoint(name)) for name in ("scn-1", "scn-2")]

    def connect() -> Any:
        with console.connect(ends, 3000) as found:
            return SimpleNamespace(node=found.node)

    assert [connect().node for _ in range(3)] == ["scn-2"] * 3
    assert asked == ["scn-1", "scn-2", "scn-2", "scn-2"]
    clock.sleep(console.AWAY_SECONDS)
    connect()
    assert asked[4:] == ["scn-1", "scn-2"]
