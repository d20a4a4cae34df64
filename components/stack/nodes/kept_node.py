"""A node that this program makes and keeps running, with what its later updates need."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.dynamic.nodes.running_node import RunningNode
from components.stack.nodes.node import Node


@dataclass(frozen=True)
class KeptNode:
    """A node and the resource that keeps it running."""

    node: Node
    running: RunningNode
    inputs: Mapping[str, object]
    """What was predicted of it, with the command that restarts it: inputs of a RunningNode and an UpdatedNode."""


def keep_running(node: Node, predicted: Mapping[str, object], opts: pulumi.ResourceOptions) -> KeptNode:
    """Declare that the node runs and is as predicted."""
    inputs = {**node.start_inputs(), **predicted}
    return KeptNode(node, RunningNode(node.name, {**inputs, "started": node.running.id}, opts), inputs)
