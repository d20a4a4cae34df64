"""AdoptedNode: an existing node that becomes one half of a pair, changed in place and restored on removal.

Only some keys of its conf and main-bridges.json are set. If that changes something it is restarted, one node at a time.
Nothing else of the node is touched.
"""

from posixpath import normpath
from typing import TYPE_CHECKING, ClassVar

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field, ValidationError

from components.adoption import exposure
from components.adoption.commands import NodePlace
from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.nodes import CHANGES_UNKNOWN, NOT_RESTORED
from components.domain.problems.problem import Message
from components.domain.roles import PairRole
from components.dynamic.base import Inputs, Props, Provider
from components.dynamic.renamed import Thing

if TYPE_CHECKING:
    from components.adoption.adopted import Adopted


class AdoptedNodeInputs(Inputs):
    """A node, and the changes to it."""

    node: Endpoint
    role: PairRole
    chain_id: int
    data: str = Field(pattern="^/")
    """Its DATA_DIR."""
    conf: str = Field(pattern="^/")
    restart: str | None = None
    """Command that restarts it; by default derived from the path of the conf."""
    conf_keys: dict[str, str]
    """Keys to set in its conf; empty for a node without a pair. Nothing else of the conf is touched."""
    needed: dict[str, str] = Field(default_factory=dict)
    """Keys that need any value: they are set where the conf has none."""
    peer: str | None = None
    """SCN of a pair: the KNI of its EN."""
    en: Endpoint | None = None
    """SCN of a pair: the console of that EN, through which its restart reads the parent chain."""
    siblings: tuple[Endpoint, ...] = ()
    """The other nodes of its role: it is restarted only while they are healthy."""
    partner: Endpoint | str | None = None
    """EN of a pair: its SCN, or the public key of that. No other SCN may be connected."""
    owns: bool = False
    """Whether its operator owns a bridge contract, so that owner calls go through the node."""
    exposed: list[str] = Field(default_factory=list)
    """APIs that control it and that it serves to other machines, as sentences. Read; never set by the program."""

    @property
    def adopted(self) -> "Adopted":
        """Return the same in the form that adoption/ takes."""
        from components.adoption.adopted import Adopted

        place = NodePlace(self.data, self.conf, self.restart)
        return Adopted(self.node, self.role, self.chain_id, place, self.conf_keys, self.needed, self.en, self.siblings)


