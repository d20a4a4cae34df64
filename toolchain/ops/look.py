"""One quick check of every node and pair in a stack's state: what is wrong, and how to repair it.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.look problems|stale

`problems` prints one line per problem. `stale` prints the URNs of resources that are healthy in the state and not in
reality, or whose node tells another version than at the end of the last run: after a refresh of these, the next up
repairs them. All nodes are queried in parallel, each for at most DEADLINE seconds. The keys in the export stay in
memory.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from components.chain.errors import ChainError, HostUnreachable, Unreachable
from components.chain.nodes.version import other_version
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import Channel
from components.domain.kni import node_id
from components.domain.problems.operations import BRIDGE_NOT_SERVED, MACHINE_SILENT, NODE_ILL, OTHER_MAIN_BRIDGES
from components.domain.problems.packages import OTHER_VERSION_RUNS
from components.domain.problems.problem import Message, Problem
from components.domain.versions import version_in
from toolchain.ops.state import in_the_clear

DEADLINE = 3.0
"""Seconds for all queries of a node."""

REPAIRS = "make up repairs it"
FINDS = "make refresh checks the machine; make up or make replace MACHINE={} repairs it"


@dataclass(frozen=True)
class Node:
    """A node in the state."""

    name: str
    endpoint: Endpoint
    urn: str
    """Of the resource that keeps it running."""
    peer: str = ""
    """SCN of a pair: the KNI of its EN."""
    bridges: tuple[str, str] | None = None
    """SCN of a pair: the child and parent contract that it serves."""
    registration: str = ""
    """URN of its registration with them."""
    update: str = ""
    """URN of the resource that restarts it for another package; empty for an existing node."""
    version: str = ""
    """What it told of its version when that resource was last written; empty if not known."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with a node."""

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


Ask = Callable[[str, Sequence[object]], Any]
"""Calls a method of a node with parameters. Raises Unreachable, and Answered for an error response."""


class Answered(Exception):
    """The node returned an error; the message is the node's."""


def nodes(export: Mapping[str, Any]) -> list[Node]:
    """Return the nodes in an export of the state."""
    found = [in_the_clear(resource) for resource in (export.get("deployment") or {}).get("resources") or ()]
    serving = {
        str(one["outputs"]["node"]["node"]): one
        for one in found
        if _is(one, "BridgeRegistration") and one.get("outputs")
    }
    updated = {_name(one): one for one in found if _is(one, "UpdatedNode") and one.get("outputs")}
    return [
        _node(one, serving.get(str(one["outputs"]["node"]["node"])), updated.get(_name(one)))
        for one in found
        if (_is(one, "RunningNode") or _is(one, "AdoptedNode")) and one.get("outputs")
    ]


def _node(resource: Mapping[str, Any], serving: Mapping[str, Any] | None, updated: Mapping[str, Any] | None) -> Node:
    outputs, served = resource["outputs"], serving["outputs"] if serving else {}
    return Node(
        name=str(outputs["node"]["node"]),
        endpoint=Endpoint.model_validate(outputs["node"]),
        urn=str(resource["urn"]),
        peer=str(outputs.get("dialled") or outputs.get("peer") or ""),
        bridges=(str(served["child_bridge"]), str(served["parent_bridge"])) if served else None,
        registration=str(serving["urn"]) if serving else "",
        update=str(updated["urn"]) if updated else "",
        version=str(updated["outputs"].get("version") or "") if updated else "",
    )


def _name(resource: Mapping[str, Any]) -> str:
    return str(resource["urn"]).rpartition("::")[2]


def _is(resource: Mapping[str, Any], kind: str) -> bool:
    return str(resource["type"]).endswith(f"servicechain:{kind}")


def judge(node: Node, ask: Ask) -> Finding | None:
    """Return what is wrong with a node, if anything is."""
    try:
        ask("eth_chainId", ())
        found, moved = _pair(node, ask), _moved(node, ask)
    except HostUnreachable as error:
        return _without_a_machine(node, _about(node, error))
    except (Unreachable, Answered) as error:
        return Finding(node.name, NODE_ILL, _about(node, error), stale=[node.urn])
    if found and moved:
        return replace(found, stale=[*found.stale, *moved.stale])
    return found or moved


def _moved(node: Node, ask: Ask) -> Finding | None:
    """Return that a node runs another version than its state says: a run ended before it could write that it does."""
    other = other_version(node.version, str(ask("web3_clientVersion", ()))) if node.version else None
    if other is None:
        return None
    words = f"its version is {other}, and was {version_in(node.version)} when a run last ended well"
    return Finding(node.name, OTHER_VERSION_RUNS, words, stale=[node.update])


def _pair(node: Node, ask: Ask) -> Finding | None:
    if not node.peer:
        return None
    connected = [str(peer["id"]) for peer in ask("subbridge_peers", ()) or ()]
    if connected != [node_id(node.peer)]:
        words = f"it is connected to {len(connected)} main bridges instead of that of its EN only"
        return Finding(node.name, OTHER_MAIN_BRIDGES, words, stale=[node.urn])
    if node.bridges is None or all(_serves(bridge, ask) for bridge in node.bridges):
        return None
    return Finding(node.name, BRIDGE_NOT_SERVED, "it does not serve the bridge contracts", stale=[node.registration])


def _serves(bridge: str, ask: Ask) -> bool:
    try:
        return bool(ask("subbridge_getBridgeInformation", (bridge,))["isSubscribed"])
    except Answered:  # "Invalid bridge pair": not registered
        return False


def _without_a_machine(node: Node, words: str) -> Finding:
    return Finding(node.name, MACHINE_SILENT, words, FINDS.format(node.name))


def _about(node: Node, error: Exception) -> str:
    return str(error).removeprefix(f"{node.name}: ")


def look(node: Node) -> Finding | None:
    """Check a node over SSH."""
    until = time.monotonic() + DEADLINE
    try:
        with closing(Channel(node.endpoint)) as channel:
            return judge(node, lambda method, given: _call(channel, method, given, until - time.monotonic()))
    except HostUnreachable as error:
        return _without_a_machine(node, _about(node, error))
    except ChainError as error:
        return Finding(node.name, NODE_ILL, _about(node, error), stale=[node.urn])


def _call(channel: Channel, method: str, given: Sequence[object], seconds: float) -> Any:
    request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(given)})
    answer = json.loads(channel.exchange(request.encode(), max(0.1, seconds)))
    if "error" in answer:
        raise Answered(str(answer["error"]))
    return answer["result"]


def look_at(found: Sequence[Node], look: Callable[[Node], Finding | None] = look) -> list[Finding]:
    """Check all nodes in parallel; return what is wrong, in the order of the nodes. A timeout is wrong too."""
    findings: dict[str, Finding | None] = {}
    threads = [
        threading.Thread(target=lambda node=node: findings.update({node.name: look(node)}), daemon=True)
        for node in found
    ]
    until = time.monotonic() + DEADLINE + 0.5
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    slow = {node.name: _without_a_machine(node, f"no answer in {DEADLINE:g} s") for node in found}
    return [finding for node in found if (finding := findings.get(node.name, slow[node.name]))]


def main(question: str) -> None:
    """Answer a question about the stack whose export is on standard input."""
    findings = look_at(nodes(json.load(sys.stdin)))
    lines = [line for one in findings for line in ([one.message] if question == "problems" else one.stale)]
    print("\n".join(lines), end="\n" if lines else "", flush=True)
    os._exit(0)  # threads may still wait for machines that do not answer


if __name__ == "__main__":
    main(*sys.argv[1:])
