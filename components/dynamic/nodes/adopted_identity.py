"""AdoptedIdentity: the identity of an existing node, read from it.

A resource of its own, so that the identity stays known while the node is changed: otherwise a preview would show
everything that depends on it as a replacement.
"""

import sys
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.nodes import IDENTITY_CHANGED
from components.domain.roles import PairRole
from components.dynamic.base import Inputs, Props, Provider


class AdoptedIdentityInputs(Inputs):
    """The node to read."""

    node: Endpoint
    role: PairRole
    address: str
    """Address at which other nodes reach it."""
    bridge: bool
    """Whether it is in a pair: then its main bridge or its operators are read too."""


class AdoptedIdentityProvider(Provider[AdoptedIdentityInputs]):
    """Reads, and changes nothing."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = AdoptedIdentityInputs

    def identify(self, inputs: AdoptedIdentityInputs) -> str:
        """One per node."""
        return inputs.node.node

    def converge(self, inputs: AdoptedIdentityInputs, known: Props) -> Props:  # noqa: ARG002
        """Read the identity."""
        from components.adoption.identity import read

        return read(inputs.node, inputs.role, inputs.address, bridge=inputs.bridge)

    def observe(self, inputs: AdoptedIdentityInputs, known: Props) -> Props | None:
        """Report another identity."""
        from components.adoption.identity import read

        found = read(inputs.node, inputs.role, inputs.address, bridge=inputs.bridge)
        for name, value in found.items():
            if (was := known.get(name)) not in (None, value):
                print(IDENTITY_CHANGED(f"{inputs.node.node}: {name} is {value}, and was {was}"), file=sys.stderr)
        return dict(found)


class AdoptedIdentity(Resource, module="servicechain", name="AdoptedIdentity"):
    """The identity of a node. `parent_operator` and `child_operator` are empty if there are none."""

    public_key: pulumi.Output[str]
    kni: pulumi.Output[str]
    """For an EN in a pair that of its main bridge, otherwise that under which the nodes of its chain know it."""
    network_id: pulumi.Output[str]
    """NETWORK_ID of its chain."""
    parent_operator: pulumi.Output[str]
    child_operator: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        outputs = dict.fromkeys(("public_key", "kni", "network_id", "parent_operator", "child_operator"))
        secret = pulumi.ResourceOptions(additional_secret_outputs=["node"])
        super().__init__(
            AdoptedIdentityProvider(), name, {**outputs, **props}, pulumi.ResourceOptions.merge(secret, opts)
        )
