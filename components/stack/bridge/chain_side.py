"""The two sides of a bridge: a chain as its contracts are used, and the bridge contract on it."""

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
    """One chain, with what a resource on it needs."""

    name: str
    """`parent` or `child`."""
    chain_id: int
    nodes: Sequence[AnyNode]
    ready: Sequence[pulumi.Resource]
    """What has to exist before the chain can be used."""
    lives_with: pulumi.Resource | None
    """The chain itself if it is part of the stack: nothing on it has to be undone when it is destroyed."""
    owner: Owner
    max_gas_price: int | None = None
    """gkei"""
    funding_minutes: int | None = None
    """How long to wait for missing coins; None if the owner has them from the first block on."""

    @cached_property
    def endpoints(self) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """Return the consoles of the chain's nodes; a secret."""
        return pulumi.Output.secret(pulumi.Output.all(*(node.endpoint for node in self.nodes)))

    @cached_property
    def signer(self) -> pulumi.Output[Mapping[str, object]]:
        """Return the owner's signer, with the limits of this chain; a secret."""
        own = {} if self.max_gas_price is None else {"max_gas_price": str(self.max_gas_price * GKEI)}
        own |= {} if self.funding_minutes is None else {"funding_minutes": str(self.funding_minutes)}
        return pulumi.Output.secret(
            self.owner.signer.apply(lambda signer: {**signer, "chain": self.name, **own}),
        )

    def place(self, **more: object) -> dict[str, object]:
        """Return the inputs of a resource that only reads this chain, without a key."""
        return {"chain_id": self.chain_id, "endpoints": self.endpoints, **more}

    def props(self, **more: object) -> dict[str, object]:
        """Return the inputs of a resource that signs on this chain."""
        return self.place(signer=self.signer, **more)

    def options(self, parent: pulumi.Resource, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Return the options of a resource on this chain, which waits for the chain and for `after`."""
        return pulumi.ResourceOptions(parent=parent, depends_on=[*self.ready, *after], deleted_with=self.lives_with)


@dataclass(frozen=True)
class BridgeSide:
    """The bridge contract of one chain, with the votes in it."""

    chain: Chain
    contract: BridgeContract
    liquidity: Liquidity | None
    """None if the coins of an existing contract are left alone."""
    operators: Sequence[BridgeOperator]
    threshold: OperatorThreshold
    configuration: ConfigurationThreshold | None
    others: OtherOperators
    owner: pulumi.Input[str]
    """The owner of the contract: an account, or the operator of an SCN."""


def levels(target: int) -> dict[str, str]:
    """Return the balance below which an account is filled up, and up to how much (peb)."""
    return {"minimum": str(target // 2), "target": str(target)}
