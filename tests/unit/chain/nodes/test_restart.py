"""Restarts stop at the first failure, and wait for nodes that are about to be healthy."""

from collections.abc import Sequence
from typing import Any

import pytest

from components.chain.errors import ChainError, HostUnreachable, Unreachable
from components.chain.nodes import restart as restarting
from components.chain.nodes import restart_gate
from components.chain.nodes.health import Deadlocked
from components.chain.nodes.restart import PATIENCE, restart
from components.chain.nodes.restart_gate import HEALTHY, Condition
from components.chain.rpc import node_locks, waiting
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.hosts import COMMAND_FAILED, HOST_SILENT
from components.domain.problems.nodes import DEADLOCKED, NOT_RESTARTED
from components.domain.roles import Role
from tests.unit.chain.rpc.test_node_locks import endpoint
from tests.unit.fake_node import Clock

NODES = [endpoint(f"scn-{i}") for i in range(1, 5)]
DOWN = Condition("down", "no node listens")


class Fleet:
    """SCNs by name, and how they are; `broken` ones do not come back from a restart."""

    def __init__(self) -> None:
        self.are = {node.node: HEALTHY for node in NODES}
        self.broken: set[str] = set()
        self.stopped: list[str] = []
        self.lost = 0

    def condition(self, node: Endpoint, _role: Role) -> Condition:
        """Look at a node."""
        return self.are[node.node]

    def is_down(self, node: Endpoint) -> bool:
        """Ask its host; one that is `lost` does not answer the next questions."""
        if self.lost > 0:
            self.lost -= 1
            raise HostUnreachable(HOST_SILENT(f"{node.node}: no SSH connection"))
        return self.are[node.node].level == "down"

    def run(self, node: Endpoint, _command: str, timeout: float) -> str:  # noqa: ARG002
        """Restart a node."""
        self.stopped.append(node.node)
        self.are[node.node] = HEALTHY
        if node.node in self.broken:
            self.are[node.node] = DOWN
            raise Unreachable(COMMAND_FAILED(f"{node.node}: the node did not open its console"))
        return ""

    def restart(self, name: str, siblings: Sequence[Endpoint] = NODES) -> None:
        """Have a node restarted."""
        (node,) = (one for one in NODES if one.node == name)
        others = [one for one in siblings if one.node != name]
        restart(node, "scn", "kscnd restart", "a test wants it", siblings=others, ready=lambda: None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Fleet:
    fleet = Fleet()
    monkeypatch.setattr(waiting, "time", clock)
    nothing: Any = lambda *_args: None  # noqa: E731
    for module, name, value in (
        (restart_gate, "condition", fleet.condition),
        (restart_gate, "_votes", nothing),
        (restarting, "run_on_host", fleet.run),
        (restarting, "is_down", fleet.is_down),
        (restarting, "before_restart", nothing),
        (restarting, "wait_until_recovered", nothing),
        (restarting, "_failed", {}),
    ):
        monkeypatch.setattr(module, name, value)
    return fleet


def test_after_a_failure_the_others_run_on_and_report_it(fleet: Fleet, clock: Clock) -> None:
    fleet.broken = {"scn-1", "scn-2", "scn-3", "scn-4"}
    with pytest.raises(ChainError, match="did not open its console"):
        fleet.restart("scn-1")
    for name in ("scn-2", "scn-3", "scn-4"):
        with pytest.raises(ChainError, match=rf"^{name}: .* scn-1 .*\(no node listens\).*{NOT_RESTARTED.code}"):
            fleet.restart(name, siblings=[])  # of whatever role
    assert fleet.stopped == ["scn-1"]
    assert clock.now == 1000, "what failed in this run is not waited for"


def test_the_next_run_looks_at_the_others_before_it_stops_a_node(fleet: Fleet, clock: Clock) -> None:
    fleet.are["scn-1"] = DOWN
    with pytest.raises(ChainError, match=f"^scn-2: .* scn-1 .*{NOT_RESTARTED.code}"):
        fleet.restart("scn-2")
    assert fleet.stopped == []
    assert clock.now >= 1000 + PATIENCE


def test_a_node_that_is_down_waits_for_nothing_and_the_others_for_it(fleet: Fleet, clock: Clock) -> None:
    fleet.are["scn-1"] = DOWN
    fleet.are["scn-3"] = DOWN
    fleet.restart("scn-1")
    assert fleet.stopped == ["scn-1"]
    clock.sleepers.append(lambda: fleet.are.update({"scn-3": HEALTHY}))
    fleet.restart("scn-2")
    assert fleet.stopped == ["scn-1", "scn-2"]


def test_a_node_whose_host_is_silent_for_a_moment_is_not_taken_for_one_that_is_down(fleet: Fleet) -> None:
    fleet.are["scn-1"], fleet.lost = DOWN, 1
    with pytest.raises(HostUnreachable, match=f"^scn-2: .*{HOST_SILENT.code}"):
        fleet.restart("scn-2")
    assert fleet.stopped == [], "it runs, and scn-1 is down"
    with pytest.raises(ChainError, match=f"^scn-2: .* scn-1 .*{NOT_RESTARTED.code}"):
        fleet.restart("scn-2")


def test_a_node_that_came_back_after_all_stands_in_nobodys_way(fleet: Fleet) -> None:
    fleet.broken = {"scn-1"}
    with pytest.raises(ChainError):
        fleet.restart("scn-1")
    fleet.are["scn-1"] = HEALTHY
    fleet.restart("scn-2")
    assert fleet.stopped == ["scn-1", "scn-2"]


def test_a_node_leaves_once_it_may_be_stopped_and_only_one_that_runs_does(fleet: Fleet) -> None:
    left: list[list[str]] = []

    def go(name: str, *siblings: Endpoint) -> None:
        (node,) = (one for one in NODES if one.node == name)
        leave = lambda: left.append([*fleet.stopped])  # noqa: E731
        restart(node, "scn", "kscnd restart", "a test", siblings=siblings, leave=leave, ready=lambda: None)

    go("scn-1", NODES[1])
    assert (left, fleet.stopped) == ([[]], ["scn-1"])
    fleet.are["scn-2"] = DOWN
    with pytest.raises(ChainError, match=NOT_RESTARTED.code):
        go("scn-1", NODES[1])
    go("scn-2", NODES[0])
    assert (left, fleet.stopped) == ([[]], ["scn-1", "scn-2"])


def test_a_lone_node_is_restarted(fleet: Fleet) -> None:
    fleet.restart("scn-1", siblings=[])
    assert fleet.stopped == ["scn-1"]


def test_a_node_that_is_being_restarted_is_waited_for_longer(
    fleet: Fleet, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.are["scn-1"] = DOWN
    monkeypatch.setattr(
        restarting, "is_restarting", lambda node: node.node == "scn-1" and clock.now < 1000 + 5 * PATIENCE
    )

    def come_back() -> None:
        if clock.now > 1000 + 4 * PATIENCE:
            fleet.are["scn-1"] = HEALTHY

    clock.sleepers.append(come_back)
    fleet.restart("scn-2")
    assert fleet.stopped == ["scn-2"]
    assert not node_locks.is_restarting(NODES[1])


def test_the_en_of_a_new_pair_has_no_scn_yet_and_holds_up_no_start_of_its_bridge(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Role]] = []

    def condition(node: Endpoint, role: Role) -> Condition:
        asked.append((node.node, role))
        return fleet.are.get(node.node, Condition("impaired", "not connected") if role == "en" else HEALTHY)

    monkeypatch.setattr(restart_gate, "condition", condition)
    restart(NODES[0], "scn", "kscnd restart", "it joins a pair", en=endpoint("alpha-en"), ready=lambda: None)
    assert fleet.stopped == ["scn-1"]
    assert ("alpha-en", "validator") in asked


def test_a_node_without_a_pair_does_not_wait_for_the_pairs_of_others(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def condition(node: Endpoint, role: Role) -> Condition:
        if node.node == "scn-3":
            return Condition("healthy", serves=False)
        return Condition("impaired", "not connected") if (node.node, role) == ("scn-2", "scn") else HEALTHY

    monkeypatch.setattr(restart_gate, "condition", condition)
    fleet.restart("scn-3")
    with pytest.raises(ChainError, match=f"^scn-1: .* scn-2 .*{NOT_RESTARTED.code}"):
        fleet.restart("scn-1")
    assert fleet.stopped == ["scn-3"]


def test_a_node_that_does_not_answer_after_its_restart_is_restarted_once_more(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = 1

    def recovered(*_args: object) -> None:
        if len(fleet.stopped) <= silent:
            msg = "scn-1: no answer in 10 s"
            raise Deadlocked(msg)

    monkeypatch.setattr(restarting, "wait_until_recovered", recovered)
    fleet.restart("scn-1")
    assert fleet.stopped == ["scn-1", "scn-1"]
    silent = 4
    with pytest.raises(ChainError, match=f"no answer in 10 s .*{DEADLOCKED.code}"):
        fleet.restart("scn-2")
    assert fleet.stopped == ["scn-1", "scn-1", "scn-2", "scn-2"]
