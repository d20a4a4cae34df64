"""BridgeSlot: which SCN occupies the only slot of an EN's main bridge; passed on when the pair gets another SCN.

An EN serves one SCN only. The SCN that leaves the pair keeps its connection until it is restarted, at the end of the
run, and until then the new one could not connect. So it is disconnected from the EN as soon as the new one asks for it.
"""

import sys
from contextlib import closing, suppress
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.problem import Message
from components.dynamic.base import Inputs, Props, Provider

PATIENCE = 30.0
"""Seconds to wait until the new SCN asks for the EN: until then the former one continues to serve."""

PARTING = 10.0
"""Seconds for the former SCN to disconnect; measured: less than one."""


class BridgeSlotInputs(Inputs):
    """One EN and the SCN of its pair."""

    en: str
    """Name of the EN."""
    kni: str
    """KNI of its main bridge."""
    scn: Endpoint


class BridgeSlotProvider(Provider[BridgeSlotInputs]):
    """Disconnects the former SCN when the pair gets another one. The slot goes with its EN: nothing to undo."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    inputs_type = BridgeSlotInputs

    def identify(self, inputs: BridgeSlotInputs) -> str:
        """One per EN."""
        return f"{inputs.en}/slot"

    def converge(self, inputs: BridgeSlotInputs, known: Props) -> Props:
        """Do nothing, unless the pair had another SCN before."""
        from components.chain.errors import ChainError, NotReady
        from components.chain.nodes.journal import has_sub_bridge
        from components.chain.peers.peers import disconnect
        from components.chain.rpc.console import Console
        from components.chain.rpc.waiting import wait_for

        if not known.get("scn") or _same(former := Endpoint.model_validate(known["scn"]), inputs.scn):
            return {}
        with suppress(NotReady):
            wait_for(lambda: _asks(inputs.scn, inputs.kni), PATIENCE)
        print(f"{inputs.en}: {former.node} makes room for {inputs.scn.node}", file=sys.stderr)
        try:
            with closing(Console(former)) as console:
                if has_sub_bridge(console):
                    disconnect(console, "subbridge", str(known["kni"]), PARTING)
        except ChainError as error:  # a dead SCN loses the slot within a minute anyway
            print(Message(f"{inputs.en}: {error}"), file=sys.stderr)
        return {}


def _same(one: Endpoint, other: Endpoint) -> bool:
    """Return whether two endpoints are of one SCN: on another machine, or an existing one with another name."""
    return one.node == other.node or (one.host, one.port, one.ipc) == (other.host, other.port, other.ipc)


def _asks(scn: Endpoint, kni: str) -> bool | str:
    """Return True if an SCN runs a sub bridge without an EN or with this one, else a sentence."""
    from components.chain.nodes.journal import has_sub_bridge
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
