"""BridgeRegistration: the pair of bridge contracts, registered and subscribed on one SCN."""

import sys
from contextlib import closing
from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.nodes import JOURNAL_KEPT, MISCOUNTED, NOT_REGISTERED, NOT_SUBSCRIBED
from components.domain.problems.problem import Message
from components.dynamic.base import Inputs, Props, Provider
from components.dynamic.renamed import Thing

LOST = "transfers between them would be lost, so the SCN does not serve them; "
REDEPLOY = (
    f"{LOST}if one of the chains was created again, run `make up ARGS=--refresh`, which deploys a new pair; otherwise "
    "write two contracts that serve each other as bridge.childBridge and bridge.parentBridge"
)
"""Next step for contracts of this stack that are not counterparts of each other."""
CORRECT = f"{LOST}correct bridge.childBridge and bridge.parentBridge"
"""The same for contracts that the settings name."""


class OnNodeInputs(Inputs):
    """One SCN and the two contracts."""

    node: Endpoint
    en: Endpoint
    """The EN of the pair: through it the SCN sees the parent chain."""
    child_bridge: str
    parent_bridge: str
    restart: str
    """Command on the SCN's host that restarts the node; the only way out of a failed registration."""
    siblings: tuple[Endpoint, ...] = ()
    """The other SCNs: the node is restarted only while they are healthy."""


def journal(inputs: OnNodeInputs) -> tuple[str, ...]:
    """Return what identifies the two contracts in the journal of a node, whatever the name of the node."""
    where = (inputs.node.host, str(inputs.node.port), inputs.node.ipc)
    return (*where, inputs.child_bridge.lower(), inputs.parent_bridge.lower())


class BridgeRegistrationInputs(OnNodeInputs):
    """The registration of the contracts on one SCN."""

    started: str
    """Changes with the first start of the SCN on another machine, where it does not know the contracts."""
    en_started: str
    """The same for the EN."""
    adopted: bool = False
    """Whether the SCN existed before the stack: contracts that it knew already stay registered on removal."""
    deployed: bool = False
    """Whether the stack deployed the contracts, for each other: then no SCN knew them before, and all requests on them
    are of this bridge. No change of it alone is an update."""


