"""The two sides of a bridge: a chain as a user of contracts sees it, and the bridge contract on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pulumi

from components.domain.units import GKEI
from components.dynamic.contracts.balance import Liquidity
from components.dynamic.contracts.bridge_contract import BridgeContract
from components.dynamic.contracts.bridge_operator import BridgeOperator
from components.dynamic.contracts.operator_threshold import ConfigurationThreshold, OperatorThreshold
from components.dynamic.contracts.other_operators import OtherOperators
from components.stack.nodes.existing_node import AnyNode
from components.stack.owners import Owner


@dataclass(frozen=True)
class Chain:
    """One chain, as a user of contracts sees it."""

    name: str
    """`parent` or `child`."""
    chain_id: int
    nodes: Sequence[AnyNode]
    ready: Sequence[pulumi.Resource]
    """What has to be done before the chain can be used."""
    lives_with: pulumi.Resource | None
    """The chain itself, when it is ours: what was done on a chain needs no undoing when the chain goes."""
    owner: Owner
    max_gas_price: int | None = None
    """gkei"""
    funding_minutes: int | None = None
    """How long coins that are missing are waited for; None where the owner has them from the first block on."""

    @cached_property
    def endpoints(self) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """Return where the chain's nodes are; a secret."""
        return pulumi.Output.secret(pulumi.Output.all(*(node.endpoint for node in self.nodes)))

    @cached_property
    def signer(self) -> pulumi.Output[Mapping[str, object]]:
        """Return who signs; a secret."""
        own = {} if self.max_gas_price is None else {"max_gas_price": str(self.max_gas_price * GKEI)}
        own |= {} if self.funding_minutes is None else {"funding_minutes": str(self.funding_minutes)}
        return pulumi.Output.secret(
            self.owner.signer.apply(lambda signer: {**signer, "chain": self.name, **own}),
        )

    def place(self, **more: object) -> dict[str, object]:
        """Return the inputs of a resource that only reads this chain: it holds no key."""
        return {"chain_id": self.chain_id, "endpoints": self.endpoints, **more}

    def props(self, **more: object) -> dict[str, object]:
        """Return the inputs of a resource that signs on this chain."""
        return self.place(signer=self.signer, **more)


@dataclass(frozen=True)
class Side:
    """The bridge contract of one chain, with votes in it."""

    chain: Chain
    contract: BridgeContract
    liquidity: Liquidity | None
    """None where that of an existing contract is left alone."""
    operators: Sequence[BridgeOperator]
    threshold: OperatorThreshold
    configuration: ConfigurationThreshold | None
    others: OtherOperators
    owner: pulumi.Input[str]
    """Of the contract: the owner's account, or the operator of an SCN."""


def levels(target: int) -> dict[str, str]:
    """Return when to fill a balance up, and up to what (peb)."""
    return {"minimum": str(target // 2), "target": str(target)}
