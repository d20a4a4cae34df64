"""OwnerFunds: checks that the owner of a bridge contract holds all that it has to pay on a chain."""

from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.domain.problems.bridge import OWNER_OWES
from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainInputs, ChainProvider, ChainResource, session

if TYPE_CHECKING:
    from components.chain.accounts.funding import Need
    from components.chain.rpc.console import Console


class OwnerFundsInputs(ChainInputs):
    """What the owner has to pay for on a chain. Amounts in peb, as decimal strings."""

    operators: tuple[str, ...]
    threshold: int | None = None
    """None where the threshold of an existing contract stays as it is."""
    configuration_threshold: int | None = None
    """The same for configuration votes."""
    operator_minimum: str
    operator_target: str
    liquidity_minimum: str
    liquidity_target: str
    bridge: str | None = None
    """Address of an existing contract."""
    tokens: tuple[str, ...] = ()
    """Addresses to register. The cost of development tokens is not counted: only private chains have them."""


class OwnerFundsProvider(ChainProvider[OwnerFundsInputs]):
    """Waits until the owner holds the sum, or fails with a list of its parts. There is nothing to undo."""

    inputs_type = OwnerFundsInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id"})

    def identify(self, inputs: OwnerFundsInputs) -> str:
        """One per chain."""
        return f"{inputs.chain_id}/owner-funds"

    def converge(self, inputs: OwnerFundsInputs, known: Props) -> Props:
        """Wait until the owner holds it."""
        from components.chain.accounts.funding import require
        from components.chain.tx.sender import settle

        with session(inputs) as console:
            settle(console, inputs.signer)  # transactions of a killed run may have paid for a part
            needs, found = self._needs(console, inputs, known)
            require(console, inputs.signer, needs)
        return {"payer": inputs.signer.account().address, **found}

    def look(self, console: "Console", inputs: OwnerFundsInputs, known: Props) -> Props | None:
        """Report what has yet to be paid."""
        from components.domain.units import coins

        needs, found = self._needs(console, inputs, known)
        total = sum(need.amount for need in needs)
        if not total:
            return found
        what = "; ".join(need.purpose for need in needs)
        words = f"the owner has {coins(total)} coins to pay again: {what}; the next up asks for them"
        return {**found, "drift": {"outstanding": OWNER_OWES(words)}}

    def _needs(self, console: "Console", inputs: OwnerFundsInputs, known: Props) -> "tuple[list[Need], Props]":
        from components.chain.funds.funding_plan import Wanted, needs, price, situation

        wanted = Wanted(
            operators=inputs.operators,
            threshold=inputs.threshold,
            configuration_threshold=inputs.configuration_threshold,
            operator_minimum=int(inputs.operator_minimum),
            operator_target=int(inputs.operator_target),
            liquidity_minimum=int(inputs.liquidity_minimum),
            liquidity_target=int(inputs.liquidity_target),
            tokens=inputs.tokens,
            bridge=inputs.bridge,
            found=known.get("contract"),
        )
        there = situation(console, inputs.signer, wanted)
        found = {"contract": there.address} if there.address else {}
        return needs(wanted, there, price(console, inputs.signer)), found


class OwnerFunds(ChainResource, module="servicechain", name="OwnerFunds"):
    """The funds of an owner before it pays. `payer` is its address."""

    payer: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(OwnerFundsProvider(), name, {"payer": None, **props}, opts)