class BridgeRegistrationProvider(Provider[BridgeRegistrationInputs]):
    """Registers and subscribes through the node's own API; deregisters on removal, and restarts the node then.

    With that restart an SCN that leaves its pair loses its sub bridge.
    """

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = BridgeRegistrationInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"child_bridge", "parent_bridge"})
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"restart"})

    def identify(self, inputs: BridgeRegistrationInputs) -> str:
        """One per node and child contract: the key of the node's journal."""
        return f"{inputs.node.node}/{inputs.child_bridge}"

    def thing(self, inputs: BridgeRegistrationInputs) -> Thing:
        """Return the entry in the journal: an existing SCN keeps it when it gets another name."""
        return ("registration", *journal(inputs))

    def left(self, inputs: BridgeRegistrationInputs, known: Props) -> str:
        """Add what is not known any more under the new name."""
        words = super().left(inputs, known)
        if not inputs.adopted or known.get("found"):
            return words
        return f"{words}; unless this stack deployed the contracts, they stay in the journal when the SCN is released"

    def differs(self, name: str, old: object, new: object) -> bool:  # noqa: ARG002
        """Ignore the restart command and other SCNs; another machine requires an update."""
        return name not in ("restart", "siblings", "deployed")

    def converge(self, inputs: BridgeRegistrationInputs, known: Props) -> Props:
        """Register and subscribe once the nodes are in sync; no-op if that is done.

        When its EN moves to another machine, an SCN may wait forever for an answer to a request that it sent to the old
        one, so it is restarted then.
        """
        from components.chain.contracts.pairing import ContractPlace, require_counterparts
        from components.chain.nodes.journal import read_registration
        from components.chain.nodes.readiness import wait_until_able
        from components.chain.nodes.registration import register, wait_for_contracts
        from components.chain.rpc.console import Console

        moved = known.get("en_started") not in (None, inputs.en_started) and known.get("started") == inputs.started
        if (known.get("en") or {}).get("node") != inputs.en.node:
            moved = False  # it was restarted already, to learn about its new EN
        with closing(Console(inputs.node)) as scn, closing(Console(inputs.en)) as en:
            existed = inputs.adopted and not inputs.deployed
            found = existed and read_registration(scn, inputs.child_bridge, inputs.parent_bridge).registered
            why = "its EN is another machine now" if moved else ""
            wait_until_able(scn, en, inputs.restart, siblings=inputs.siblings, why=why)
            child, parent = (
                ContractPlace(scn, inputs.child_bridge, "child"),
                ContractPlace(en, inputs.parent_bridge, "parent"),
            )
            wait_for_contracts(scn, en, inputs.child_bridge, inputs.parent_bridge)
            require_counterparts(child, parent, REDEPLOY if inputs.deployed else CORRECT, own=inputs.deployed)
            register(scn, en, inputs.child_bridge, inputs.parent_bridge, inputs.restart, inputs.siblings)
        return {"found": known.get("found", found)} if inputs.adopted else {}

    def observe(self, inputs: BridgeRegistrationInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report that the node does not list the contracts, does not serve them, or miscounts its transactions.

        With a wrong transaction count an SCN stops voting. A node that does not answer keeps its journal; RunningNode
        reports that it is down. What an adopted SCN knew before the stack stays in the state, whatever its journal has.
        """
        from components.chain.nodes.journal import OtherCounterpart, settled_registration
        from components.chain.nodes.readiness import miscount
        from components.chain.rpc.console import Console

        pair = f"the bridge pair {inputs.child_bridge} / {inputs.parent_bridge}"
        with closing(Console(inputs.node)) as scn:
            try:
                found = settled_registration(scn, inputs.child_bridge, inputs.parent_bridge)
            except OtherCounterpart as error:
                return {"drift": {"registered": Message(str(error).removeprefix(f"{inputs.node.node}: "))}}
            if not found.registered:
                return {"drift": {"registered": NOT_REGISTERED(f"{pair} is not registered; the next up registers it")}}
            if not found.live:
                return {"drift": {"subscribed": NOT_SUBSCRIBED(f"{pair} is not subscribed; the next up subscribes it")}}
            if wrong := miscount(scn, inputs.en):
                return {"drift": {"count": MISCOUNTED(f"{wrong}, so it votes no more; the next up restarts it")}}
        return {}

    def subject(self, inputs: BridgeRegistrationInputs, known: Props) -> str:  # noqa: ARG002
        """Name the node."""
        return inputs.node.node

    def remove(self, inputs: BridgeRegistrationInputs, known: Props) -> None:
        """Deregister, except contracts that an SCN knew before the stack. An adopted SCN is restarted later.

        Raises Refused while the pairs that stay cannot do without it.
        """
        from components.chain.nodes.readiness import leave_pair
        from components.chain.nodes.registration import deregister
        from components.chain.rpc.console import Console

        if known.get("found"):
            return
        if not inputs.adopted:
            _require_spare(inputs)
            leave_pair(inputs.node, inputs.child_bridge, inputs.parent_bridge, inputs.restart)
            return
        try:
            _require_spare(inputs)
            with closing(Console(inputs.node)) as scn:
                deregister(scn, inputs.child_bridge, inputs.parent_bridge)
        except ChainError as error:
            words = Message(str(error)).extended(f"; the contracts stay in the journal of {inputs.node.node}")
            print(JOURNAL_KEPT(words), file=sys.stderr)


def _require_spare(inputs: OnNodeInputs) -> None:
    """Raise Refused where transfers would stop without the votes of this SCN; one that cannot vote may go.

    The pairs were checked when the settings lost this one, perhaps in an earlier run. Raises ChainError.
    """
    from components.chain.contracts.contract import require_state
    from components.chain.nodes.journal import read_registration
    from components.chain.nodes.registration import one_peer, operators
    from components.chain.rpc.console import Console
    from components.chain.voters.roster import roster_of
    from components.chain.voters.voters import require_voters

    child, parent = inputs.child_bridge, inputs.parent_bridge
    if roster_of(child) is None:  # the whole stack is destroyed
        return
    with closing(Console(inputs.node)) as scn:
        if not read_registration(scn, child, parent).live or one_peer(scn) is not True:
            return
        with closing(Console(inputs.en)) as en:
            for console, bridge in ((scn, child), (en, parent)):
                step = f"{inputs.node.node}: releasing the bridge contracts"
                require_voters(bridge, require_state(console, bridge), operators(scn), step)


class BridgeRegistration(Resource, module="servicechain", name="BridgeRegistration"):
    """One SCN's registration of the pair of bridge contracts."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(
            additional_secret_outputs=["node", "en", *(["siblings"] if "siblings" in props else [])]
        )
        super().__init__(BridgeRegistrationProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
