"""NodeToken: what one SCN remembers of one token, which is nothing until it sees a transfer of it.

A node needs no registration of a token: it asks the contract when the first transfer comes. What it needs is to forget
when the token goes, because it never asks again: see forget_tokens.
"""

from contextlib import closing
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Props, Provider
from components.dynamic.nodes.bridge_registration import OnNodeInputs


class NodeTokenInputs(OnNodeInputs):
    """One token on one SCN."""

    parent_token: str
    child_token: str


class NodeTokenProvider(Provider[NodeTokenInputs]):
    """Does nothing while the token is there, and makes the node forget it on removal."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    inputs_type = NodeTokenInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"child_bridge", "parent_bridge", "parent_token", "child_token"})
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"restart"})

    def identify(self, inputs: NodeTokenInputs) -> str:
        """One a node and token."""
        return f"{inputs.node.node}/{inputs.child_bridge}/token/{inputs.child_token.lower()}"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Compare the tokens' addresses however they are spelled; how the node is restarted is for the removal."""
        return name not in ("restart", "siblings") and (
            not name.endswith("_token") or str(old).lower() != str(new).lower()
        )

    def converge(self, inputs: NodeTokenInputs, known: Props) -> Props:  # noqa: ARG002
        """Leave the node alone: it learns a token by itself."""
        return {}

    def remove(self, inputs: NodeTokenInputs, known: Props) -> None:  # noqa: ARG002
        """Have the node forget the counterparts that it remembers."""
        from components.chain.nodes.registration import forget_tokens
        from components.chain.rpc.console import Console

        with closing(Console(inputs.node)) as scn:
            forget_tokens(scn, inputs.en, inputs.child_bridge, inputs.parent_bridge, inputs.restart)


class NodeToken(Resource, module="servicechain", name="NodeToken"):
    """What one SCN remembers of one token."""

    parent_token: pulumi.Output[str]
    child_token: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(
            additional_secret_outputs=["node", "en", *(["siblings"] if "siblings" in props else [])]
        )
        super().__init__(NodeTokenProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
