"""OperatorThreshold and ConfigurationThreshold: how many operators must vote for the same before it is done.

A value transfer is paid out then, or a fee is set. The contract has a threshold for each of the two.
"""

from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.domain.limits import CONFIGURATION, LOWEST_THRESHOLD, VALUE_TRANSFER, VOTES
from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainProvider, ChainResource, OwnedInputs, session

if TYPE_CHECKING:
    from components.chain.rpc.console import Console


class OperatorThresholdInputs(OwnedInputs):
    """The threshold of one type of vote in one contract."""

    bridge: str
    threshold: int
    before: int = LOWEST_THRESHOLD
    """What it was when an existing contract was taken over, and goes back to on removal."""
    leaving: tuple[str, ...] = ()
    """Operators that go with the threshold: it goes back to no more than what those who stay can give."""


class OperatorThresholdProvider(ChainProvider[OperatorThresholdInputs]):
    """Sets the threshold. Depends on the operators: raised after they are registered, lowered before they go."""

    inputs_type = OperatorThresholdInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "bridge"})
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"signer", "leaving"})
    vote_type: ClassVar[int] = VALUE_TRANSFER
    suffix: ClassVar[str] = "threshold"

    def identify(self, inputs: OperatorThresholdInputs) -> str:
        """One per contract."""
        return f"{inputs.chain_id}/{inputs.bridge}/{self.suffix}"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Leave it alone when only what its removal needs is another."""
        return name not in ("before", "leaving") and super().differs(name, old, new)

    def converge(self, inputs: OperatorThresholdInputs, known: Props) -> Props:  # noqa: ARG002
        """Set it unless it is so."""
        from components.chain.voters.calls import set_threshold

        with session(inputs) as console:
            set_threshold(console, inputs.owner, inputs.bridge, inputs.threshold, self.vote_type)
        return {}

    def look(self, console: "Console", inputs: OperatorThresholdInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Tell the threshold that the contract has."""
        from components.chain.contracts.contract import read_state

        state = read_state(console, inputs.bridge)
        if state is None:
            return None
        found = state.threshold_of(self.vote_type)
        if found == inputs.threshold:
            return {}
        what = f"the threshold of {VOTES[self.vote_type]} is {found}, not {inputs.threshold}; the next up sets it"
        return {"threshold": found, "drift": {"threshold": what}}

    def remove(self, inputs: OperatorThresholdInputs, known: Props) -> None:  # noqa: ARG002
        """Back to what it was, or to the contract's default, so that operators can go afterwards."""
        from components.chain.voters.calls import reset_threshold

        leaving = inputs.leaving if inputs.owner_node is None else ()  # votes that nobody can take away stay
        with session(inputs) as console:
            reset_threshold(console, inputs.owner, inputs.bridge, inputs.before, leaving, self.vote_type)


class OperatorThreshold(ChainResource, module="servicechain", name="OperatorThreshold"):
    """The threshold of value transfers in one bridge contract."""

    threshold: pulumi.Output[int]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(OperatorThresholdProvider(), name, props, opts)


class ConfigurationThresholdProvider(OperatorThresholdProvider):
    """Sets the threshold of configuration votes, by which operators set the fees of transfers.

    A node that owns the contract has no call for it.
    """

    vote_type = CONFIGURATION
    suffix = "configuration-threshold"


class ConfigurationThreshold(ChainResource, module="servicechain", name="ConfigurationThreshold"):
    """The threshold of configuration votes in one bridge contract."""

    threshold: pulumi.Output[int]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ConfigurationThresholdProvider(), name, props, opts)
