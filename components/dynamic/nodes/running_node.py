"""RunningNode: a node that runs the right version and configuration, answers, and has the predicted identity.

It also restarts nodes, one at a time and each healthy before the next: pulumi-command would restart all at once.
"""

import sys
from contextlib import closing, suppress
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.errors import ChainError
from components.chain.nodes.expected import Expected
from components.chain.rpc.endpoint import Endpoint
from components.domain.roles import Role
from components.dynamic.base import Inputs, Props, Provider

_ASIDE = frozenset(
    {"static_nodes", "others", "siblings", "begin", "start", "version_command", "en", "anchoring", "anchoring_period"}
)
"""Inputs of which a change alone asks for nothing."""


class RunningNodeInputs(Inputs, Expected):
    """A node, and what was predicted about it before it existed."""

    node: Endpoint
    role: Role
    started: str
    """Changes with the first start of the node on another machine; then it is checked again."""
    start: str
    """Command on the node's host that starts the node, after stopping it if it runs."""
    runs: str
    """Digest of everything that the node reads at its start. Another one requires a restart."""
    version_command: str | None = None
    """Command on the node's host that has the program on its disk print its version."""
    siblings: tuple[Endpoint, ...] = ()
    """The other nodes of its role: it is restarted only while they are healthy."""
    en: Endpoint | None = None
    """SCN with a sub bridge: the console of that EN, through which its restart reads the parent chain."""


class RunningNodeProvider(Provider[RunningNodeInputs]):
    """Keeps a node running and as predicted. The node goes with its machine, so there is nothing to undo."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = RunningNodeInputs

    def identify(self, inputs: RunningNodeInputs) -> str:
        """One per node."""
        return inputs.node.node

    def converge(self, inputs: RunningNodeInputs, known: Props) -> Props:
        """Restart the node if what it reads has changed, start it if it is down, and wait until it is healthy.

        An SCN that leaves its pair is restarted by its BridgeRegistration, which is removed at the end of the run: so
        it votes until the threshold has fallen. As long as it has a registration, that removal is still to come, also
        after a run that ended before it. What has drifted is repaired by a call where there is one, else by a restart.
        """
        from components.chain.nodes.health import answers, listens

        just_started = known.get("started") != inputs.started
        leaves = not inputs.peer and bool(known) and (bool(known.get("peer")) or _is_registered(inputs))
        if not listens(inputs.node):
            _restart(inputs, "it does not answer")
        elif known and not just_started and not leaves and known.get("runs") != inputs.runs:
            _restart(inputs, "what it reads at its start has changed")
        elif not answers(inputs.node):
            _restart(inputs, "it does not answer")
        elif not leaves and (words := _other_version_on_disk(inputs)):
            _restart(inputs, words)
        elif not leaves and (known.get("drift") or (known and _moved(inputs, known))):
            _repair(inputs)
        version = _wait_until_ready(inputs)
        if not leaves:
            _warn_of_name(inputs, version)
        return {"version": version}

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Check again after a start, or when the prediction changed; ignore other nodes that come or go.

        States that were written before there was a `package_version` do not have it; that alone changes nothing.
        """
        if name == "package_version" and old is None:
            return False
        return name not in _ASIDE

    def observe(self, inputs: RunningNodeInputs, known: Props) -> Props | None:
        """Report in what it is not as predicted. A node that is stopped still exists."""
        from components.chain.nodes import drift as node_drift

        found = node_drift.find_drift(inputs.node, inputs)
        known = {"version": found.version} if found.version else {}
        words = dict(found.words)
        if "version" in words and not _disk_differs(inputs, found.version):
            del words["version"]
            _warn_of_name(inputs, found.version)
        what = {name: f"{sentence}; the next up {node_drift.remedy(name)}" for name, sentence in words.items()}
        return {**known, "drift": node_drift.messages(what)}


def _moved(inputs: RunningNodeInputs, known: Props) -> bool:
    """Return whether its machine has another address now; then its peers may have others too."""
    return (known.get("node") or {}).get("host") != inputs.node.host


def _is_registered(inputs: RunningNodeInputs) -> bool:
    """Return whether an SCN still has a bridge in its journal. Does not wait for one that does not answer."""
    from components.chain.nodes.registration import has_registration
    from components.chain.rpc.console import Console

    if inputs.role != "scn":
        return False
    with suppress(ChainError), closing(Console(inputs.node)) as console:
        return has_registration(console)
    return False


def _other_version_on_disk(inputs: RunningNodeInputs) -> str | None:
    """Return in words that the node runs another version than its package: it was started before that was unpacked."""
    from components.chain.nodes.version import other_version, running_version

    if inputs.package_version is None:
        return None
    with suppress(ChainError):
        told = running_version(inputs.node)
        if (found := other_version(inputs.package_version, told)) and _disk_differs(inputs, told):
            return f"its version is {found}, not {inputs.package_version}"
    return None


def _disk_differs(inputs: RunningNodeInputs, told: str | None) -> bool:
    """Return whether a restart would bring another version than that which runs."""
    from components.chain.nodes.version import other_version, version_on_disk

    on_disk = version_on_disk(inputs.node, inputs.version_command)
    return on_disk is None or other_version(on_disk, told) is not None


def _warn_of_name(inputs: RunningNodeInputs, told: str | None) -> None:
    from components.chain.nodes.version import misnamed

    if warning := misnamed(inputs.node, inputs.role, inputs.package_version, told):
        print(warning, file=sys.stderr)


def _restart(inputs: RunningNodeInputs, why: str) -> None:
    """Restart the node, one at a time, or start it at once if it is down; wait until it is healthy.

    An SCN without a pair is a validator: the bridge that it had before is not expected to come back.
    """
    from components.chain.nodes.restart import restart

    restart(
        inputs.node,
        "validator" if inputs.role == "scn" and not inputs.peer else inputs.role,
        inputs.start,
        why,
        siblings=inputs.siblings,
        peer=inputs.peer,
        en=inputs.en,
        ready=lambda: _wait_until_ready(inputs),
    )


def _repair(inputs: RunningNodeInputs) -> None:
    """Repair what is not as predicted: by calls, or by a restart, which repairs everything."""
    from components.chain.nodes import drift as node_drift
    from components.chain.rpc.console import Console

    words = dict(node_drift.find_drift(inputs.node, inputs).words)
    words.pop("version", None)  # a restart would bring no other: that was looked at before
    if why := [sentence for name, sentence in words.items() if name not in node_drift.REPAIRED_BY_CALLS]:
        _restart(inputs, " and ".join(why))
    elif words:
        with closing(Console(inputs.node)) as console:
            node_drift.repair(console, inputs, node_drift.read(console, inputs))


def _wait_until_ready(inputs: RunningNodeInputs) -> str:
    from components.chain.nodes.drift import wait_until_ready

    return wait_until_ready(inputs.node, inputs)


class RunningNode(Resource, module="servicechain", name="RunningNode"):
    """A node that answers and is as predicted."""

    version: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secrets = ["node", *(key for key in ("en", "others", "siblings") if key in props)]
        secret = pulumi.ResourceOptions(additional_secret_outputs=secrets)
        super().__init__(
            RunningNodeProvider(),
            name,
            {"version": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
