"""NodeFiles: watches the files of a node on its host. Commands write them, but cannot see later changes.

It runs before those commands. A refresh compares the files and writes a message for each difference into `drift`, so
the next plan shows an update. In that update each of these files gets a new token. The token is one of the triggers of
the file's command, so the file is written again; it is also part of the node's digest, so the node is restarted, one at
a time. Tokens are decided in `check`, so a preview shows which commands and which node are affected.
"""

from collections.abc import Mapping

import pulumi
from pulumi.dynamic import Resource

from components.domain.problems.nodes import FILE_CHANGED
from components.dynamic.base import Inputs, Props, Provider
from components.ssh.files import WrittenFile, differences, find
from components.ssh.login import Login


class NodeFilesInputs(Inputs):
    """A node's host and files. The provider adds the tokens."""

    node: str
    """Name of the node, for messages."""
    login: Login
    ipc: str
    """Path of the node's console, created at its start: the node has not read files that are newer."""
    files: dict[str, WrittenFile]
    """Keyed by the names of their commands."""
    tokens: dict[str, str] | None = None
    """Per file: how often it was written again because of drift. Files without drift are not in it."""


class NodeFilesProvider(Provider[NodeFilesInputs]):
    """Watches; writes nothing."""

    inputs_type = NodeFilesInputs

    def identify(self, inputs: NodeFilesInputs) -> str:
        """Return the node."""
        return inputs.node

    def complete(self, olds: Props, news: Props) -> Props:
        """Give each file with drift another token, and keep the others."""
        tokens = dict(olds.get("tokens") or {})
        for name in olds.get("drift") or {}:
            tokens[name] = str(int(tokens.get(name, "0")) + 1)
        return {**news, "tokens": tokens}

    def converge(self, inputs: NodeFilesInputs, known: Props) -> Props:  # noqa: ARG002
        """Nothing to do: the decisions are in the inputs."""
        return {}

    def observe(self, inputs: NodeFilesInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Compare all files with one command; messages are keyed by file."""
        found = find(inputs.login, [file.path for file in inputs.files.values()], inputs.ipc)
        also = {name: " and restarts the node" if file.restarts else "" for name, file in inputs.files.items()}
        return {
            "drift": {
                name: FILE_CHANGED(f"{words}; the next up writes it again{also[name]}")
                for name, words in differences(inputs.files, found).items()
            }
        }


class NodeFiles(Resource, module="servicechain", name="NodeFiles"):
    """The watched files of a node."""

    tokens: pulumi.Output[Mapping[str, str]]
    """Known in previews."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["login"])
        props = {"tokens": None, **props}
        super().__init__(NodeFilesProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
