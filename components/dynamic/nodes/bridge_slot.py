"""BridgeSlot: whose the one slot of an EN's main bridge is, handed over when the pair gets another SCN.

An EN serves one SCN alone. The SCN that leaves the pair keeps its connection until it is restarted, at the end of the
run, and the new one would never get through. So it is parted from the EN as soon as the new one asks for it.
"""

import sys
from contextlib import closing, suppress
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.rpc.endpoint import Endpoint
from components.dynamic.base import Inputs, Props, Provider

PATIENCE = 30.0
"""Seconds for the new SCN to be without an EN: until then the former one goes on serving."""

PARTING = 10.0
"""Seconds for the former SCN to part; seen: less than one."""


class BridgeSlotInputs(Inputs):
    """One EN and the SCN of its pair."""

    en: str
    """Its name."""
    kni: str
    """Of its main bridge."""
    scn: Endpoint


class BridgeSlotProvider(Provider[BridgeSlotInputs]):
    """Parts the former SCN from the EN when there is another one. It goes with its EN: nothing is to be undone."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    inputs_type = BridgeSlotInputs

    def identify(self, inputs: BridgeSlotInputs) -> str:
        """One per EN."""
        return f"{inputs.en}/slot"

    def converge(self, inputs: BridgeSlotInputs, known: Props) -> Props:
        """Do nothing, unless the pair had another SCN before."""
        from components.chain.errors import ChainError, NotReady
        from components.chain.nodes.registration import has_sub_bridge
        from components.chain.peers.peers import disconnect
        from components.chain.rpc.console import Console
        from components.chain.rpc.waiting import wait_for

        if not known.get("scn") or (former := Endpoint.model_validate(known["scn"])).node == inputs.scn.node:
            return {}
        with suppress(NotReady):
            wait_for(lambda: _asks(inputs.scn, inputs.kni), PATIENCE)
        print(f"{inputs.en}: {former.node} makes room for {inputs.scn.node}", file=sys.stderr)
        try:
            with closing(Console(former)) as console:
                if has_sub_bridge(console):
                    disconnect(console, "subbridge", str(known["kni"]), PARTING)
        except ChainError as error:  # a dead one loses the slot by itself, within a minute
            print(f"{inputs.en}: {error}", file=sys.stderr)
        return {}


def _asks(scn: Endpoint, kni: str) -> bool | str:
    """Tell whether an SCN runs a sub bridge which has no EN, or has this one already."""
    from components.chain.nodes.registration import has_sub_bridge
    from components.chain.peers.peers import peers
    from components.chain.rpc.console import Console
    from components.domain.kni import node_id

    with closing(Console(scn)) as console:
        if not has_sub_bridge(console):
            return f"{scn.node}: its sub bridge is not on yet"
        connected = peers(console, "subbridge")
        return connected in ([], [node_id(kni)]) or f"{scn.node}: it is still connected to the EN that it had"


class BridgeSlot(Resource, module="servicechain", name="BridgeSlot"):
    """The slot of an EN."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["scn"])
        super().__init__(BridgeSlotProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
