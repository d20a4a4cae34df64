"""RunningNode: a node that runs what it should, answers, and is who it was computed to be.

It also restarts nodes, one at a time and each one well before the next: pulumi-command would restart all at once.
"""

import sys
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
    """Changes when the node was started for the first time on its machine; then it is looked at again."""
    start: str
    """Command on the node's host that starts the node, and stops it first where it runs."""
    runs: str
    """Digest of all that the node reads when it starts. Another one asks for a restart."""
    kni: str | None = None
    """EN with a main bridge: its KNI."""
    parent_operator: str | None = None
    child_operator: str | None = None
    static_nodes: tuple[str, ...] = ()
    """KNIs of the nodes of its own chain that it dials."""
    peer: str | None = None
    """SCN with a sub bridge: the KNI of its own EN, the only main bridge that it may be connected to."""


class RunningNodeProvider(Provider[RunningNodeInputs]):
    """Keeps a node running and as predicted. It goes with its machine, so there is nothing to undo."""

    inputs_type = RunningNodeInputs

    def identify(self, inputs: RunningNodeInputs) -> str:
        """One a node."""
        return inputs.node.node

    def converge(self, inputs: RunningNodeInputs, known: Props) -> Props:
        """Restart the node if it has to read something new, start it if it is down, and wait until it is well.

        An SCN that leaves its pair is restarted by its BridgeRegistration, which is removed at the end of the run: so
        it votes until the threshold has fallen.
        """
        just_started = known.get("started") != inputs.started
        leaves = bool(known.get("peer")) and not inputs.peer
        if known and not just_started and not leaves and known.get("runs") != inputs.runs:
            _restart(inputs, "what it reads at its start has changed")
        elif not _answers(inputs):
            _restart(inputs, "it does not answer")
        return {"version": _wait_until_ready(inputs)}

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Look again after a start, or when something else is predicted; not because others came or went."""
        return name not in ("static_nodes", "start")

    def observe(self, inputs: RunningNodeInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Gone when the node does not answer: the next up starts it."""
        from components.chain.console import Console
        from components.chain.errors import ChainError

        try:
            with closing(Console(inputs.node)) as console:
                return {"version": console.web3.client_version}
        except ChainError as error:
            print(f"{error}; the next up starts it", file=sys.stderr)
            return None


def _restart(inputs: RunningNodeInputs, why: str) -> None:
    """Restart the node when it is its turn, and wait until it is well again."""
    from components.chain.restarting import restart

    restart(inputs.node, inputs.role, inputs.start, why, peer=inputs.peer, ready=lambda: _wait_until_ready(inputs))


def _answers(inputs: RunningNodeInputs) -> bool:
    from components.chain.console import Console
    from components.chain.errors import ChainError

    try:
        with closing(Console(inputs.node)) as console:
            console.call("eth_chainId", timeout=10)
    except ChainError:
        return False
    return True


def _wait_until_ready(inputs: RunningNodeInputs) -> str:
    from components.chain.node_check import Expected, wait_until_ready

    expected = Expected(
        chain_id=inputs.chain_id,
        kni=inputs.kni,
        parent_operator=inputs.parent_operator,
        child_operator=inputs.child_operator,
        peer=inputs.peer,
        static_nodes=inputs.static_nodes,
    )
    return wait_until_ready(inputs.node, expected)


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
