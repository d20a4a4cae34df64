"""OperatorThreshold: how many operators must vote for the same value transfer before it is paid out."""

from typing import ClassVar

import pulumi

from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainProvider, ChainResource, OwnedInputs, session
from components.dynamic.drift import tell


class OperatorThresholdInputs(OwnedInputs):
    """The threshold of value transfers in one contract."""

    bridge: str
    threshold: int
    before: int = 1
    """What it was when an existing contract was taken over, and goes back to on removal."""
    leaving: tuple[str, ...] = ()
    """Operators that go with the threshold: it goes back to no more than what those who stay can give."""


class OperatorThresholdProvider(ChainProvider[OperatorThresholdInputs]):
    """Sets the threshold. Depends on the operators: raised after they are registered, lowered before they go."""

    inputs_type = OperatorThresholdInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "bridge"})

    def identify(self, inputs: OperatorThresholdInputs) -> str:
        """One a contract."""
        return f"{inputs.chain_id}/{inputs.bridge}/threshold"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Leave it alone when only what its removal needs is another."""
        return name not in ("before", "leaving") and super().differs(name, old, new)

    def converge(self, inputs: OperatorThresholdInputs, known: Props) -> Props:  # noqa: ARG002
        """Set it unless it is so."""
        from components.chain.operations import set_threshold

        with session(inputs) as console:
            set_threshold(console, inputs.owner, inputs.bridge, inputs.threshold)
        return {}

    def observe(self, inputs: OperatorThresholdInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Tell the threshold that the contract has."""
        from components.chain.bridge_contract import read_state

        with session(inputs) as console:
            state = read_state(console, inputs.bridge)
        if state is None:
            return None
        if state.threshold != inputs.threshold:
            what = f"the threshold of value transfers is {state.threshold}, not {inputs.threshold}; the next up sets it"
            tell(inputs.chain_id, what, inputs.bridge)
        return {"threshold": state.threshold}

    def remove(self, inputs: OperatorThresholdInputs, known: Props) -> None:  # noqa: ARG002
        """Back to what it was, or to the contract's default, so that operators can go afterwards."""
        from components.chain.operations import reset_threshold

        with session(inputs) as console:
            reset_threshold(console, inputs.owner, inputs.bridge, inputs.before, inputs.leaving)


class OperatorThreshold(ChainResource, module="servicechain", name="OperatorThreshold"):
    """The threshold of value transfers in one bridge contract."""

    threshold: pulumi.Output[int]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(OperatorThresholdProvider(), name, props, opts)
