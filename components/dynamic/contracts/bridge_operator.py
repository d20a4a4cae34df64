"""BridgeOperator: the vote of one pair in one bridge contract."""

import sys
from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.domain.problems.bridge import OWNER_NODE_KEEPS_VOTE, VOTES_CHANGED
from components.dynamic.base import Props, tell
from components.dynamic.chain_resource import ChainProvider, ChainResource, OwnedInputs, session
from components.dynamic.renamed import Thing

if TYPE_CHECKING:
    from components.chain.rpc.console import Console


class BridgeOperatorInputs(OwnedInputs):
    """One operator of one contract."""

    bridge: str
    operator: str
    cohort: tuple[str, ...] = ()
    """All operators to register. The first resource that runs registers all of them in one block, and the others find
    that done; one at a time, each would wait for a block of its own."""
    adopted: bool = False
    """Whether the account belongs to an SCN that existed before the stack: then its vote may have to stay."""
    before: tuple[str, ...] = ()
    """Operators of the contract when it was taken over."""

    @property
    def registered_before(self) -> bool:
        """Return whether the operator was registered before the stack."""
        return self.operator.lower() in {operator.lower() for operator in self.before}


class BridgeOperatorProvider(ChainProvider[BridgeOperatorInputs]):
    """Registers, and deregisters on removal; refuses to leave fewer operators than the threshold, except none at 1."""

    inputs_type = BridgeOperatorInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "bridge", "operator"})
    old_goes_first: ClassVar[bool] = False
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"signer"})

    def identify(self, inputs: BridgeOperatorInputs) -> str:
        """One per contract and account."""
        return f"{inputs.chain_id}/{inputs.bridge}/operator/{inputs.operator}"

    def thing(self, inputs: BridgeOperatorInputs) -> Thing:
        """Return the vote: an existing SCN keeps its operators when it gets another name."""
        return ("vote", str(inputs.chain_id), inputs.bridge.lower(), inputs.operator.lower())

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore other operators that come or go."""
        return name not in ("cohort", "before") and super().differs(name, old, new)

    def converge(self, inputs: BridgeOperatorInputs, known: Props) -> Props:  # noqa: ARG002
        """Register; no-op if registered."""
        from components.chain.voters.calls import register_operators

        with session(inputs) as console:
            wanted = dict.fromkeys((inputs.operator, *inputs.cohort))
            register_operators(console, inputs.owner, inputs.bridge, list(wanted))
        return {"registered_before": inputs.registered_before}

    def look(self, console: "Console", inputs: BridgeOperatorInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Gone when the contract does not list it."""
        from components.chain.contracts.contract import read_state

        state = read_state(console, inputs.bridge)
        if state is None:
            return None
        if inputs.operator in state.operators:
            return {}
        words = VOTES_CHANGED(f"operator {inputs.operator} is not registered; the next up registers it")
        tell(inputs.chain_id, words, inputs.bridge)
        return None

    def remove(self, inputs: BridgeOperatorInputs, known: Props) -> None:  # noqa: ARG002
        """Deregister, unless it is the operator of an existing SCN that was registered before the stack.

        Where a node owns the contract the vote stays: the API of a node has no call for that, and a destroy that stops
        here would leave the rest of the stack half removed.
        """
        from components.chain.contracts.contract import read_state
        from components.chain.voters.calls import deregister_operator

        if inputs.adopted and inputs.registered_before:
            return
        with session(inputs) as console:
            if inputs.owner_node is not None:
                state = read_state(console, inputs.bridge)
                if state and inputs.operator in state.operators:
                    what = (
                        f"operator {inputs.operator} keeps its vote: the owner is {state.owner}, the operator of "
                        f"{inputs.owner_node.node.node}, and a node's API has no call that takes a vote away; have "
                        f"that account call transferOwnership, and the new owner deregisterOperator({inputs.operator})"
                    )
                    where = f"chain {inputs.chain_id}, bridge {inputs.bridge}"
                    print(OWNER_NODE_KEEPS_VOTE(f"{where}: {what}"), file=sys.stderr)
                return
            deregister_operator(console, inputs.owner, inputs.bridge, inputs.operator)


class BridgeOperator(ChainResource, module="servicechain", name="BridgeOperator"):
    """The vote of one pair in one bridge contract."""

    operator: pulumi.Output[str]
    registered_before: pulumi.Output[bool]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(BridgeOperatorProvider(), name, {"registered_before": None, **props}, opts)
