"""UpdatedNode: a node that runs what its package and its files say: it is restarted if they have changed.

Each depends on the one before it in the order of all nodes (see stack.updates), so the engine restarts one node after
the other, and none after one that did not come back, in this run and in the next. The first of them waits until all
machines have all packages and files and all nodes run. After the nodes of a pair the pair has to prove itself.
"""

import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, ClassVar, Literal

import pulumi
from pulumi.dynamic import Resource

from components.chain.accounts.signer import AnySigner, key_parts
from components.chain.errors import ChainError
from components.chain.nodes.expected import Expected
from components.chain.rpc.endpoint import Endpoint
from components.domain.forks import differing
from components.domain.networks import Side
from components.dynamic.base import DRIFT, Part, Props, Provider
from components.dynamic.nodes.running_node import ASIDE, NodeInputs, keep_seat, leaves_its_pair, restart_node

if TYPE_CHECKING:
    from components.chain.voters.pair_proof import PairProof

_OWN = ASIDE | (Expected.model_fields.keys() - {"package_version"}) | {
    "role", "version_command", "room", "diallers", "began_with", "due",
}  # fmt: skip
"""Inputs of which a change alone asks for nothing: RunningNode watches most of them."""
KEEP_TIMEOUT = 6 * 3600.0
"""Seconds for a restart that may copy the data: 2 TB with 100 MB a second."""


class Dial(Part):
    """A node that dials this one."""

    endpoint: Endpoint
    network: Literal["admin", "subbridge"]
    kni: str
    """Of this node."""


class PairInputs(Part):
    """The pair that has to prove itself after this node: the last one of the pair that the program makes."""

    name: str
    en: Endpoint
    scn: Endpoint
    parent_chain_id: int
    child_chain_id: int
    parent: AnySigner
    """Who requests a transfer on the parent chain."""
    child: AnySigner
    runs: tuple[str, ...]
    """The digests of its nodes."""

    @property
    def proof(self) -> "PairProof":
        """Return the same in the form that chain/ takes."""
        from components.chain.voters.pair_proof import PairProof

        ids: dict[Side, int] = {"parent": self.parent_chain_id, "child": self.child_chain_id}
        return PairProof(self.name, self.en, self.scn, ids, {"parent": self.parent, "child": self.child})


class UpdatedNodeInputs(NodeInputs):
    """A node that has to run what is on its machine."""

    version_command: str | None = None
    """Command on the node's host that has the program on its disk print its version."""
    room: str | None = None
    """Command on the node's host that fails if `start` would copy its data and there is no room for that; None if it
    copies none."""
    began_with: str | None = None
    """Digest of what it read when its RunningNode saw it start; empty if it was running already. None: not known, as in
    a state that an earlier program wrote."""
    turn: int | None = None
    """How often `runs` has changed. None: not known, as in a state that an earlier program wrote."""
    diallers: tuple[Dial, ...] = ()
    pair: PairInputs | None = None
    due: bool = False
    """Whether this run restarts it. The provider adds it, so that a preview can list these nodes."""


