"""The files of a node, compared with those on its machine; drift triggers the commands that write them."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.dynamic.nodes.node_files import NodeFiles
from components.hosts.host import Host


@dataclass(frozen=True)
class File:
    """A file on the node's machine."""

    name: str
    """Part of the resource name."""
    path: pulumi.Input[str]
    content: pulumi.Input[str]
    mode: str = "0644"
    restarts: bool = False
    """Whether the node reads it only when it starts."""


class Watched:
    """All files of a node, compared with those on its machine at every refresh."""

    def __init__(
        self,
        host: Host,
        ipc: str,
        files: Sequence[File],
        owner: Callable[[str], str | None],
        opts: pulumi.ResourceOptions,
    ) -> None:
        """`ipc`: the path of the node's console. `owner`: returns the user that owns a path; None is the login user."""
        self._files = files
        self._found = NodeFiles(
            host.name,
            {
                "node": host.name,
                "login": host.ssh.login,
                "ipc": ipc,
                "files": {file.name: _written(file, owner, host.ssh.becomes) for file in files},
            },
            opts,
        )

    def triggers(self, file: File, triggers: Sequence[pulumi.Input[str]]) -> pulumi.Output[list[str]]:
        """Return the triggers of the command that writes a file: one more than given for each drift of it."""
        return pulumi.Output.all(self._found.tokens, *triggers).apply(
            lambda known: [*known[1:], *again(known[0], [file.name])]
        )

    def digest(self, version: str) -> pulumi.Output[str]:
        """Return a digest of everything the node reads when it starts. It changes after such a file had drifted."""
        read = [file for file in self._files if file.restarts]
        names = [file.name for file in read]
        return pulumi.Output.all(self._found.tokens, version, *(file.content for file in read)).apply(
            lambda known: digest_of([*known[1:], *again(known[0], names)])
        )


def _written(file: File, owner: Callable[[str], str | None], writer: str) -> Mapping[str, object]:
    path = pulumi.Output.from_input(file.path)
    return {
        "path": path,
        "digest": pulumi.Output.from_input(file.content).apply(lambda text: hashlib.sha256(text.encode()).hexdigest()),
        "mode": file.mode,
        "owner": path.apply(lambda known: owner(known) or writer),
        "restarts": file.restarts,
    }


def again(tokens: Mapping[str, str] | None, names: Sequence[str]) -> list[str]:
    """Return a trigger for each of these files that had drifted. A run that does not include the node knows none."""
    return [f"{name} again: {tokens[name]}" for name in names if tokens and name in tokens]


def digest_of(contents: Sequence[str]) -> str:
    """Return a digest of what a node reads: of its package, its files, and a text for each that had drifted."""
    return hashlib.sha256("\0".join(contents).encode()).hexdigest()[:16]
