"""AdoptedNode: a node that exists already and becomes one half of a pair, changed in place and put back later.

Of its files the conf keys concerned and main-bridges.json are set; it is restarted in its turn when that changed
something, and nothing else of it is touched.
"""

import sys
from typing import TYPE_CHECKING, Literal

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field

from components.adoption.place import Place
from components.chain.endpoint import Endpoint
from components.dynamic.base import Inputs, Props, Provider

if TYPE_CHECKING:
    from components.adoption.host_files import Found


class AdoptedNodeInputs(Inputs):
    """A node, and what it is to do otherwise."""

    node: Endpoint
    role: Literal["en", "scn"]
    chain_id: int
    data: str
    """Its DATA_DIR, an absolute path."""
    conf: str
    restart: str | None = None
    """Command that restarts it; by default what follows from the place of the conf."""
    conf_keys: dict[str, str]
    """What its conf has to say; empty for a node that is in no pair. Nothing else of the conf is touched."""
    needed: dict[str, str] = Field(default_factory=dict)
    """What has to be there too, with whatever value: these are set where the conf has none."""
    peer: str | None = None
    """SCN of a pair: the KNI of its EN."""
    partner: Endpoint | str | None = None
    """EN of a pair: its SCN, or the public key of it. Whoever is connected has to be that one."""
    well: bool = True
    """Always true in a program; false is what a refresh finds when the node is down or not connected to its peer."""

    @property
    def place(self) -> Place:
        """Return where its files are."""
        return Place(self.data, self.conf, self.restart)

    @property
    def keys(self) -> list[str]:
        """Return all conf keys concerned."""
        return [*self.conf_keys, *self.needed]

    def wanted(self, found: "Found") -> dict[str, str]:
        """Return what to set."""
        return {**self.conf_keys, **{key: value for key, value in self.needed.items() if not found.values[key].strip()}}


class AdoptedNodeProvider(Provider[AdoptedNodeInputs]):
    """Sets, restarts, watches, and puts back."""

    inputs_type = AdoptedNodeInputs

    def identify(self, inputs: AdoptedNodeInputs) -> str:
        """One a node."""
        return inputs.node.node

    def differs(self, name: str, old: object, new: object) -> bool:
        """Leave a node alone for what is asked once, when it is adopted."""
        return name != "partner" and old != new

    def converge(self, inputs: AdoptedNodeInputs, known: Props) -> Props:
        """Set what is not so already, restart the node if that changed something, and wait until it is well."""
        from components.adoption import host_files, live, main_bridges, slot
        from components.chain.errors import ChainError

        found = host_files.read(inputs.node, inputs.place, inputs.keys)
        if inputs.partner and not known and live.answers(inputs.node):
            slot.refuse_taken(inputs.node, inputs.partner)
        dialled, text = None, None
        if inputs.peer:
            text = main_bridges.settled(found.main_bridges, inputs.peer, live.main_bridges_of(inputs.node))
            dialled = main_bridges.knis(text)[0]
        wanted = inputs.wanted(found)
        changed = host_files.set_keys(inputs.node, inputs.place, found, wanted)
        if text is not None:
            changed |= host_files.set_main_bridges(inputs.node, inputs.place, found, text)
        changed |= found.restart_due
        asleep = live.trouble(inputs.node, inputs.role, bridge=bool(inputs.conf_keys))
        if why := "what it reads at its start has changed" if changed else asleep:
            try:
                _restart(inputs, found, why, dialled)
            except ChainError as error:
                if live.answers(inputs.node):
                    raise
                raise _as_before(inputs, error) from error
        return {"version": _wait_until_ready(inputs, dialled), "dialled": dialled or ""}

    def observe(self, inputs: AdoptedNodeInputs, known: Props) -> Props | None:
        """Tell in words what is not as it was set. A node that is down is still there: it goes on being itself."""
        from components.adoption import host_files, live, main_bridges
        from components.chain.errors import Unreachable

        drift: dict[str, object] = {}
        try:
            found = host_files.read(inputs.node, inputs.place, inputs.keys)
        except Unreachable as error:
            _say(inputs, f"its files cannot be read, and are taken to be as they were ({error})")
            return {"well": False}
        for key, value in inputs.conf_keys.items():
            if (actual := found.values[key]) != value:
                _say(inputs, f"{key} in {inputs.conf} is {actual or 'empty'}, and was set to {value}")
                drift["conf_keys"] = {name: found.values[name] for name in inputs.conf_keys}
        dialled = str(known.get("dialled") or inputs.peer or "")
        listed = main_bridges.knis(found.main_bridges)
        if inputs.peer and not (len(listed) == 1 and main_bridges.same(listed[0], dialled)):
            _say(inputs, f"{inputs.place.main_bridges} lists {', '.join(listed) or 'nobody'}, and was set to {dialled}")
            drift["peer"] = ", ".join(listed)
        if trouble := live.trouble(inputs.node, inputs.role, bridge=bool(inputs.conf_keys), dialled=dialled):
            _say(inputs, trouble)
            drift["well"] = False
        return drift

    def remove(self, inputs: AdoptedNodeInputs, known: Props) -> None:  # noqa: ARG002
        """Put back what was there, restart the node if that changed something, and leave it running."""
        from components.adoption import host_files
        from components.chain.errors import Unreachable

        try:
            found = host_files.read(inputs.node, inputs.place, inputs.keys)
        except Unreachable as error:
            _say(inputs, f"it is let go as it is, and what its files were lies beside them ({error})")
            return
        _put_back(inputs, found)
        host_files.forget(inputs.node, inputs.place)


