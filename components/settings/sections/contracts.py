"""Bridge contracts that exist already. Rules between values are in settings/rules/contracts.py."""

from typing import Annotated, Literal

from pydantic import Field

from components.settings.values.types import Address, Name, Section, not_zero

BridgeAddress = Annotated[Address, not_zero("the bridge contract's")]


class Contracts(Section):
    """Which contracts the bridge uses, who owns them, and what happens to operators that no pair owns."""

    parent_bridge: BridgeAddress | None = Field(default=None, examples=["0x…"])
    """An existing contract on the parent chain to take over, together with childBridge. Without them the program
    deploys two contracts."""
    child_bridge: BridgeAddress | None = Field(default=None, examples=["0x…"])
    """The same on the child chain."""
    parent_owner_node: Name | None = Field(default=None, examples=["scn-1"])
    """Instead of an owner's key: the SCN whose operator owns the existing contract; owner calls go through its API."""
    child_owner_node: Name | None = Field(default=None, examples=["scn-1"])
    """The same on the child chain."""
    other_operators: Literal["keep", "remove"] | None = Field(default=None, examples=["remove"])
    """What happens to operators that no pair owns: `remove` deregisters them. The default is keep in contracts that are
    taken over, and remove in those that the program deploys."""

    @property
    def adopted(self) -> bool:
        """Whether the contracts exist already."""
        return self.parent_bridge is not None

    @property
    def threshold_set(self) -> bool:
        """Whether the program sets the threshold: an existing contract keeps its own unless one is configured."""
        return not self.adopted or "threshold" in self.model_fields_set

    @property
    def liquidity_set(self) -> bool:
        """Whether the program fills up liquidity: in an existing contract only if it is configured."""
        return not self.adopted or "liquidity" in self.model_fields_set

    @property
    def removes_others(self) -> bool:
        """Whether operators that no pair owns are removed."""
        return self.other_operators == "remove" or (self.other_operators is None and not self.adopted)

    def bridge_of(self, chain: str) -> str | None:
        """Return the address of the existing contract of a chain."""
        return self.parent_bridge if chain == "parent" else self.child_bridge

    def owner_node_of(self, chain: str) -> str | None:
        """Return the SCN that owns the contract of a chain."""
        return self.parent_owner_node if chain == "parent" else self.child_owner_node
