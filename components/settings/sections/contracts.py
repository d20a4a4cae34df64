"""Bridge contracts that exist already. Rules between the values are in contracts_rules.py."""

from typing import Annotated, Literal

from components.settings.values.types import Address, Name, Section, not_zero

BridgeAddress = Annotated[Address, not_zero("the bridge contract's")]


class Contracts(Section):
    """Which contracts the bridge stands on, who owns them, and what becomes of votes that no pair owns."""

    parent_bridge: BridgeAddress | None = None
    """A contract on the parent chain that exists, to be taken over; with it goes childBridge. Without them two are
    deployed."""
    child_bridge: BridgeAddress | None = None
    """The same on the child chain."""
    parent_owner_node: Name | None = None
    """In place of an owner's key: the SCN whose operator owns the existing contract; owner calls go through its API."""
    child_owner_node: Name | None = None
    """The same on the child chain."""
    other_operators: Literal["keep", "remove"] | None = None
    """What becomes of operators that no pair owns: `remove` takes their votes. By default they are kept in contracts
    that are taken over, and removed from those of our own."""

    @property
    def adopted(self) -> bool:
        """Tell whether the contracts exist already."""
        return self.parent_bridge is not None

    @property
    def threshold_set(self) -> bool:
        """Tell whether the threshold is ours to set: an existing contract keeps its own until another is written."""
        return not self.adopted or "threshold" in self.model_fields_set

    @property
    def liquidity_set(self) -> bool:
        """Tell whether liquidity is ours to fill up: that of an existing contract only when it is written."""
        return not self.adopted or "liquidity" in self.model_fields_set

    @property
    def removes_others(self) -> bool:
        """Tell whether operators that no pair owns are removed."""
        return self.other_operators == "remove" or (self.other_operators is None and not self.adopted)

    def bridge_of(self, chain: str) -> str | None:
        """Return the address of the existing contract of a chain."""
        return self.parent_bridge if chain == "parent" else self.child_bridge

    def owner_node_of(self, chain: str) -> str | None:
        """Return the SCN that owns the contract of a chain."""
        return self.parent_owner_node if chain == "parent" else self.child_owner_node
