"""Check whether one machine of a running stack may be rebuilt now: all other machines have to be healthy.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.replace MACHINE [back]

Prints the URN to replace, and then those to refresh before; or with `back` waits until the machine is healthy again
too. The keys in the export stay in memory.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from components.chain.errors import ChainError
from components.chain.nodes.journal import settled_registration
from components.chain.peers.seats import council, living, node_address
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.head import wait_until_caught_up
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
from toolchain.ops.state import by_name, resources_of

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

    machines: Mapping[str, str]
    """URNs, keyed by node; also of the monitor and the bastion, on which there is none."""
    nodes: Mapping[str, tuple[str, Endpoint]]
    """Role and console, keyed by name."""
    bridges: Mapping[str, tuple[str, str]]
    """Child and parent contract that an SCN serves, keyed by SCN."""
    instances: Mapping[str, Sequence[str]]
    """URNs of what ends with its instance on AWS, keyed by machine."""

    @classmethod
    def of(cls, export: Mapping[str, Any]) -> "Stack":
        """Read an export of the state."""
        found = resources_of(export)
        running = {
            str(node["node"]["node"]): (str(node["role"]), Endpoint.model_validate(node["node"]))
            for node in by_name(found, "servicechain:RunningNode").values()
        }
        urns = {(type_, _name(one)): str(one["urn"]) for one in found for type_ in MACHINES if _is(one, type_)}
        machines = {
            name: urns[type_, pattern.format(name)]
            for name in (*running, MONITOR, BASTION)
            for type_, pattern in MACHINES.items()
            if (type_, pattern.format(name)) in urns
        }
        bridges = {
            str(one["node"]["node"]): (str(one["child_bridge"]), str(one["parent_bridge"]))
            for one in by_name(found, "servicechain:BridgeRegistration").values()
        }
        return cls(machines, running, bridges, {name: ends_with(found, name) for name in machines})

    def urn(self, machine: str) -> str:
        """Return the URN to replace. Raises Refused if a chain would be lost, or if there is no such machine."""
        if machine not in self.machines:
            known = ", ".join(sorted(self.machines)) or "none; run make up first"
            raise Refused(UNKNOWN_MACHINE(f"there is no machine {machine!r} in this stack; its machines are {known}"))
        if machine not in self.nodes:
            return self.machines[machine]
        role = self.nodes[machine][0]
        if role == "validator":
            words = f"{machine} holds the only copy of the private parent chain, which would be lost"
            raise Refused(PARENT_CHAIN_LOST(words))
        if role == "scn" and len(self._named("scn")) == 1:
            words = f"{machine} is the only SCN: the child chain would be lost with it; add another one first"
            raise Refused(CHILD_CHAIN_LOST(words))
        return self.machines[machine]

    def require_spare(self, machine: str) -> None:
        """Require that the chain can lose the data of a machine, if they are deleted with it. Raises Refused."""
        scns = self._named("scn")
        if machine not in scns or BOOT in self.machines[machine]:
            return
        if len(scns) - 1 < quorum(len(scns)) and self._address(machine):
            words = (
                f"{machine}: its chain data must not be deleted: {len(scns)} of {len(scns)} SCNs have to keep theirs; "
                "first increase serviceChain.nodes to four SCNs or more with make up"
            )
            raise Refused(CHILD_CHAIN_LOST(words))

    def _named(self, role: str) -> list[str]:
        return [name for name, (of, _) in self.nodes.items() if of == role]

    def require_healthy(self, machines: Sequence[str]) -> None:
        """Require that these answer, are in sync and serve the bridge. Raises Refused with those that do not."""
        found = [objection for name in machines for objection in self._objections(name)]
        if found:
            raise Refused(OTHERS_UNHEALTHY("; ".join(found)))

    def _objections(self, name: str) -> Iterator[str]:
        role, endpoint = self.nodes[name]
        try:
            with closing(Console(endpoint)) as console:
                if role != "validator":
                    wait_until_caught_up(console)
                if name in self.bridges and not settled_registration(console, *self.bridges[name]).live:
                    yield f"{name}: it does not serve the bridge contracts"
        except ChainError as error:
            yield str(error)

    def pause(self, machine: str) -> Message | None:
        """Return a warning if the child chain stops until the machine is back. Raises ChainError."""
        others = [name for name in self._named("scn") if name != machine]
        if machine not in self._named("scn") or not others:
            return None
        seats, alive = set[str](), set[str]()
        for name in others:  # soon after a start, one alone may not be connected to all yet
            with closing(Console(self.nodes[name][1])) as console:
                seats, alive = seats or council(console), alive | living(console)
        alive -= self._address(machine)
        left, needed = len(seats & alive), quorum(len(seats))
        if left >= needed:
            return None
        return CHAIN_WAITS_FOR_MACHINE(
            f"the child chain stops until {machine} is back: {needed} of {len(seats)} validators have to agree on a "
            f"block, and {left} remain"
        )

    def _address(self, machine: str) -> set[str]:
        try:
            with closing(Console(self.nodes[machine][1])) as console:
                return {node_address(console)}
        except ChainError:  # it is dead, and is counted as living for a short time only
            return set()


def ends_with(resources: Iterable[Mapping[str, Any]], machine: str) -> list[str]:
    """Return the URNs of what ends with the instance of a machine on AWS."""
    return [str(one["urn"]) for one in resources if _name(one) == INSTANCE.get(str(one["type"]), "").format(machine)]


def _is(resource: Mapping[str, Any], type_: str) -> bool:
    return str(resource["type"]).endswith(type_)


def _name(resource: Mapping[str, Any]) -> str:
    return str(resource["urn"]).rpartition("::")[2]


@contextmanager
def _errors_printed() -> Iterator[None]:
    """Print an error and exit."""
    try:
        yield
    except (Refused, ChainError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


def main(machine: str, back: str = "") -> None:
    """Check one machine of the stack whose export is on standard input."""
    with _errors_printed():
        stack = Stack.of(json.load(sys.stdin))
        urn = stack.urn(machine)
        stack.require_healthy([name for name in stack.nodes if back or name != machine])
        if back:
            return
        stack.require_spare(machine)
        if pause := stack.pause(machine):
            print(f"warning: {pause}", file=sys.stderr)
        print(urn, *stack.instances[machine], sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