def _put_back(inputs: AdoptedNodeInputs, found: "Found") -> None:
    from components.adoption import host_files

    # What was needed and has another value by now is somebody else's.
    needed = {key: value for key, value in inputs.needed.items() if found.values[key] == value}
    if host_files.put_back(inputs.node, inputs.place, found, {**inputs.conf_keys, **needed}) or found.restart_due:
        _restart(inputs, found, "its files are what they were before it was adopted", None)


def _as_before(inputs: AdoptedNodeInputs, error: Exception) -> Exception:
    """Give a node that does not start with its new files the old ones, and return the error to raise."""
    from components.adoption import host_files
    from components.chain.errors import NotReady

    _say(inputs, "it does not start with its new files, so it gets back the old ones")
    _put_back(inputs, host_files.read(inputs.node, inputs.place, inputs.keys))
    msg = (
        f"{inputs.node.node}: it did not start with the keys of a bridge in {inputs.conf}, and has its old files "
        f"again; correct what its log says, or give the command that restarts it as node.restart of its host: {error}"
    )
    return NotReady(msg)


def _restart(inputs: AdoptedNodeInputs, found: "Found", why: str, dialled: str | None) -> None:
    from components.adoption import main_bridges, place
    from components.chain.restarting import restart

    listed = main_bridges.knis(found.main_bridges) if inputs.role == "scn" else []
    restart(
        inputs.node,
        inputs.role,
        place.restart(inputs.place),
        why,
        peer=listed[0] if listed else None,
        ready=lambda: _wait_until_ready(inputs, dialled),
    )


def _wait_until_ready(inputs: AdoptedNodeInputs, dialled: str | None) -> str:
    from components.chain.node_check import Expected, wait_until_ready

    return wait_until_ready(inputs.node, Expected(chain_id=inputs.chain_id, peer=dialled))


def _say(inputs: AdoptedNodeInputs, words: str) -> None:
    print(f"{inputs.node.node}: {words}", file=sys.stderr)


class AdoptedNode(Resource, module="servicechain", name="AdoptedNode"):
    """A node that exists already, with a bridge."""

    version: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["node", "partner"])
        super().__init__(
            AdoptedNodeProvider(),
            name,
            {"version": None, "dialled": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
