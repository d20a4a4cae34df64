"""OtherOperators: operators of one bridge contract that belong to no pair; somebody else has registered them."""

from typing import TYPE_CHECKING, ClassVar, Literal

import pulumi

from components.domain.problems.bridge import FOREIGN_OPERATOR
from components.domain.problems.problem import Message
from components.dynamic.base import Props, tell
from components.dynamic.chain_resource import ChainProvider, ChainResource, OwnedInputs, session

if TYPE_CHECKING:
    from components.chain.rpc.console import Console


class OtherOperatorsInputs(OwnedInputs):
    """One contract, and the operators of the pairs."""

    bridge: str
    operators: tuple[str, ...]
    """Of the configured pairs."""
    policy: Literal["keep", "remove"]


class OtherOperatorsProvider(ChainProvider[OtherOperatorsInputs]):
    """Removes the votes of others, or reports and keeps them. Removing the resource restores none.

    It runs after added pairs have their votes, and before the votes of removed pairs go: those are among the operators
    of the last run, and are not mistaken for the votes of others.
    """

    inputs_type = OtherOperatorsInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "bridge"})

    def identify(self, inputs: OtherOperatorsInputs) -> str:
        """One per contract."""
        return f"{inputs.chain_id}/{inputs.bridge}/other-operators"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Compare operators as sets: the order of the pairs does not matter."""
        if name == "operators" and isinstance(old, list) and isinstance(new, list):
            return set(old) != set(new)
        return super().differs(name, old, new)

    def converge(self, inputs: OtherOperatorsInputs, known: Props) -> Props:
        """Remove the votes of others if that is the policy; return those that are left."""
        from components.chain.contracts.contract import require_state
        from components.chain.contracts.plan import others_of
        from components.chain.voters.calls import remove_other_operators

        ours = (*inputs.operators, *known.get("operators", ()))
        with session(inputs) as console:
            if inputs.policy == "remove":
                for operator in others_of(require_state(console, inputs.bridge), ours):
                    _say(inputs, FOREIGN_OPERATOR(f"operator {operator} belongs to no pair; deregistering it"))
                remove_other_operators(console, inputs.owner, inputs.bridge, ours)
            return {"others": list(others_of(require_state(console, inputs.bridge), ours))}

    def look(self, console: "Console", inputs: OtherOperatorsInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report operators that belong to no pair; they are drift unless the policy keeps them."""
        from components.chain.contracts.contract import read_state
        from components.chain.contracts.plan import others_of

        state = read_state(console, inputs.bridge)
        if state is None:
            return None
        others = list(others_of(state, inputs.operators))
        words = {one: f"operator {one} is registered and belongs to no pair" for one in others}
        if inputs.policy == "remove":
            drift = {one: FOREIGN_OPERATOR(f"{words[one]}; the next up deregisters it") for one in others}
            return {"others": others, "drift": drift}
        for one in others:
            _say(inputs, FOREIGN_OPERATOR(f"{words[one]}; it is kept, as bridge.otherOperators says"))
        return {"others": others}


def _say(inputs: OtherOperatorsInputs, what: Message) -> None:
    tell(inputs.chain_id, what, inputs.bridge)


class OtherOperators(ChainResource, module="servicechain", name="OtherOperators"):
    """The operators of one bridge contract that belong to no pair: `others`, as addresses."""

    others: pulumi.Output[list[str]]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(OtherOperatorsProvider(), name, {"others": None, **props}, opts)
