"""Balances that must not run out: of operators, which pay gas, and of bridge contracts, which pay transfers out."""

from typing import TYPE_CHECKING, ClassVar

import pulumi
from pydantic import Field

from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.bridge import BALANCE_LOW
from components.dynamic.base import Part, Props
from components.dynamic.chain_resource import ChainInputs, ChainProvider, ChainResource, session

if TYPE_CHECKING:
    from components.chain.rpc.console import Console


class BalanceInputs(ChainInputs):
    """An account and the two levels of its balance, in peb (10^-18 of the coin) as decimal strings."""

    account: str
    minimum: str
    """Below this level the account is filled up."""
    target: str
    """Level after filling up. Balances change all the time; only one below the minimum is drift."""


class Refund(Part):
    """What is needed to send the balance of an account back when the account is not needed any more."""

    private_key: str = Field(repr=False)
    """64 hex digits."""
    scn: Endpoint
    """The node that pays gas with the account."""


class FundingInputs(BalanceInputs):
    """An account that pays gas."""

    refund: Refund | None = None
    """None where the chain is destroyed with the stack, or the key is the node's: the balance stays there then."""


class FundingProvider(ChainProvider[FundingInputs]):
    """Fills an account up from the signer's account; on removal the rest goes back to the signer where possible."""

    inputs_type = FundingInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "account"})
    used_by_removal: ClassVar[frozenset[str]] = frozenset({"signer", "refund"})
    holder: ClassVar[str] = "account"

    def identify(self, inputs: FundingInputs) -> str:
        """One per account."""
        return f"{inputs.chain_id}/{inputs.account}/balance"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore inputs that only the removal uses."""
        return name != "refund" and super().differs(name, old, new)

    def converge(self, inputs: FundingInputs, known: Props) -> Props:  # noqa: ARG002
        """Fill up when below the minimum."""
        with session(inputs) as console:
            self.fill(console, inputs)
        return {}

    def fill(self, console: "Console", inputs: FundingInputs) -> None:
        """Send the missing amount."""
        from components.chain.voters.calls import fill_account

        fill_account(console, inputs.signer, inputs.account, int(inputs.minimum), int(inputs.target))

    def look(self, console: "Console", inputs: FundingInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report a balance below the minimum."""
        from components.chain.voters.calls import balance

        held = balance(console, inputs.account)
        if held >= int(inputs.minimum):
            return {}
        what = f"{self.holder} {inputs.account} holds {held} peb, less than its minimum of {inputs.minimum}"
        return {"drift": {"balance": BALANCE_LOW(f"{what}; the next up fills it up to {inputs.target}")}}

    def remove(self, inputs: FundingInputs, known: Props) -> None:  # noqa: ARG002
        """Send the rest back."""
        from components.chain.accounts.signer import KeySigner
        from components.chain.funds.refund import refund

        if inputs.refund is None:
            return
        operator = KeySigner(private_key=inputs.refund.private_key, max_gas_price=inputs.signer.max_gas_price)
        with session(inputs) as console:
            refund(console, operator, inputs.signer.account().address, inputs.refund.scn)


class LiquidityProvider(FundingProvider):
    """Fills a bridge contract. Only transfers take coins out of it again: there is no other function."""

    used_by_removal: ClassVar[frozenset[str]] = frozenset()
    holder: ClassVar[str] = "the bridge"

    def fill(self, console: "Console", inputs: FundingInputs) -> None:
        """Send the missing amount, without the event that would make it a transfer."""
        from components.chain.voters.calls import fill_bridge

        fill_bridge(console, inputs.signer, inputs.account, int(inputs.minimum), int(inputs.target))


class Funding(ChainResource, module="servicechain", name="Funding"):
    """The balance of an account that pays gas."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(FundingProvider(), name, props, opts)


class Liquidity(ChainResource, module="servicechain", name="Liquidity"):
    """The balance from which a bridge contract pays transfers out."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(LiquidityProvider(), name, props, opts)
