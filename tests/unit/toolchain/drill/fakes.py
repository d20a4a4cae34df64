"""A drill in memory: its scene, the reports that are seen, and transfers that arrive or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from components.chain.rpc.endpoint import Endpoint
from components.watch.judging.judge import judge
from components.watch.report import Report
from components.watch.rows import report
from tests.unit.watch.samples import KIND, export, readings, targets
from tests.unit.watch.test_judging import down
from toolchain.ops.drill.alerts import Alerts
from toolchain.ops.drill.looks import Looks
from toolchain.ops.drill.scene import Scene
from toolchain.ops.drill.transfers import Sum
from toolchain.ops.drill.trial import Trial

OWNER = {"kind": "key", "private_key": "11" * 32}


def state(*, host: str = "LocalHost", **outputs: Any) -> dict[str, Any]:
    """Return the state of a stack whose machines are of a kind, with start commands and owners."""
    found = export()
    resources = found["deployment"]["resources"]
    nodes = [one["urn"].rpartition("::")[2] for one in resources if one["type"].endswith(":RunningNode")]
    resources[0]["outputs"] |= outputs
    for one in resources:
        name = one["urn"].rpartition("::")[2]
        if one["type"].endswith(":RunningNode"):
            one["outputs"]["start"] = f"start-of {name}"
        if one["type"].endswith(":BridgeContract"):
            one["outputs"]["signer"] = OWNER
    kind = host if ":" in host else f"{KIND}{host}"
    resources += [{"urn": f"urn:x::{name}", "type": kind, "outputs": {"name": name}} for name in nodes]
    return found


def scene(**options: Any) -> Scene:
    """Return a scene of two pairs and four SCNs."""
    return Scene.of("dev", state(**options))


def seen(threshold: int = 1, **changed: Any) -> Report:
    """Return what make status reports of the bridge, healthy unless readings are changed."""
    if threshold != 1:
        changed["contracts"] = {side: {"threshold": threshold} for side in ("parent", "child")}
    found = readings(**changed)
    return report("dev", targets(), found, judge(targets(), found))


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Let it pass."""
        self.now += seconds


class Machines:
    """Runs nothing; records what would run where, and fails where a test wants it to."""

    def __init__(self, *failures: tuple[str, str, Exception]) -> None:
        """`failures`: node, a part of the command, and the error."""
        self.ran: list[tuple[str, str]] = []
        self.failures = failures
        self.answers: dict[str, str] = {}

    def __call__(self, endpoint: Endpoint, command: str, _seconds: float) -> str:
        """Run a command."""
        self.ran.append((endpoint.node, command))
        for node, part, error in self.failures:
            if node == endpoint.node and part in command:
                raise error
        return self.answers.get(endpoint.node, "")

    @property
    def down(self) -> list[str]:
        """Return the nodes that were killed and not started again."""
        last = {node: part for node, command in self.ran for part in ("kill -KILL", "start-of") if part in command}
        return [node for node, part in last.items() if part == "kill -KILL"]

    def look(self) -> Report:
        """Return what make status reports now."""
        return seen(**down(*self.down))

    def commands(self, part: str) -> list[str]:
        """Return the nodes on which a command with that part ran, in order."""
        return [node for node, command in self.ran if part in command]


@dataclass
class FakeSending:
    """Transfers that all arrive, unless `lost`."""

    events: list[str]
    lost: int = 0
    refused: bool = False

    def start(self, without: Sequence[str]) -> None:
        """Note it."""
        self.events.append(f"send without {','.join(without)}")

    def stop(self) -> None:
        """Note it."""
        self.events.append("stop sending")

    def arrived(self, seconds: float) -> bool:  # noqa: ARG002
        """Return whether everything is there."""
        return not self.lost

    def sums(self) -> list[Sum]:
        """Return ten transfers."""
        if self.refused:
            return []
        return [Sum("child to parent", "coins", 10, 10 - self.lost, 0, 1000, 2.5)]

    def trouble(self) -> list[str]:
        """Return why nothing was requested."""
        return ["no coins"] if self.refused else []


@dataclass
class FakeAct:
    """A fault that notes what is done with it."""

    events: list[str]
    fails: BaseException | None = None
    left: list[Any] = field(default_factory=list)
    paid: list[Any] = field(default_factory=list)

    def obstacle(self) -> None:
        """Return nothing."""

    def begin(self) -> None:
        """Note it."""
        self.events.append("begin")
        if self.fails:
            raise self.fails

    def undo(self) -> list[Any]:
        """Note it."""
        self.events.append("undo")
        return self.left

    def check(self) -> list[Any]:
        """Return what was paid wrongly."""
        self.events.append("check")
        return self.paid


def trial(events: list[str], reports: Sequence[Report | BaseException], **sending: Any) -> Trial:
    """Return a trial that sees these reports, the last one for ever; an exception is raised once."""
    clock, left = Clock(), list(reports)

    def look() -> Report:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, BaseException):
            raise found
        events.append(f"see {found.verdict.level}")
        return found

    return Trial(Looks(look, clock, clock.wait), FakeSending(events, **sending), Alerts(None))
