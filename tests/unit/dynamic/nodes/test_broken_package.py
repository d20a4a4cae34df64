"""A package with which one node does not come back: at each place in the order, it stops all nodes behind it.

What the engine adds is played here: it goes through the order, and not on after a failure (tests/program/test_updates).
"""

from typing import Any

import pytest

from components.chain.errors import ChainError, Unreachable
from components.chain.nodes import health, readiness, restart, restart_gate, start_mark, version
from components.chain.nodes.restart_gate import HEALTHY, Condition
from components.chain.rpc import waiting
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.hosts import COMMAND_FAILED
from components.domain.roles import Role
from components.dynamic.base import Props
from components.dynamic.nodes import running_node
from components.dynamic.nodes.running_node import RunningNode, RunningNodeProvider
from components.dynamic.nodes.updated_node import UpdatedNode, UpdatedNodeProvider
from tests.life import Life
from tests.unit.fake_node import Clock

ROLES: dict[str, Role] = {
    "alpha-en": "en",
    "scn-1": "scn",
    "beta-en": "en",
    "scn-2": "scn",
    "scn-3": "scn",
    "scn-4": "scn",
    "parent": "validator",
}
"""In the order of a restart."""
ORDER = list(ROLES)
EN_OF = {"scn-1": "alpha-en", "scn-2": "beta-en"}
OLD, NEW = "0a", "0b"
DOWN = Condition("down", "no node listens")


def at(name: str) -> Props:
    return {"node": name, "host": name, "private_key": "k", "host_key": "h", "ipc": "/srv/data/klay.ipc"}


class Bridge:
    """Seven nodes, and their resources in the state of the stack."""

    def __init__(self) -> None:
        self.run = dict.fromkeys(ORDER, OLD)
        """What each node runs; nothing if it is down."""
        self.marks = dict[str, str]()
        self.breaks: tuple[str, str] = ("", "")
        """The node that does not come back, and with which files."""
        self.stopped: list[str] = []
        self._running = {name: Life(RunningNodeProvider(), RunningNode) for name in ORDER}
        self._updated = {name: Life(UpdatedNodeProvider(), UpdatedNode) for name in ORDER}

    def up(self, runs: str) -> list[str]:
        """Bring all nodes to these files; return those that were stopped and started. Raises ChainError."""
        self.stopped.clear()
        known = {name: self._keep(name, runs) for name in ORDER}
        for name in ORDER:
            self._updated[name].up({**self._inputs(name, runs), **known[name]})
        return self.stopped

    def begin_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Forget what failed, as a new process does."""
        monkeypatch.setattr(restart, "_failed", {})

    def _keep(self, name: str, runs: str) -> Props:
        life = self._running[name]
        life.up({**self._inputs(name, runs), "started": "1"})
        return {key: life.outs[key] for key in ("began_with", "turn")}

    def _inputs(self, name: str, runs: str) -> Props:
        siblings = [at(one) for one, role in ROLES.items() if role == ROLES[name] and one != name]
        own = {"node": at(name), "role": ROLES[name], "chain_id": 3000, "start": f"restart {runs}", "runs": runs}
        if name in EN_OF:
            own |= {"en": at(EN_OF[name]), "peer": f"kni://{'aa' * 64}@10.0.0.2:50505"}
        return {**own, "siblings": siblings}

    def is_up(self, node: Endpoint) -> bool:
        """Return whether a node runs."""
        return bool(self.run[node.node])

    def condition(self, node: Endpoint, _role: Role) -> Condition:
        """Look at a node."""
        return HEALTHY if self.is_up(node) else DOWN

    def execute(self, node: Endpoint, command: str, timeout: float) -> str:  # noqa: ARG002
        """Stop a node and start it with the files that the command is for."""
        name, runs = node.node, command.rpartition(" ")[2]
        self.stopped.append(name)
        self.marks[name], self.run[name] = runs, runs
        if (name, runs) == self.breaks:
            self.run[name] = ""
            raise Unreachable(COMMAND_FAILED(f"{name}: the node did not open its console"))
        return ""


@pytest.fixture
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    nothing: Any = lambda *_args: None  # noqa: E731
    for module, name, value in (
        (waiting, "time", Clock()),
        (restart_gate, "condition", bridge.condition),
        (restart_gate, "_votes", nothing),
        (restart, "run_on_host", bridge.execute),
        (restart, "is_down", lambda node: not bridge.is_up(node)),
        (restart, "before_restart", nothing),
        (restart, "disconnect_bridge", nothing),
        (restart, "wait_until_recovered", nothing),
        (restart, "_failed", {}),
        (readiness, "began_behind", lambda _endpoint: ""),
        (health, "listens", bridge.is_up),
        (health, "answers", bridge.is_up),
        (running_node, "_seat", nothing),
        (running_node, "wait_until_ready", lambda inputs: bridge.run[inputs.node.node]),
        (version, "running_version", lambda node: bridge.run[node.node]),
        (start_mark, "last_mark", lambda node: bridge.marks.get(node.node)),
    ):
        monkeypatch.setattr(module, name, value)
    assert bridge.up(OLD) == []
    assert bridge.up(OLD) == []
    return bridge


def test_all_nodes_are_restarted_once_and_in_the_order(bridge: Bridge) -> None:
    assert bridge.up(NEW) == ORDER
    assert bridge.up(NEW) == []
    assert set(bridge.run.values()) == {NEW}


@pytest.mark.parametrize("place", range(len(ORDER)), ids=ORDER)
def test_a_node_that_does_not_come_back_stops_all_behind_it_and_the_old_files_bring_it_back(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    broken, before = ORDER[place], ORDER[:place]
    bridge.breaks = (broken, NEW)
    with pytest.raises(ChainError, match=COMMAND_FAILED.code):
        bridge.up(NEW)
    assert bridge.stopped == [*before, broken]
    for _ in range(2):
        bridge.begin_run(monkeypatch)
        with pytest.raises(ChainError, match=COMMAND_FAILED.code):
            bridge.up(NEW)
        assert bridge.stopped == [broken], "the next run begins with it, and touches no other"
    assert bridge.run == {name: NEW if name in before else "" if name == broken else OLD for name in ORDER}
    bridge.begin_run(monkeypatch)
    assert bridge.up(OLD) == [broken, *before], "it is down, so it is started first"
    assert bridge.run == dict.fromkeys(ORDER, OLD)
    assert bridge.up(OLD) == []


@pytest.mark.parametrize("place", range(len(ORDER)), ids=ORDER)
def test_a_repaired_package_continues_where_the_broken_one_stopped(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    broken, before, behind = ORDER[place], ORDER[:place], ORDER[place + 1 :]
    bridge.breaks = (broken, NEW)
    with pytest.raises(ChainError):
        bridge.up(NEW)
    bridge.begin_run(monkeypatch)
    assert bridge.up("0c") == [broken, *before, *behind]
    assert bridge.run == dict.fromkeys(ORDER, "0c")
