"""One quick check of every node and pair in a stack's state: what is wrong, and how to repair it.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.look problems|stale

`problems` prints one line per problem. Without any it says on standard error what differs in the contracts from what is
declared, where the metrics are, and which programs of the monitoring do not run. `stale` prints the URNs of resources
that are healthy in the state and not in reality, or whose node reports another version than at the end of the last
run: after a refresh of these, the next up repairs them. Of what `make status` reads, only what an up repairs counts
here. The keys in the export stay in memory.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from components.chain.nodes.version import other_version
from components.domain.problems.nodes import OTHER_FORKS
from components.domain.problems.operations.machines import (
    BRIDGE_NOT_SERVED,
    MACHINE_SILENT,
    NODE_ILL,
    OTHER_MAIN_BRIDGES,
)
from components.domain.problems.packages import OTHER_VERSION_RUNS
from components.domain.problems.problem import Message, Problem
from components.domain.versions import version_in
from components.watch.judging.judge import judge
from components.watch.judging.nodes import other_forks
from components.watch.reading.reader import DEADLINE, read
from components.watch.readings import Missing, Readings
from components.watch.targets import NodeTarget, Targets
from toolchain.ops.monitoring import Process, dead, processes
from toolchain.ops.state import in_the_clear, targets_of

REPAIRS = "make up repairs it"
FINDS = "make refresh checks the machine; make up or make replace MACHINE={} repairs it"


@dataclass(frozen=True)
class Known:
    """What the state has of nodes and pairs."""

    targets: Targets
    running: Mapping[str, str]
    """URN of the resource that keeps a node running, by node."""
    registrations: Mapping[str, str]
    """URN of the registration of the bridge contracts, by SCN."""
    updates: Mapping[str, str]
    """URN of the resource that restarts a node for another package, by node; not of an existing node."""
    versions: Mapping[str, str]
    """The version that a node reported when that resource was last written."""

    @classmethod
    def of(cls, export: Mapping[str, Any]) -> "Known":
        """Read an export of the state."""
        found = [one for one in (export.get("deployment") or {}).get("resources") or () if one.get("outputs")]
        updated = _by_node(found, "UpdatedNode")
        return cls(
            targets=targets_of(export),
            running=_urns(_by_node(found, "RunningNode", "AdoptedNode")),
            registrations=_urns(_by_node(found, "BridgeRegistration")),
            updates=_urns(updated),
            versions={node: str(one["outputs"].get("version") or "") for node, one in updated.items()},
        )


def _by_node(resources: Sequence[Mapping[str, Any]], *kinds: str) -> dict[str, Mapping[str, Any]]:
    ends = tuple(f"servicechain:{kind}" for kind in kinds)
    found = [one for one in resources if str(one["type"]).endswith(ends)]
    return {str(in_the_clear(one["outputs"]["node"])["node"]): one for one in found}


def _urns(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {node: str(one["urn"]) for node, one in resources.items()}


@dataclass(frozen=True)
class Repairable:
    """What is wrong with a node, and what repairs it."""

    node: str
    problem: Problem
    words: str
    repair: str = REPAIRS
    stale: Sequence[str] = ()
    """URNs of the resources to refresh; none if the machine does not answer, because it would then be rebuilt."""

    @property
    def message(self) -> Message:
        """Return the line for an operator."""
        return self.problem(f"{self.node}: {self.words}; {self.repair}")


def repairable(known: Known, readings: Readings) -> list[Repairable]:
    """Return what is wrong with nodes and an up repairs, in the order of the nodes. Pure."""
    return [found for node in known.targets.nodes if (found := _of_node(node, known, readings))]


def _of_node(node: NodeTarget, known: Known, readings: Readings) -> Repairable | None:
    reading = readings.nodes[node.name]
    for part in (reading.chain, reading.bridge):
        if isinstance(part, Missing):
            return _ill(node.name, part, known.running.get(node.name, ""))
    found = _pair(node, known, readings)
    updates = [one for one in (_moved(node, known, readings), _forks(node, known, readings)) if one]
    if found and updates:
        return replace(found, stale=[*found.stale, *updates[0].stale])
    return found or next(iter(updates), None)


def _pair(node: NodeTarget, known: Known, readings: Readings) -> Repairable | None:
    bridge = readings.nodes[node.name].bridge
    if bridge is None or isinstance(bridge, Missing):
        return None
    en = next(pair.main_bridge for pair in known.targets.pairs if pair.scn == node.name)
    if en and bridge.peers != (en,):
        words = f"it is connected to {len(bridge.peers)} main bridges instead of that of its EN only"
        return Repairable(node.name, OTHER_MAIN_BRIDGES, words, stale=[known.running[node.name]])
    if node.name not in known.registrations or bridge.subscribed:
        return None
    words = "it does not serve the bridge contracts"
    return Repairable(node.name, BRIDGE_NOT_SERVED, words, stale=[known.registrations[node.name]])


def _moved(node: NodeTarget, known: Known, readings: Readings) -> Repairable | None:
    """Return that a node runs another version than its state says: a run ended before it could write that it does."""
    chain, before = readings.nodes[node.name].chain, known.versions.get(node.name)
    if not before or isinstance(chain, Missing) or isinstance(chain.version, Missing):
        return None
    if (other := other_version(before, chain.version)) is None:
        return None
    words = f"its version is {other}, and was {version_in(before)} when a run last ended well"
    return Repairable(node.name, OTHER_VERSION_RUNS, words, stale=[known.updates[node.name]])


def _forks(node: NodeTarget, known: Known, readings: Readings) -> Repairable | None:
    """Return that the chain config of a node has not the forks of its genesis.json."""
    chain = readings.nodes[node.name].chain
    if isinstance(chain, Missing) or not (words := other_forks(node, chain)) or node.name not in known.updates:
        return None
    return Repairable(node.name, OTHER_FORKS, words, stale=[known.updates[node.name]])


def _ill(name: str, missing: Missing, urn: str) -> Repairable:
    words = str(missing.reason).removeprefix(f"{name}: ")
    if missing.away:
        return Repairable(name, MACHINE_SILENT, words, FINDS.format(name))
    return Repairable(name, NODE_ILL, words, stale=[urn])


def changed(known: Known, readings: Readings) -> list[Message]:
    """Return what somebody has changed that an up does not look at. Pure."""
    return [one.message for one in judge(known.targets, readings).findings if one.drift]


def _tell_changed(found: Sequence[Message]) -> None:
    for message in found:
        print(f"warning: {message}", file=sys.stderr)
    if found:
        words = "an up compares with its state only: make refresh reads the chains and nodes, and the next make up"
        print(f"warning: {words} restores what is declared", file=sys.stderr)


def _tell_monitoring(url: str, ended: Sequence[Process]) -> None:
    for one in ended:
        print(f"warning: {one.message}", file=sys.stderr)
    if url:
        print(f"metrics and alerts: {url}", file=sys.stderr)


def main(question: str) -> None:
    """Answer a question about the stack whose export is on standard input."""
    export = json.load(sys.stdin)
    known = Known.of(export)
    readings, ended = read(known.targets, deadline=DEADLINE), dead(processes(export), DEADLINE)
    findings = repairable(known, readings)
    lines = [line for one in findings for line in ([one.message] if question == "problems" else one.stale)]
    if question == "stale":
        lines += [one.urn for one in ended]
    elif not lines:
        _tell_changed(changed(known, readings))
        _tell_monitoring(known.targets.monitor, ended)
    print("\n".join(lines), end="\n" if lines else "", flush=True)
    os._exit(0)  # threads may still wait for machines that do not answer


if __name__ == "__main__":
    main(*sys.argv[1:])
