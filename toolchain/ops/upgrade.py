"""The packages that the settings name, compared with the state before an upgrade and with the nodes after it.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.upgrade changes|running CONFIG

CONFIG is a file with the output of `pulumi config --show-secrets --json`. `changes` prints one line per node whose
package is another one; `running` prints what each node runs, and fails unless that is what the settings name. Existing
nodes are upgraded by their owners, so they are not looked at. Keys and secret settings stay in memory.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.chain.errors import ChainError
from components.chain.nodes.version import other_version, running_version, version_on_disk
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.operations.state import STACK_NOT_UP
from components.domain.problems.packages import OTHER_VERSION_RUNS
from components.domain.problems.problem import CodedError
from components.domain.roles import PROGRAMS
from components.domain.versions import version_in
from components.kaia.package import Package, PackageError, package
from components.settings.model import Settings
from components.stack.load import settings_of
from components.topology.checks.configuration import BadSettings
from components.topology.machines import node_machines
from components.user_input import guard
from toolchain.ops.state import by_name, resources_of

Packages = Mapping[str, Package]
"""By node."""


class Refused(CodedError):
    """The stack cannot be upgraded, or was not; the message says why."""


@dataclass(frozen=True)
class Node:
    """A node that the program makes, in the state."""

    name: str
    endpoint: Endpoint
    version: str
    """Of its package, when it was last started or restarted; empty if not known."""
    unpacked: Sequence[str]
    """What the package on its machine was unpacked for, with the SHA-256 of the archive."""
    due: bool
    """Whether an earlier run ended before it restarted the node."""
    version_command: str | None


def nodes(export: Mapping[str, Any]) -> list[Node]:
    """Return the nodes in an export of the state. Raises Refused if there are none at all."""
    found = resources_of(export)
    running = {name: outputs for name, outputs in by_name(found, "servicechain:RunningNode").items() if outputs}
    updated = by_name(found, "servicechain:UpdatedNode")
    if not running and not any(by_name(found, "servicechain:AdoptedNode").values()):
        raise Refused(STACK_NOT_UP("the stack has no nodes yet; run make up first"))
    commands = by_name(found, "remote:Command")
    return [
        _node(name, {**outputs, **updated.get(name, {})}, outputs, commands.get(f"{name}-unpack", {}))
        for name, outputs in running.items()
    ]


def _node(name: str, known: Mapping[str, Any], running: Mapping[str, Any], unpack: Mapping[str, Any]) -> Node:
    return Node(
        name=name,
        endpoint=Endpoint.model_validate(known["node"]),
        version=str(known.get("package_version") or ""),
        unpacked=[str(trigger) for trigger in unpack.get("triggers") or ()],
        due=known.get("runs") != running.get("runs"),
        version_command=known.get("version_command"),
    )


def packages(settings: Settings) -> Packages:
    """Return the package of each node that the program makes."""
    made = [one for one in node_machines(settings) if not settings.adopts(one.name)]
    return {one.name: package(PROGRAMS[one.role], settings.archive_of(one.name).archive) for one in made}


def changes(found: Sequence[Node], wanted: Packages) -> list[str]:
    """Return a line for each node whose package is another one than in the state. Raises PackageError."""
    lines = [(node.name, change(node, wanted[node.name])) for node in found if node.name in wanted]
    return [f"{name}: {words}" for name, words in lines if words]


def change(node: Node, wanted: Package) -> str | None:
    """Return in words what an up changes on a node; None if it leaves it alone. Raises PackageError."""
    if node.version != wanted.version:
        return f"{node.version or 'unknown version'} -> {wanted.version}"
    if wanted.digest not in node.unpacked:
        return f"{node.version} -> another archive of {wanted.version}"
    return f"{node.version}, not yet restarted with it" if node.due else None


@dataclass(frozen=True)
class Seen:
    """What a node runs."""

    node: str
    words: str
    right: bool


def judge(node: Node, wanted: Package, told: str | None, on_disk: Callable[[], str | None]) -> Seen:
    """Compare the version that a node reports with its package.

    An archive may hold another version than its name says, of which the up has warned (SCH-305). `on_disk` returns what
    the program on the node's disk reports. Raises PackageError.
    """
    if not told:
        return Seen(node.name, "it does not report its version", right=False)
    if ahead := change(node, wanted):
        return Seen(node.name, f"{version_in(told) or told}; {ahead}", right=False)
    if not (other := other_version(wanted.version, told)):
        return Seen(node.name, f"{version_in(told) or told}, as in the settings", right=True)
    disk = on_disk()
    if disk is None or other_version(disk, told):
        return Seen(node.name, f"{other}, not {wanted.version} as in the settings", right=False)
    return Seen(node.name, f"{other}, which the archive holds that the settings call {wanted.version}", right=True)


def look(node: Node, wanted: Package) -> Seen:
    """Ask a node. Raises PackageError."""
    told = None
    with suppress(ChainError):
        told = running_version(node.endpoint)
    return judge(node, wanted, told, lambda: version_on_disk(node.endpoint, node.version_command))


def running(found: Sequence[Node], wanted: Packages, look: Callable[[Node, Package], Seen] = look) -> list[Seen]:
    """Ask all nodes at once what they run; return it in the order of the nodes. Raises PackageError."""
    asked = [node for node in found if node.name in wanted]
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
        return list(pool.map(look, asked, [wanted[node.name] for node in asked]))


def require_right(seen: Sequence[Seen]) -> None:
    """Require that all nodes run what the settings name. Raises Refused."""
    if wrong := [one.node for one in seen if not one.right]:
        words = (
            f"{', '.join(wrong)}: not what the settings name; run make refresh, then make up, or make rollback again"
        )
        raise Refused(OTHER_VERSION_RUNS(words))


def main(question: str, config: str) -> int:
    """Answer one question about the stack whose export is on standard input."""
    try:
        found = nodes(json.load(sys.stdin))
        values = {key: str(value["value"]) for key, value in json.loads(Path(config).read_text() or "{}").items()}
        wanted = packages(settings_of(values))
        if question == "changes":
            print(*changes(found, wanted), sep="\n")
            return 0
        seen = running(found, wanted)
        print(*(f"{one.node}: {one.words}" for one in seen), sep="\n", flush=True)
        require_right(seen)
    except (Refused, BadSettings, PackageError) as error:
        print(guard.printable(f"error: {error}"), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
