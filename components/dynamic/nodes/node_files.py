"""NodeFiles: the files of a node on its host, watched. Commands write them; they cannot see that one was changed since.

It comes before those commands. A refresh compares, and names each file that is not as it was written in words, which
the state then holds and the program does not: the next plan shows an update. In it each of these files gets a token,
which its command has among its triggers, so that it is written again, and the node's digest too, so that it is
restarted in its turn. Both are decided in `check`, so that a preview shows which commands and which node.
"""

from collections.abc import Mapping

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Inputs, Props, Provider
from components.ssh.files import WrittenFile, differences, find
from components.ssh.login import Login


class NodeFilesInputs(Inputs):
    """A node's host and files. What follows from them is filled in here."""

    node: str
    """Name of the node, for messages."""
    login: Login
    ipc: str
    """Path of the node's console, which is made when it starts: the node has not read what was written later."""
    files: dict[str, WrittenFile]
    """By the names that their commands have."""
    tokens: dict[str, str] | None = None
    """By file: how often it was written again because it had drifted. A file that never has is not in it."""


class NodeFilesProvider(Provider[NodeFilesInputs]):
    """Watches; it writes nothing itself."""

    inputs_type = NodeFilesInputs

    def identify(self, inputs: NodeFilesInputs) -> str:
        """Return the node."""
        return inputs.node

    def complete(self, olds: Props, news: Props) -> Props:
        """Give each file that has drifted another token, and keep the others."""
        tokens = dict(olds.get("tokens") or {})
        for name in olds.get("drift") or {}:
            tokens[name] = str(int(tokens.get(name, "0")) + 1)
        return {**news, "tokens": tokens}

    def converge(self, inputs: NodeFilesInputs, known: Props) -> Props:  # noqa: ARG002
        """Nothing is made: what was decided is in the inputs."""
        return {}

    def observe(self, inputs: NodeFilesInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Compare all files in one look; the sentences go by file."""
        found = find(inputs.login, [file.path for file in inputs.files.values()], inputs.ipc)
        also = {name: " and restarts the node" if file.restarts else "" for name, file in inputs.files.items()}
        return {
            "drift": {
                name: f"{words}; the next up writes it again{also[name]}"
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
