"""OperatorThreshold and ConfigurationThreshold: how many operators must cast the same vote before it takes effect.

A contract has two thresholds: one for value transfers, one for configuration votes, which set fees.
"""

from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.domain.limits import CONFIGURATION, LOWEST_THRESHOLD, VALUE_TRANSFER, VOTES
from components.domain.problems.bridge import VOTES_CHANGED
from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainProvider, ChainResource, OwnedInputs, session

if TYPE_CHECKING:
    from components.chain.rpc.console import Console


class OperatorThresholdInputs(OwnedInputs):
    """The threshold of one type of vote in one contract."""

    bridge: str
    threshold: int
    before: int = LOWEST_THRESHOLD
    """The threshold when an existing contract was taken over; a removal restores it."""
    leaving: tuple[str, ...] = ()
    """Operators that are removed with the threshold: it is restored to no more than the number that stays."""


class OperatorThresholdProvider(ChainProvider[OperatorThresholdInputs]):
    """Sets the threshold. Depends on the operators: raised after they register, lowered before they are removed."""

    inputs_type = OperatorThresholdInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "bridge"})
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"signer", "leaving"})
    vote_type: ClassVar[int] = VALUE_TRANSFER
    suffix: ClassVar[str] = "threshold"

    def identify(self, inputs: OperatorThresholdInputs) -> str:
        """One per contract."""
        return f"{inputs.chain_id}/{inputs.bridge}/{self.suffix}"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore inputs that only the removal uses."""
        return name not in ("before", "leaving") and super().differs(name, old, new)

    def converge(self, inputs: OperatorThresholdInputs, known: Props) -> Props:  # noqa: ARG002
        """Set it; no-op if set."""
        from components.chain.voters.calls import set_threshold

        with session(inputs) as console:
            set_threshold(console, inputs.owner, inputs.bridge, inputs.threshold, self.vote_type)
        return {}

    def look(self, console: "Console", inputs: OperatorThresholdInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report the threshold of the contract."""
        from components.chain.contracts.contract import read_state

        state = read_state(console, inputs.bridge)
        if state is None:
            return None
        found = state.threshold_of(self.vote_type)
        if found == inputs.threshold:
            return {}
        what = f"the threshold of {VOTES[self.vote_type]} is {found}, not {inputs.threshold}; the next up sets it"
        return {"threshold": found, "drift": {"threshold": VOTES_CHANGED(what)}}

    def remove(self, inputs: OperatorThresholdInputs, known: Props) -> None:  # noqa: ARG002
        """Restore the former threshold, or the contract's default, so that operators can be removed afterwards."""
        from components.chain.voters.calls import reset_threshold

        leaving = inputs.leaving if inputs.owner_node is None else ()  # their votes cannot be removed
        with session(inputs) as console:
            reset_threshold(console, inputs.owner, inputs.bridge, inputs.before, leaving, self.vote_type)


class OperatorThreshold(ChainResource, module="servicechain", name="OperatorThreshold"):
    """The threshold of value transfers in one bridge contract."""

    threshold: pulumi.Output[int]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(OperatorThresholdProvider(), name, props, opts)


class ConfigurationThresholdProvider(OperatorThresholdProvider):
    """Sets the threshold of configuration votes, with which operators set the fees of transfers.

    Not possible where a node owns the contract: its API has no call for that.
    """

    vote_type = CONFIGURATION
    suffix = "configuration-threshold"


class ConfigurationThreshold(ChainResource, module="servicechain", name="ConfigurationThreshold"):
    """The threshold of configuration votes in one bridge contract."""

    threshold: pulumi.Output[int]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(ConfigurationThresholdProvider(), name, props, opts)