class UpdatedNodeProvider(Provider[UpdatedNodeInputs]):
    """Restarts. The node goes with its machine, so there is nothing to undo."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = UpdatedNodeInputs

    def identify(self, inputs: UpdatedNodeInputs) -> str:
        """One per node."""
        return f"{inputs.node.node}/update"

    def complete(self, olds: Props, news: Props) -> Props:
        """Say whether the node is restarted."""
        due = bool(olds) and (bool(olds.get(DRIFT)) or olds.get("runs") != news.get("runs"))
        if olds and not due and olds.get("turn") != news.get("turn"):
            due = _runs_files_of_a_failed_run(Endpoint.model_validate(news["node"]), str(news.get("runs")))
        return {**news, "due": due}

    def differs(self, name: str, old: object, new: object) -> bool:
        """Compare what it and its pair run, and the keys: one that leaves the settings must leave the state.

        Such a change alone restarts nothing.
        """
        if name == "pair":
            return _runs(old) != _runs(new) or _keys(old) != _keys(new)
        if name == "turn":
            return old is not None
        return name not in _OWN

    def converge(self, inputs: UpdatedNodeInputs, known: Props) -> Props:
        """Restart the node if what it reads has changed, and have its pair prove itself if that runs something else."""
        if leaves_its_pair(inputs, known):
            return {"version": _version(inputs) or "", "due": False}
        proof = inputs.pair.proof if inputs.pair and known and _runs(known.get("pair")) != _runs(inputs.pair) else None
        anchored = proof.last_anchor() if proof else None
        told = None
        if inputs.began_with not in (None, inputs.runs) and (
            known.get("runs") != inputs.runs or _runs_files_of_a_failed_run(inputs.node, inputs.runs)
        ):
            self._restart(inputs, "what it reads at its start has changed")
        elif words := _other_version(inputs, told := _version(inputs)) or _other_forks(inputs):
            self._restart(inputs, words)
            told = None
        elif known or inputs.began_with != inputs.runs:  # else it had its first start in this run
            keep_seat(inputs)
        told = told or _version(inputs)
        _warn_of_name(inputs, told)
        if proof and anchored is not None:
            proof.prove(anchored)
        return {"version": told or "", "due": False}

    def _restart(self, inputs: UpdatedNodeInputs, why: str) -> None:
        from components.chain.peers.peers import redial_from
        from components.chain.rpc.ipc_stream import RESTART_TIMEOUT, run_on_host

        if inputs.room:  # before a validator gives its seat up for a restart that would then be refused
            run_on_host(inputs.node, inputs.room, RESTART_TIMEOUT)

        def dial() -> None:
            for one in inputs.diallers:
                redial_from(one.endpoint, one.network, one.kni)

        restart_node(inputs, why, dial, gives_seat_up=True, timeout=KEEP_TIMEOUT if inputs.room else None)

    def observe(self, inputs: UpdatedNodeInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report that another version runs than that of its package, if a restart would change it, or other forks."""
        from components.chain.nodes import drift as node_drift

        told = _version(inputs)
        read = {"version": told} if told else {}
        found = {"version": _other_version(inputs, told), "forks": _other_forks(inputs)}
        if what := {name: f"{words}; the next up {node_drift.remedy(name)}" for name, words in found.items() if words}:
            return {**read, "drift": node_drift.messages(what)}
        _warn_of_name(inputs, told)
        return read

    def subject(self, inputs: UpdatedNodeInputs, known: Props) -> str:  # noqa: ARG002
        """Name the node."""
        return inputs.node.node


def _keys(pair: object) -> list[dict[str, object]]:
    return [key_parts(pair[chain]) for chain in ("parent", "child")] if isinstance(pair, dict) else []


def _runs(pair: object) -> list[str] | None:
    if isinstance(pair, PairInputs):
        return list(pair.runs)
    return list(pair["runs"]) if isinstance(pair, dict) else None


def _runs_files_of_a_failed_run(node: Endpoint, runs: str) -> bool:
    """Return whether the node was last restarted with something else, in a run that failed and was taken back."""
    from components.chain.nodes.start_mark import last_mark

    return last_mark(node) not in (None, runs)


def _version(inputs: UpdatedNodeInputs) -> str | None:
    """Return the version that the node reports; None if it does not answer, which RunningNode reports as drift."""
    from components.chain.nodes.version import running_version

    with suppress(ChainError):
        return running_version(inputs.node)
    return None


def _other_version(inputs: UpdatedNodeInputs, told: str | None) -> str | None:
    """Return in words that the node reports another version than its package, if a restart would change that."""
    from components.chain.nodes.version import other_version, version_on_disk

    if not (found := other_version(inputs.package_version, told)):
        return None
    on_disk = version_on_disk(inputs.node, inputs.version_command)
    if on_disk is not None and not other_version(on_disk, told):
        return None
    return f"its version is {found}, not {inputs.package_version}"


def _other_forks(inputs: UpdatedNodeInputs) -> str | None:
    """Return in words that the chain config of the node has other forks than its genesis.json; None if not known."""
    from components.chain.peers.handshake import forks_of
    from components.chain.rpc.console import Console

    if inputs.forks is None:
        return None
    with suppress(ChainError), closing(Console(inputs.node)) as console:
        if words := differing(inputs.forks, forks_of(console)):
            return f"its chain config has {words}"
    return None


def _warn_of_name(inputs: UpdatedNodeInputs, told: str | None) -> None:
    from components.chain.nodes.version import misnamed

    if warning := misnamed(inputs.node, inputs.role, inputs.package_version, told):
        print(warning, file=sys.stderr)


class UpdatedNode(Resource, module="servicechain", name="UpdatedNode"):
    """A node that runs what is on its machine."""

    version: pulumi.Output[str]
    """The version that the node reports; empty if it did not answer."""
    due: pulumi.Output[bool]
    """In a preview: whether the up restarts it."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secrets = ["node", *(key for key in ("en", "others", "siblings", "diallers", "pair") if key in props)]
        secret = pulumi.ResourceOptions(additional_secret_outputs=secrets)
        super().__init__(
            UpdatedNodeProvider(),
            name,
            {"version": None, "due": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
