"""Which faults a drill makes, in which order, and which it refuses: what the bridge would not survive. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from components.domain.problems.operations.drills import NO_DRILL_HERE, TOO_FEW_LEFT
from components.domain.problems.operations.state import CALLED_WRONGLY
from components.domain.problems.problem import Message
from components.domain.units import counted
from components.watch.report import Report
from components.watch.targets import PairTarget
from toolchain.ops.drill.fault import KINDS, Fault, Kind
from toolchain.ops.drill.scene import Refused, Scene

BY_NAME_ONLY: tuple[Kind, ...] = ("disk",)
"""Made only when asked for: a node that met a full disk may have to be rebuilt."""
HOSTILE_THRESHOLD = 2
"""The lowest threshold at which one hostile operator is outvoted."""


@dataclass(frozen=True)
class Selection:
    """What somebody asked for. Empty: everything."""

    kinds: tuple[Kind, ...] = ()
    pairs: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    """Nodes, or one zone, that fail together."""


@dataclass(frozen=True)
class Skipped:
    """A fault that is not made."""

    fault: str
    why: Message


def plan(scene: Scene, health: Report, asked: Selection) -> tuple[list[Fault], list[Skipped]]:
    """Return the faults to make, and those that are left out. Raises Refused for names that nothing has."""
    _require_known(scene, asked)
    made: list[Fault] = []
    skipped: list[Skipped] = []
    for kind in KINDS:
        if asked.kinds and kind not in asked.kinds:
            continue
        if not asked.kinds and kind in BY_NAME_ONLY:
            skipped.append(Skipped(kind, NO_DRILL_HERE(f"{kind}: is made only when it is asked for: --fault {kind}")))
            continue
        if kind == "group" and not _groups(scene, asked):
            words = "group: the stack has no zones; name the nodes that fail together: --group beta-en,scn-2"
            skipped.append(Skipped(kind, NO_DRILL_HERE(words)))
            continue
        for fault in _candidates(scene, kind, asked):
            if why := objection(scene, health, fault):
                skipped.append(Skipped(fault.name, why))
            else:
                made.append(fault)
    return made, skipped


def objection(scene: Scene, health: Report, fault: Fault) -> Message | None:
    """Return why a fault is not made; None if it can be."""
    if fault.kind in ("en", "scn", "pair", "group", "disk", "hostile"):
        for name in fault.nodes:
            if scene.nodes[name].start is None:
                words = f"{fault.name}: {name} is a node of somebody else, which the program cannot start again"
                return NO_DRILL_HERE(words)
    if fault.kind == "hostile":
        return _not_outvoted(scene, health, fault)
    return _too_few(health, fault)


def _too_few(health: Report, fault: Fault) -> Message | None:
    threshold = health.verdict.threshold or 0
    left = [name for name in health.verdict.healthy_pairs if name not in fault.pairs]
    if len(left) < threshold:
        words = f"{counted(len(left), 'pair')} would remain, and a transfer needs {counted(threshold, 'vote')}"
        return TOO_FEW_LEFT(f"{fault.name}: {words}")
    child = next((row for row in health.chains if row.chain == "child"), None)
    if child and child.alive is not None and child.needed is not None and child.alive - len(fault.seats) < child.needed:
        words = f"{child.alive - len(fault.seats)} validators of the child chain would remain, and it needs"
        return TOO_FEW_LEFT(f"{fault.name}: {words} {child.needed}")
    return None


def _not_outvoted(scene: Scene, health: Report, fault: Fault) -> Message | None:
    thresholds = [row.threshold for row in health.contracts]
    if any(one is None or one < HOSTILE_THRESHOLD for one in thresholds):
        words = "at threshold 1 the vote of one operator pays, so this drill would lose coins"
        return NO_DRILL_HERE(f"{fault.name}: {words}; it needs threshold 2 on both chains")
    if fault.subject not in scene.operators:
        return NO_DRILL_HERE(f"{fault.name}: the keys of its operators are not in the state of the stack")
    return None


def _candidates(scene: Scene, kind: Kind, asked: Selection) -> Iterator[Fault]:
    if kind == "group":
        for subject, nodes in _groups(scene, asked):
            yield fault_of(scene, kind, subject, nodes)
        return
    for pair in scene.pairs:
        if asked.pairs and pair.name not in asked.pairs:
            continue
        for subject, nodes in _subjects(pair, kind):
            if not asked.nodes or {*nodes} <= {*asked.nodes}:
                yield fault_of(scene, kind, subject, nodes)


def _subjects(pair: PairTarget, kind: Kind) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Return subject and nodes of each fault of a kind in a pair."""
    if kind == "en":
        return [(pair.en, (pair.en,))]
    if kind == "scn":
        return [(pair.scn, (pair.scn,))]
    if kind in ("hung", "disk"):
        return [(pair.en, (pair.en,)), (pair.scn, (pair.scn,))]
    if kind == "hostile":
        return [(pair.name, (pair.scn,))]
    return [(pair.name, (pair.en, pair.scn))]


def fault_of(scene: Scene, kind: Kind, subject: str, nodes: Sequence[str]) -> Fault:
    """Return a fault on some nodes."""
    seats = () if kind in ("link", "hostile") else tuple(name for name in nodes if scene.nodes[name].target.seat)
    return Fault(kind, subject, tuple(nodes), scene.pairs_of(nodes), seats)


def _groups(scene: Scene, asked: Selection) -> list[tuple[str, tuple[str, ...]]]:
    zones = dict(scene.zones)
    if not asked.group:
        return list(zones.items())
    if len(asked.group) == 1 and asked.group[0] in zones:
        return [(asked.group[0], zones[asked.group[0]])]
    return [("+".join(asked.group), asked.group)]


def _require_known(scene: Scene, asked: Selection) -> None:
    movable = [name for name, node in scene.nodes.items() if node.target.role != "validator"]
    zone = len(asked.group) == 1 and asked.group[0] in scene.zones
    for what, names, known in (
        ("pair", asked.pairs, [pair.name for pair in scene.pairs]),
        ("node to drill", asked.nodes, movable),
        ("node to drill or zone", () if zone else asked.group, movable),
    ):
        if unknown := [name for name in names if name not in known]:
            raise Refused(CALLED_WRONGLY(f"no {what} {unknown[0]}; there are {', '.join(known)}"))
