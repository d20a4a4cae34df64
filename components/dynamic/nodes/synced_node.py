"""SyncedNode: an EN that has caught up with a parent chain of others. No bridge call is made before that.

A resource of its own, so that a run waits for a new EN without checking the others again, and so that the run after an
interrupted one resumes the wait: the node catches up by itself meanwhile.
"""

import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING, ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.nodes import NOT_SYNCED
from components.domain.problems.problem import Message
from components.dynamic.base import Inputs, Props, Provider

if TYPE_CHECKING:
    from components.chain.rpc.console import Console
    from components.chain.rpc.reference_rpc import ReferenceRpc


class SyncedNodeInputs(Inputs):
    """One EN."""

    node: Endpoint
    chain_id: int
    started: str
    """Changes with the first start of the node on another machine; then it is checked again."""
    hours: int
    """Time limit."""
    reference_rpc: str | None = None
    """Address of another node of the chain, which gives the height of the chain. It may hold an API key."""


class SyncedNodeProvider(Provider[SyncedNodeInputs]):
    """Waits. There is nothing to undo."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = SyncedNodeInputs

    def identify(self, inputs: SyncedNodeInputs) -> str:
        """One per node."""
        return f"{inputs.node.node}/sync"

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Converge again only on another machine: after the first success the time limit does not matter."""
        return name == "started"

    def converge(self, inputs: SyncedNodeInputs, known: Props) -> Props:  # noqa: ARG002
        """Wait until it is in sync."""
        from components.chain.nodes.drift import READY_DEADLINE
        from components.chain.nodes.fork import ForkWatch, compare
        from components.chain.nodes.sync import read_sync, wait_until_synced
        from components.chain.rpc.console import Console
        from components.chain.rpc.waiting import wait_for

        reference = _reference(inputs)
        with closing(wait_for(lambda: Console(inputs.node), READY_DEADLINE)) as console:
            watch = ForkWatch(lambda: compare(console, reference)) if reference else None
            head = wait_until_synced(lambda: read_sync(console, reference, time.time()), inputs.hours, watch)
        return {"passed_at": str(head)}

    def observe(self, inputs: SyncedNodeInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report that it is on another fork, or behind. RunningNode reports a node that does not answer."""
        from components.chain.nodes.sync import missing, read_sync
        from components.chain.rpc.console import Console

        with closing(Console(inputs.node)) as console:
            if fork := _fork(inputs, console):
                return {"drift": {"fork": fork.extended("; the next up compares again, and stops if it is still so")}}
            lack = missing(read_sync(console, None, time.time()))
        return {"drift": {"sync": NOT_SYNCED(f"{lack}; the next up waits for it")}} if lack else {}

    def subject(self, inputs: SyncedNodeInputs, known: Props) -> str:  # noqa: ARG002
        """Name the node."""
        return inputs.node.node


def _reference(inputs: SyncedNodeInputs) -> "ReferenceRpc | None":
    from components.chain.rpc.reference_rpc import ReferenceRpc

    return ReferenceRpc(inputs.reference_rpc, inputs.chain_id) if inputs.reference_rpc else None


def _fork(inputs: SyncedNodeInputs, console: "Console") -> Message | None:
    """Return that the node is on another fork than the reference; None where the reference does not answer."""
    from components.chain.nodes.fork import compare, other_block, rejected_block

    if reference := _reference(inputs):
        with suppress(ChainError):
            found = compare(console, reference)
            return other_block(found) or rejected_block(found)
    return None


class SyncedNode(Resource, module="servicechain", name="SyncedNode"):
    """An EN in sync with its chain. `passed_at` is its block number when that was first seen."""

    passed_at: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["node", "reference_rpc"])
        super().__init__(
            SyncedNodeProvider(), name, {"passed_at": None, **props}, pulumi.ResourceOptions.merge(secret, opts)
        )
