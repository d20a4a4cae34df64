"""RunningNode: a node that answers and is as predicted: it is started if it is down, and repaired if it has drifted.

A node that runs while its package or its files have changed is restarted by its UpdatedNode, in the order of all nodes.
"""

import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TYPE_CHECKING, ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.errors import ChainError
from components.chain.nodes.expected import Expected
from components.chain.rpc.endpoint import Endpoint
from components.domain.roles import Role
from components.dynamic.base import Inputs, Props, Provider

if TYPE_CHECKING:
    from components.chain.validators.restart_seat import RestartSeat

ASIDE = frozenset(
    {"static_nodes", "others", "siblings", "begin", "start", "en", "anchoring", "anchoring_period", "forks"}
)
"""Inputs of which a change alone asks for nothing."""
LOOKS = 3
"""How often a node is looked at before it counts as not healthy: a block may just be late."""
LOOK_SECONDS = 3.0


class NodeInputs(Inputs, Expected):
    """A node, and what was predicted about it before it existed."""

    node: Endpoint
    role: Role
    start: str
    """Command on the node's host that starts the node, after stopping it if it runs."""
    runs: str
    """Digest of everything that the node reads at its start. Another one requires a restart."""
    siblings: tuple[Endpoint, ...] = ()
    """The other nodes of its role: it is restarted only while they are healthy."""
    en: Endpoint | None = None
    """SCN with a sub bridge: the console of that EN, through which its restart reads the parent chain."""
    forks: dict[str, int] | None = None
    """The forks of its genesis.json, which its UpdatedNode compares; None if the settings say nothing about forks."""


class RunningNodeInputs(NodeInputs):
    """A node that has to run."""

    started: str
    """Changes with the first start of the node on another machine; then it is checked again."""
    turn: int = 0
    """How often `runs` has changed. The provider adds it: so the UpdatedNode sees each change, also one that is taken
    back after a run that failed."""


