"""OwnerFunds: the owner of a bridge contract holds all that it has to pay on a chain, before it pays any of it."""

from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainInputs, ChainProvider, ChainResource, session

if TYPE_CHECKING:
    from components.chain.accounts.funding import Need
    from components.chain.rpc.console import Console


class OwnerFundsInputs(ChainInputs):
    """What is to be paid for on a chain. Amounts in peb, as decimal strings."""

    operators: tuple[str, ...]
    threshold: int | None = None
    """None where that of an existing contract is left as it is."""
    configuration_threshold: int | None = None
    """The same of configuration votes."""
    operator_minimum: str
    operator_target: str
    liquidity_minimum: str
    liquidity_target: str
    bridge: str | None = None
    """Of a contract that exists already."""
    tokens: tuple[str, ...] = ()
    """Addresses that will be registered. What a development token costs is not counted: only private chains have it."""


class OwnerFundsProvider(ChainProvider[OwnerFundsInputs]):
    """Waits for the sum, and ends with the list of what it is for. There is nothing to undo."""

    inputs_type = OwnerFundsInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id"})

    def identify(self, inputs: OwnerFundsInputs) -> str:
        """One a chain."""
        return f"{inputs.chain_id}/owner-funds"

    def converge(self, inputs: OwnerFundsInputs, known: Props) -> Props:
        """Wait until the owner holds it."""
        from components.chain.accounts.funding import require
        from components.chain.tx.sender import settle

        with session(inputs) as console:
            settle(console, inputs.signer)  # what a killed run has sent may have paid for some of it
            needs, found = self._needs(console, inputs, known)
            require(console, inputs.signer, needs)
        return {"payer": inputs.signer.account().address, **found}

    def look(self, console: "Console", inputs: OwnerFundsInputs, known: Props) -> Props | None:
        """Tell what has yet to be paid."""
        from components.domain.units import coins

        needs, found = self._needs(console, inputs, known)
        total = sum(need.amount for need in needs)
        if not total:
            return found
        what = "; ".join(need.purpose for need in needs)
        words = f"the owner has {coins(total)} coins to pay again: {what}; the next up asks for them"
        return {**found, "drift": {"outstanding": words}}

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
    """What an owner holds before it pays. `payer` is its address."""

    payer: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(OwnerFundsProvider(), name, {"payer": None, **props}, opts)