class AdoptedNodeProvider(Provider[AdoptedNodeInputs]):
    """Sets, restarts, watches and restores."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = AdoptedNodeInputs

    def identify(self, inputs: AdoptedNodeInputs) -> str:
        """One per node."""
        return inputs.node.node

    def thing(self, inputs: AdoptedNodeInputs) -> Thing:
        """Return the node on its machine, whatever its name."""
        return ("node", inputs.node.host, str(inputs.node.port), normpath(inputs.data))

    def takes(self, inputs: AdoptedNodeInputs) -> bool:
        """Return whether it sets anything: what nobody sets any more is restored."""
        return bool(inputs.conf_keys)

    def left(self, inputs: AdoptedNodeInputs, known: Props) -> str:
        """Add who restores it later: the copies of its former files are on its machine."""
        return f"{super().left(inputs, known)}; its former files are restored when that one is removed"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore inputs that are used only once, when the node is adopted."""
        return name not in ("partner", "en", "siblings", "owns", "exposed") and old != new

    def complete(self, olds: Props, news: Props) -> Props:
        """Report what will be set on a new node, in previews too; refuse a node that cannot be adopted."""
        if not olds:
            self._load()
            known = {name: value for name, value in news.items() if not pulumi.contains_unknowns(value)}
            try:
                news = {**news, **self._tell(self._parse(known))}
            except ValidationError:  # too little is known in this preview
                return news
            except ChainError as error:
                raise ValueError(Message(str(error))) from error
        elif exposed := olds.get("exposed"):  # found by a refresh
            if news.get("owns") is True:
                raise ValueError(exposure.refusal(olds["node"]["node"], exposed))
            return {**news, "exposed": exposed}
        return news

    def converge(self, inputs: AdoptedNodeInputs, known: Props) -> Props:
        """Set what differs, restart the node if that changed something, and wait until it is healthy."""
        from components.adoption import adopted, main_bridge_slot
        from components.chain.nodes.health import answers

        node = inputs.adopted
        found = node.read()
        if inputs.partner and not known and answers(inputs.node):
            main_bridge_slot.require_free_slot(inputs.node, inputs.partner)
        changed, dialled = node.set(found, inputs.peer)
        different = node.differences(dialled)
        if changed or different.keys() - adopted.REPAIRED_BY_CALLS:
            why = "what it reads at its start has changed" if changed else " and ".join(different.values())
            node.restart(found, why, dialled, changed=changed)
        elif different:
            node.repair(dialled)
        return {"version": node.wait_until_ready(dialled), "dialled": dialled or ""}

    def _tell(self, inputs: AdoptedNodeInputs) -> Props:
        """Print what will be done, and return what was read. Raises ChainError for a node that cannot be adopted."""
        from components.adoption import main_bridge_slot
        from components.chain.errors import ChainError, HostUnreachable
        from components.chain.nodes.health import answers

        node = inputs.adopted
        try:
            found = node.read()
            planned = node.planned(found, inputs.peer)
            if inputs.partner and answers(inputs.node):
                main_bridge_slot.require_free_slot(inputs.node, inputs.partner)
        except HostUnreachable as error:
            node.report(CHANGES_UNKNOWN(f"what will be set on it is not known yet ({error})"))
            return {}
        due = planned or found.restart_due
        node.report(
            *planned, "it will be restarted for that, one node at a time" if due else "its files need no change"
        )
        served = exposure.exposed(found.values)
        if served and inputs.owns:
            raise ChainError(exposure.refusal(inputs.node.node, served))
        if not served:
            return {}
        node.report(exposure.warning(served))
        return {"exposed": served}

    def observe(self, inputs: AdoptedNodeInputs, known: Props) -> Props | None:
        """Report which settings were changed since. A node that is down still exists."""
        from components.adoption import main_bridges
        from components.chain.errors import HostUnreachable
        from components.chain.nodes import drift

        node, dialled = inputs.adopted, str(known.get("dialled") or "") or inputs.peer
        try:
            found = node.read()
            edited, different = node.edited(found, dialled if inputs.peer else None), node.differences(dialled)
        except HostUnreachable:
            raise
        except ChainError as error:
            return {"drift": {"files": Message(str(error))}}
        really: dict[str, object] = {"drift": {**edited, **drift.messages(different)}}
        if "main_bridges" in edited:
            really["peer"] = ", ".join(main_bridges.knis(found.main_bridges))
        if edited.keys() - {"main_bridges"}:
            really["conf_keys"] = {key: found.values[key] for key in inputs.conf_keys}
        if (served := exposure.exposed(found.values)) or inputs.exposed:
            really["exposed"] = served
        if served:
            node.report(exposure.warning(served))
        return really

    def remove(self, inputs: AdoptedNodeInputs, known: Props) -> None:  # noqa: ARG002
        """Restore its files, restart the node if that changed something, and leave it running."""
        from components.chain.errors import HostUnreachable

        node = inputs.adopted
        try:
            found = node.read()
        except HostUnreachable as error:
            words = f"it is released as it is; copies of its former files are beside them ({error})"
            node.report(NOT_RESTORED(words))
            return
        node.restore(found)


class AdoptedNode(Resource, module="servicechain", name="AdoptedNode"):
    """A node that exists already, with a bridge."""

    version: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        given = [key for key in ("en", "siblings") if key in props]
        secret = pulumi.ResourceOptions(additional_secret_outputs=["node", "partner", *given])
        super().__init__(
            AdoptedNodeProvider(),
            name,
            {"version": None, "dialled": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
