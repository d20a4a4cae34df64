"""BridgeRegistration: one SCN's knowledge of the pair of bridge contracts, registered and subscribed."""

import sys
from contextlib import closing
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.endpoint import Endpoint
from components.dynamic.base import Inputs, Props, Provider


class BridgeRegistrationInputs(Inputs):
    """One SCN and the two contracts."""

    node: Endpoint
    en: Endpoint
    """The EN of the pair: through it the SCN sees the parent chain."""
    child_bridge: str
    parent_bridge: str
    restart: str
    """Command on the SCN's host that restarts the node; the only way out of a failed registration."""


class BridgeRegistrationProvider(Provider[BridgeRegistrationInputs]):
    """Registers and subscribes through the node's own API; deregisters on removal."""

    inputs_type = BridgeRegistrationInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"child_bridge", "parent_bridge"})

    def identify(self, inputs: BridgeRegistrationInputs) -> str:
        """One a node and child contract: the key of the node's journal."""
        return f"{inputs.node.node}/{inputs.child_bridge}"

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Leave a registration alone when the node is restarted in another way."""
        return name != "restart"

    def converge(self, inputs: BridgeRegistrationInputs, known: Props) -> Props:  # noqa: ARG002
        """Register and subscribe unless it is so."""
        from components.chain.bridge_node import register
        from components.chain.console import Console

        with closing(Console(inputs.node)) as scn, closing(Console(inputs.en)) as en:
            register(scn, en, inputs.child_bridge, inputs.parent_bridge, inputs.restart)
        return {}

    def observe(self, inputs: BridgeRegistrationInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Gone when the node does not list it or does not live it.

        A node that does not answer keeps its journal, so nothing is said of it then: that it is away is what
        RunningNode tells.
        """
        from components.chain.bridge_node import read_registration
        from components.chain.console import Console
        from components.chain.errors import Unreachable

        try:
            with closing(Console(inputs.node)) as scn:
                found = read_registration(scn, inputs.child_bridge, inputs.parent_bridge)
        except Unreachable as error:
            print(f"the registration is taken to be as it was: {error}", file=sys.stderr)
            return {}
        return {} if found.live else None

    def remove(self, inputs: BridgeRegistrationInputs, known: Props) -> None:  # noqa: ARG002
        """Let the contracts go."""
        from components.chain.bridge_node import deregister
        from components.chain.console import Console

        with closing(Console(inputs.node)) as scn:
            deregister(scn, inputs.child_bridge, inputs.parent_bridge)


class BridgeRegistration(Resource, module="servicechain", name="BridgeRegistration"):
    """One SCN's registration of the pair of bridge contracts."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["node", "en"])
        super().__init__(BridgeRegistrationProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
