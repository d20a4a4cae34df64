"""RunningNode: a node that answers, and is who it was computed to be."""

from contextlib import closing
from typing import Literal

import pulumi
from pulumi.dynamic import Resource

from components.chain.endpoint import Endpoint
from components.dynamic.base import Inputs, Props, Provider


class RunningNodeInputs(Inputs):
    """A node and what was predicted of it before it existed."""

    node: Endpoint
    role: Literal["validator", "en", "scn"]
    chain_id: int
    started: str
    """Changes with every start of the node; then it is looked at again."""
    kni: str | None = None
    """EN with a main bridge: its KNI."""
    parent_operator: str | None = None
    child_operator: str | None = None
    static_nodes: tuple[str, ...] = ()
    """KNIs of the nodes of its own chain that it dials."""
    peer: str | None = None
    """SCN with a sub bridge: the KNI of its own EN, the only main bridge that it may be connected to."""


class RunningNodeProvider(Provider[RunningNodeInputs]):
    """Waits, with a deadline, until the node is as predicted. It changes nothing, so there is nothing to undo."""

    inputs_type = RunningNodeInputs

    def identify(self, inputs: RunningNodeInputs) -> str:
        """One a node."""
        return inputs.node.node

    def converge(self, inputs: RunningNodeInputs, known: Props) -> Props:  # noqa: ARG002
        """Wait until everything that was predicted is true."""
        from components.chain.node_check import Expected, wait_until_ready

        expected = Expected(
            chain_id=inputs.chain_id,
            kni=inputs.kni,
            parent_operator=inputs.parent_operator,
            child_operator=inputs.child_operator,
            peer=inputs.peer,
            static_nodes=inputs.static_nodes,
        )
        return {"version": wait_until_ready(inputs.node, expected)}

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Look again after a start, or when something else is predicted; not because others came or went."""
        return name != "static_nodes"

    def observe(self, inputs: RunningNodeInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Gone when the node does not answer."""
        from components.chain.console import Console
        from components.chain.errors import ChainError

        try:
            with closing(Console(inputs.node)) as console:
                return {"version": console.web3.client_version}
        except ChainError:
            return None


class RunningNode(Resource, module="servicechain", name="RunningNode"):
    """A node that answers and is as predicted."""

    version: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["node"])
        super().__init__(
            RunningNodeProvider(),
            name,
            {"version": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
