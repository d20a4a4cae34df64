"""How a fault is made on the machines, and undone. Undoing never depends on how far the making came."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.domain.problems.operations.drills import EN_NOT_KILLED, FAULT_NOT_UNDONE, NO_DRILL_HERE
from components.domain.problems.problem import Message
from components.domain.roles import PROGRAMS
from toolchain.ops.drill import commands
from toolchain.ops.drill.fault import Fault
from toolchain.ops.drill.scene import DrilledNode, Scene

STOP_SECONDS = 60.0
START_SECONDS = 300.0
ATTEMPTS = 3
"""How often a fault is undone before somebody has to do it by hand."""
PAUSE = 5.0
"""Seconds from one attempt to the next."""
UP = "run make up"
AGAIN = "run make drill again, which first undoes what an earlier one left"
"""True of what commands.clean undoes."""

Run = Callable[[Endpoint, str, float], str]
"""Runs a command on a machine, for so many seconds at most. Raises ChainError."""


class Act(Protocol):
    """A fault that can be made and undone."""

    def obstacle(self) -> Message | None:
        """Return why it cannot be made on these machines; None if it can. Changes nothing. Raises ChainError."""

    def begin(self) -> None:
        """Make the fault. Raises ChainError."""

    def undo(self) -> list[Message]:
        """Undo it, also half of it; return what could not be undone."""

    def check(self) -> list[Message]:
        """Return what the bridge did and should not have done."""


@dataclass(frozen=True)
class OnNodes:
    """One command on each of some machines, all at once, and one that undoes it."""

    fault: Fault
    nodes: Sequence[DrilledNode]
    begin_with: Callable[[DrilledNode], str]
    undo_with: Callable[[DrilledNode], str]
    obstacle_of: Callable[[DrilledNode, Run], Message | None] = lambda _node, _run: None
    run: Run = run_on_host
    pause: Callable[[float], None] = time.sleep
    by_hand: Callable[[DrilledNode], str] = lambda _node: UP
    """What somebody has to do where it could not be undone."""

    def obstacle(self) -> Message | None:
        """Return why the fault cannot be made on one of the machines."""
        return next((why for node in self.nodes if (why := self.obstacle_of(node, self.run))), None)

    def begin(self) -> None:
        """Make the fault on all machines. Raises ChainError with the first that failed."""

        def one(node: DrilledNode) -> ChainError | None:
            try:
                self.run(node.target.endpoint, self.begin_with(node), STOP_SECONDS)
            except ChainError as error:
                return error
            return None

        with ThreadPoolExecutor(len(self.nodes)) as pool:
            failures = [error for error in pool.map(one, self.nodes) if error]
        if failures:
            raise type(failures[0])(EN_NOT_KILLED(f"{self.fault.name}: it could not be made: {failures[0]}"))

    def undo(self) -> list[Message]:
        """Undo it on all machines."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            return [why for why in pool.map(self._undo, self.nodes) if why]

    def _undo(self, node: DrilledNode) -> Message | None:
        command, reason = self.undo_with(node), ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self.pause(PAUSE)
            try:
                self.run(node.target.endpoint, command, START_SECONDS)
            except ChainError as error:
                reason = str(error)
            else:
                return None
        return FAULT_NOT_UNDONE(f"{self.fault.name}: {node.name}: not undone ({reason}); {self.by_hand(node)}")

    def check(self) -> list[Message]:
        """Return nothing: such a fault pays nothing."""
        return []


def act_of(scene: Scene, fault: Fault, run: Run = run_on_host) -> OnNodes:
    """Return how a fault is made that needs no keys."""
    nodes = [scene.nodes[name] for name in fault.nodes]
    if fault.kind == "hung":
        return OnNodes(fault, nodes, commands.hang, commands.resume, run=run, by_hand=_resumed)
    if fault.kind == "link":
        return _link(scene, fault, run)
    if fault.kind == "hostile":  # the votes are made elsewhere
        # An up alone does not see that the SCN counts wrongly.
        hand = "run make refresh, then make up"
        return OnNodes(fault, nodes, commands.nothing, commands.restart, run=run, by_hand=lambda _: hand)
    if fault.kind == "disk":
        obstacle = _disk_obstacle(fault)
        return OnNodes(fault, nodes, commands.fill, commands.empty, obstacle, run=run, by_hand=_emptied)
    return OnNodes(fault, nodes, commands.stop, commands.start, run=run)


def _resumed(node: DrilledNode) -> str:
    """Return how a node goes on. The restart of an up ends also a process that stands still: it kills it in the end."""
    return f"{AGAIN}; or {'make up' if node.start else f'there: pkill -CONT -x {PROGRAMS[node.target.role]}'}"


def _emptied(node: DrilledNode) -> str:
    return f"{AGAIN}; or there: {commands.without_filler(node)}; then make up"


def _link(scene: Scene, fault: Fault, run: Run) -> OnNodes:
    """Cut on the EN's machine, which nothing but the SCN is cut off from."""
    pair = next(one for one in scene.pairs if one.name == fault.subject)
    en, scn = scene.nodes[pair.en], scene.nodes[pair.scn]
    login = en.target.endpoint.login

    def obstacle(_node: DrilledNode, run: Run) -> Message | None:
        if not scn.address or scn.address == en.address:
            return NO_DRILL_HERE(f"{fault.name}: no IP address of {scn.name} is known that {en.name} reaches it by")
        if login.proxy and login.proxy.host == scn.address:
            return NO_DRILL_HERE(f"{fault.name}: {en.name} is reached over the machine of {scn.name}")
        user, *routes = run(en.target.endpoint, commands.other_routes(scn.address), STOP_SECONDS).splitlines() or [""]
        if user.strip() != "0":
            return NO_DRILL_HERE(f"{fault.name}: it needs root and ip on the machine of {en.name}")
        if routes:
            words = f"the machine of {en.name} has a route of its own to {scn.address}, which would be replaced"
            return NO_DRILL_HERE(f"{fault.name}: {words}: {routes[0].strip()}")
        return None

    return OnNodes(
        fault,
        [en],
        lambda _: commands.cut(scn.address),
        lambda _: commands.mend(scn.address),
        obstacle,
        run=run,
        by_hand=lambda _: f"{AGAIN}; or there: {commands.without_route(scn.address)}",
    )


def _disk_obstacle(fault: Fault) -> Callable[[DrilledNode, Run], Message | None]:
    def obstacle(node: DrilledNode, run: Run) -> Message | None:
        if run(node.target.endpoint, commands.own_disk(node), STOP_SECONDS).strip() == "yes":
            return None
        words = f"the data of {node.name} are on a disk that others use, which would be full for them too"
        return NO_DRILL_HERE(f"{fault.name}: {words}; mount a file system of their own at {node.target.folder}")

    return obstacle
