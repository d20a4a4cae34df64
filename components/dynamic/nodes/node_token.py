"""NodeToken: what one SCN remembers of one token: nothing before the first transfer.

A node needs no registration of a token: it asks the contract at the first transfer. But it never asks again, so it has
to forget a token that is removed: see forget_tokens.
"""

from contextlib import closing
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Props, Provider
from components.dynamic.nodes.bridge_registration import OnNodeInputs, journal
from components.dynamic.renamed import Thing


class NodeTokenInputs(OnNodeInputs):
    """One token on one SCN."""

    parent_token: str
    child_token: str


class NodeTokenProvider(Provider[NodeTokenInputs]):
    """Does nothing at creation; on removal makes the node forget the token."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    inputs_type = NodeTokenInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"child_bridge", "parent_bridge", "parent_token", "child_token"})
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"restart"})

    def identify(self, inputs: NodeTokenInputs) -> str:
        """One per node and token."""
        return f"{inputs.node.node}/{inputs.child_bridge}/token/{inputs.child_token.lower()}"

    def thing(self, inputs: NodeTokenInputs) -> Thing:
        """Return what the node remembers: a token with another name in the settings is the same for it."""
        tokens = (inputs.parent_token, inputs.child_token)
        return ("node-token", *journal(inputs), *(address.lower() for address in tokens))

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore the case of addresses; the restart command is only for the removal."""
        return name not in ("restart", "siblings") and (
            not name.endswith("_token") or str(old).lower() != str(new).lower()
        )

    def converge(self, inputs: NodeTokenInputs, known: Props) -> Props:  # noqa: ARG002
        """Nothing to do: the node learns a token by itself."""
        return {}

    def remove(self, inputs: NodeTokenInputs, known: Props) -> None:  # noqa: ARG002
        """Make the node forget the counterparts that it remembers."""
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
