"""Check whether one machine of a running stack may be rebuilt now: all other machines have to be healthy.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.replace MACHINE [back]

Prints the URN to replace, and then those to refresh before; or with `back` waits until the machine is healthy again
too. The keys in the export stay in memory.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.chain.rpc.waiting import Waiting
from components.domain.problems.chains import CHAIN_HALTED, NODE_BEHIND
from components.domain.problems.operations.machines import (
    CHAIN_WAITS_FOR_MACHINE,
    CHILD_CHAIN_LOST,
    OTHERS_UNHEALTHY,
    PARENT_CHAIN_LOST,
    UNKNOWN_MACHINE,
)
from components.domain.problems.problem import CodedError, Message
from components.domain.quorum import quorum
from components.domain.roles import BASTION, MONITOR
from components.watch.judging.finding import Finding
from components.watch.judging.judge import judge
from components.watch.judging.nodes import quorum_of
from components.watch.reading.reader import read
from components.watch.readings import Missing, Readings
from components.watch.targets import NodeTarget, Targets
from toolchain.ops.state import by_name, resources_of, targets_of

PATIENCE = 30.0
"""Seconds for nodes to be healthy, from the last moment at which one that was behind had new blocks: a machine that was
rebuilt begins with an empty chain, and its EN may need 10 s to begin to sync."""
INTERVAL = 1.0
"""Seconds from one look at the nodes to the next."""

BOOT = "servicechain:Boot"
MACHINES = {
    "servicechain:LocalHost": "{}",
    "servicechain:ExistingHost": "{}",
    BOOT: "{}-boot",
}
"""Resource name of a machine, keyed by the end of its type.

