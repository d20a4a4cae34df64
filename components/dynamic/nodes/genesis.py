"""Genesis: the first block of a private chain, made once. No later edit of nodes or pairs changes it."""

import hashlib

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Inputs, Props, Provider


class GenesisInputs(Inputs):
    """The file as it would be made today; only the first one counts."""

    text: str


class GenesisProvider(Provider[GenesisInputs]):
    """Keeps the first text. The chain that started with it is removed with its machines."""

    inputs_type = GenesisInputs

    def identify(self, inputs: GenesisInputs) -> str:
        """Return the digest of the file."""
        return hashlib.sha256(inputs.text.encode()).hexdigest()[:16]

    def complete(self, olds: Props, news: Props) -> Props:
        """Keep what was made."""
        return {**news, **olds}

    def converge(self, inputs: GenesisInputs, known: Props) -> Props:  # noqa: ARG002
        """Nothing to do: the text is kept in the state."""
        return {}


class Genesis(Resource, module="servicechain", name="Genesis"):
    """The genesis.json of a private chain."""

    text: pulumi.Output[str]

    def __init__(self, name: str, text: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(GenesisProvider(), name, {"text": text}, opts)