class RunningNodeProvider(Provider[RunningNodeInputs]):
    """Keeps a node running and as predicted. The node goes with its machine, so there is nothing to undo."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = RunningNodeInputs

    def identify(self, inputs: RunningNodeInputs) -> str:
        """One per node."""
        return inputs.node.node

    def complete(self, olds: Props, news: Props) -> Props:
        """Count the changes of what it reads at its start."""
        changed = bool(olds) and olds.get("runs") != news.get("runs")
        return {**news, "turn": int(olds.get("turn") or 0) + changed}

    def converge(self, inputs: RunningNodeInputs, known: Props) -> Props:
        """Start the node if it is down, repair what has drifted, and wait until it is healthy.

        What has drifted is repaired by a call where there is one, else by a restart. A healthy node that has to be
        restarted for new files cannot be as predicted before that, so it is left to its UpdatedNode. One that is not
        healthy is restarted now: others could wait for it in vain before its place in the order comes.
        """
        from components.chain.nodes.health import answers, listens

        just_started = known.get("started") != inputs.started
        due = bool(known) and not just_started and known.get("runs") != inputs.runs
        leaves = leaves_its_pair(inputs, known)
        began_with = "" if due else inputs.runs if just_started else str(known.get("began_with") or "")
        if not (listens(inputs.node) and answers(inputs.node)):
            restart_node(inputs, "it does not answer")
            began_with = inputs.runs
        elif known:
            keep_seat(inputs)
            if due and not leaves:
                if not (why := _illness(inputs)):
                    return {"version": known.get("version"), "began_with": ""}
                restart_node(inputs, f"what it reads at its start has changed, and it is not healthy ({why})")
                began_with = inputs.runs
            elif not leaves and (known.get("drift") or _moved(inputs, known)):
                _repair(inputs)
        return {"version": wait_until_ready(inputs), "began_with": began_with}

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Check again after a start, or when the prediction changed; ignore other nodes that come or go."""
        return name not in ASIDE | {"turn"}

    def observe(self, inputs: RunningNodeInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report in what it is not as predicted. A node that is stopped still exists."""
        from components.chain.nodes import drift as node_drift

        found = node_drift.find_drift(inputs.node, inputs)
        read = {"version": found.version} if found.version else {}
        what = {name: f"{sentence}; the next up {node_drift.remedy(name)}" for name, sentence in found.words.items()}
        return {**read, "drift": node_drift.messages(what)}


def leaves_its_pair(inputs: NodeInputs, known: Props) -> bool:
    """Return whether an SCN leaves its pair: then its BridgeRegistration restarts it, at the end of the run.

    So it votes until the threshold has fallen. As long as it has a registration, that removal is still to come, also
    after a run that ended before it.
    """
    return not inputs.peer and bool(known) and (bool(known.get("peer")) or _is_registered(inputs))


def _illness(inputs: RunningNodeInputs) -> str:
    """Return why a node is not healthy at several looks; empty if it is."""
    from components.chain.nodes.restart_gate import condition

    for look in range(LOOKS):
        if look:
            time.sleep(LOOK_SECONDS)
        if not (why := condition(inputs.node, _role(inputs)).why):
            break
    return why


def _role(inputs: NodeInputs) -> Role:
    """Return the role that decides what a node is expected to be connected to: an SCN without a pair is a validator."""
    return "validator" if inputs.role == "scn" and not inputs.peer else inputs.role


def _moved(inputs: RunningNodeInputs, known: Props) -> bool:
    """Return whether its machine has another address now; then its peers may have others too."""
    return (known.get("node") or {}).get("host") != inputs.node.host


def _is_registered(inputs: NodeInputs) -> bool:
    """Return whether an SCN still has a bridge in its journal. Does not wait for one that does not answer."""
    from components.chain.nodes.journal import has_registration
    from components.chain.rpc.console import Console

    if inputs.role != "scn":
        return False
    with suppress(ChainError), closing(Console(inputs.node)) as console:
        return has_registration(console)
    return False


def restart_node(
    inputs: NodeInputs,
    why: str,
    then: Callable[[], object] | None = None,
    *,
    gives_seat_up: bool = False,
    timeout: float | None = None,
) -> None:
    """Restart the node, one at a time, or start it at once if it is down; wait until it is healthy. Raises ChainError.

    `then` is called once it is as predicted. `gives_seat_up`: a validator is voted out first, if the others can do
    without it. One without a seat is voted in again in any case. An SCN without a pair is a validator: the bridge that
    it had before is not expected to come back. `timeout`: seconds for the command, if it may take longer than usual.
    An SCN of a pair that began with data of an earlier time is restarted once more when it has all blocks.
    """
    from components.chain.nodes.readiness import began_behind
    from components.chain.nodes.restart import restart
    from components.chain.nodes.start_mark import marking
    from components.chain.rpc.ipc_stream import RESTART_TIMEOUT

    seat = _seat(inputs)

    def ready() -> None:
        if seat:
            seat.take_again()
        wait_until_ready(inputs)
        if then:
            then()

    def run(why: str) -> None:
        restart(
            inputs.node,
            _role(inputs),
            marking(inputs.node, inputs.start, inputs.runs),
            why,
            siblings=inputs.siblings,
            peer=inputs.peer,
            en=inputs.en,
            leave=seat.give_up if seat and gives_seat_up else None,
            ready=ready,
            timeout=timeout or RESTART_TIMEOUT,
        )

    run(why)
    if inputs.peer and (wrong := began_behind(inputs.node)):
        run(f"it was started with data of an earlier time: {wrong}")


def keep_seat(inputs: NodeInputs) -> None:
    """Vote a running SCN in again that gave its seat up for a restart, in a run that ended before it had it again."""
    if seat := _seat(inputs):
        seat.take_again()


def _seat(inputs: NodeInputs) -> "RestartSeat | None":
    from components.chain.validators.restart_seat import RestartSeat

    if inputs.role != "scn" or not inputs.siblings:
        return None
    return RestartSeat(inputs.node, inputs.siblings, inputs.chain_id, inputs.static_nodes)


def _repair(inputs: RunningNodeInputs) -> None:
    """Repair what is not as predicted: by calls, or by a restart, which repairs everything."""
    from components.chain.nodes import drift as node_drift
    from components.chain.rpc.console import Console

    words = node_drift.find_drift(inputs.node, inputs).words
    if why := [sentence for name, sentence in words.items() if name not in node_drift.REPAIRED_BY_CALLS]:
        restart_node(inputs, " and ".join(why))
    elif words:
        with closing(Console(inputs.node)) as console:
            node_drift.repair(console, inputs, node_drift.read(console, inputs))


def wait_until_ready(inputs: NodeInputs) -> str:
    """Wait until the node answers and is as predicted; return its version. Raises ChainError."""
    from components.chain.nodes.drift import wait_until_ready as wait

    return wait(inputs.node, inputs)


class RunningNode(Resource, module="servicechain", name="RunningNode"):
    """A node that answers and is as predicted."""

    version: pulumi.Output[str]
    began_with: pulumi.Output[str]
    """Digest of what it read when this resource saw it start; empty if it was running already."""
    turn: pulumi.Output[int]
    """Known in previews."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secrets = ["node", *(key for key in ("en", "others", "siblings") if key in props)]
        secret = pulumi.ResourceOptions(additional_secret_outputs=secrets)
        super().__init__(
            RunningNodeProvider(),
            name,
            {"version": None, "began_with": None, "turn": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