On AWS that is its boot: with another one it has the newest image, a new one-time host key, and so another instance.
"""

INSTANCE = {
    "aws:ec2/instance:Instance": "{}-instance",
    "aws:ec2/volumeAttachment:VolumeAttachment": "{}-data",
    "aws:ec2transitgateway/instanceState:InstanceState": "{}-running",
}
"""What ends with an instance on AWS, by type. If somebody terminated it, the state has to know that before its disk
goes to another one: AWS detaches no disk from an instance that is gone."""


class Refused(CodedError):
    """The machine cannot be replaced now; the message says why, and what to do first."""


@dataclass(frozen=True)
class Stack:
    """The nodes in an export."""

    targets: Targets
    machines: Mapping[str, str]
    """URNs, keyed by node; also of the monitor and the bastion, on which there is none."""
    serving: frozenset[str]
    """SCNs on which the bridge contracts are registered. A stack whose first up has not ended has none."""
    instances: Mapping[str, Sequence[str]]
    """URNs of what ends with its instance on AWS, keyed by machine."""

    @classmethod
    def of(cls, export: Mapping[str, Any]) -> "Stack":
        """Read an export of the state."""
        found, targets = resources_of(export), targets_of(export)
        urns = {(type_, _name(one)): str(one["urn"]) for one in found for type_ in MACHINES if _is(one, type_)}
        machines = {
            name: urns[type_, pattern.format(name)]
            for name in (*(node.name for node in targets.nodes), MONITOR, BASTION)
            for type_, pattern in MACHINES.items()
            if (type_, pattern.format(name)) in urns
        }
        registered = by_name(found, "servicechain:BridgeRegistration").values()
        serving = frozenset(str(one["node"]["node"]) for one in registered)
        return cls(targets, machines, serving, {name: ends_with(found, name) for name in machines})

    @property
    def nodes(self) -> dict[str, NodeTarget]:
        """Return the nodes by name."""
        return {node.name: node for node in self.targets.nodes}

    def urn(self, machine: str) -> str:
        """Return the URN to replace. Raises Refused if a chain would be lost, or if there is no such machine."""
        if machine not in self.machines:
            known = ", ".join(sorted(self.machines)) or "none; run make up first"
            raise Refused(UNKNOWN_MACHINE(f"there is no machine {machine!r} in this stack; its machines are {known}"))
        if machine not in self.nodes:
            return self.machines[machine]
        role = self.nodes[machine].role
        if role == "validator":
            words = f"{machine} holds the only copy of the private parent chain, which would be lost"
            raise Refused(PARENT_CHAIN_LOST(words))
        if role == "scn" and len(self._named("scn")) == 1:
            words = f"{machine} is the only SCN: the child chain would be lost with it; add another one first"
            raise Refused(CHILD_CHAIN_LOST(words))
        return self.machines[machine]

    def require_spare(self, machine: str, readings: Readings) -> None:
        """Require that the chain can lose the data of a machine, if they are deleted with it. Raises Refused."""
        scns = self._named("scn")
        if machine not in scns or BOOT in self.machines[machine]:
            return
        if len(scns) - 1 < quorum(len(scns)) and not isinstance(readings.nodes[machine].chain, Missing):
            words = (
                f"{machine}: its chain data must not be deleted: {len(scns)} of {len(scns)} SCNs have to keep theirs; "
                "first increase serviceChain.nodes to four SCNs or more with make up"
            )
            raise Refused(CHILD_CHAIN_LOST(words))

    def _named(self, role: str) -> list[str]:
        return [node.name for node in self.targets.nodes if node.role == role]

    def require_healthy(self, machines: Sequence[str], look: Callable[[Targets], Readings] = read) -> Readings:
        """Wait until these answer, are in sync and serve the bridge, and return what was read of all nodes.

        Raises Refused with those that do not.
        """
        waiting, before = Waiting(PATIENCE), dict[str, int]()
        while findings := self.objections(readings := look(self.targets), machines):
            late = {one.subject for one in findings if NODE_BEHIND.code in one.message.codes}
            heads = {name: head for name in late if (head := _head(readings, name)) is not None}
            if any(head > before.get(name, head) for name, head in heads.items()):
                waiting.renew()
            before, words = heads, "; ".join(one.message for one in findings)
            if waiting.over:
                raise Refused(OTHERS_UNHEALTHY(words))
            waiting.report(words)
            waiting.pause(INTERVAL)
        return readings

    def objections(self, readings: Readings, machines: Sequence[str]) -> list[Finding]:
        """Return what keeps the nodes on these machines from their work. Pure.

        A pair counts if both of its nodes are among them. Balances, disks and the like stop nobody. A chain that stands
        still because the machine to be rebuilt is dead makes blocks again with it.
        """
        subjects = {*machines}
        subjects |= {
            pair.name for pair in self.targets.pairs if {pair.en, pair.scn} <= subjects and pair.scn in self.serving
        }
        dead = [node for node in self.targets.nodes if isinstance(readings.nodes[node.name].chain, Missing)]
        halts = {f"{node.side} chain" for node in dead if node.name not in machines}
        return [
            one
            for one in judge(self.targets, readings).findings
            if (one.disables and one.subject in subjects)
            or (CHAIN_HALTED.code in one.message.codes and one.subject not in halts)
        ]

    def pause(self, machine: str, readings: Readings) -> Message | None:
        """Return a warning if the child chain stops until the machine is back. Pure."""
        council, scns = quorum_of("child", self.targets, readings, without=machine), self._named("scn")
        if machine not in scns or len(scns) == 1 or council is None or council.alive >= council.needed:
            return None
        return CHAIN_WAITS_FOR_MACHINE(
            f"the child chain stops until {machine} is back: {council.needed} of {council.seats} validators have to "
            f"agree on a block, and {council.alive} remain"
        )


def _head(readings: Readings, name: str) -> int | None:
    chain = readings.nodes[name].chain
    return None if isinstance(chain, Missing) else chain.head


def ends_with(resources: Iterable[Mapping[str, Any]], machine: str) -> list[str]:
    """Return the URNs of what ends with the instance of a machine on AWS."""
    return [str(one["urn"]) for one in resources if _name(one) == INSTANCE.get(str(one["type"]), "").format(machine)]


def _is(resource: Mapping[str, Any], type_: str) -> bool:
    return str(resource["type"]).endswith(type_)


def _name(resource: Mapping[str, Any]) -> str:
    return str(resource["urn"]).rpartition("::")[2]


def main(machine: str, back: str = "") -> None:
    """Check one machine of the stack whose export is on standard input."""
    status = 0
    try:
        stack = Stack.of(json.load(sys.stdin))
        urn = stack.urn(machine)
        readings = stack.require_healthy([name for name in stack.nodes if back or name != machine])
        if not back:
            stack.require_spare(machine, readings)
            if pause := stack.pause(machine, readings):
                print(f"warning: {pause}", file=sys.stderr)
            print(urn, *stack.instances[machine], sep="\n", flush=True)
    except Refused as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        status = 1
    os._exit(status)  # threads may still wait for machines that do not answer


if __name__ == "__main__":
    main(*sys.argv[1:])
