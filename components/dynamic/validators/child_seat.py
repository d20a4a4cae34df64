"""ChildSeat: that an SCN may have a seat, written down before anybody votes for it.

A run that is cut off after the vote, or whose new validator never takes part, has no ChildValidator to show for it.
With this one in the state, the seat is found and taken away when the SCN goes, whatever became of that run.
"""

from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainPlace, ChainProvider


class ChildSeatInputs(ChainPlace):
    """One SCN, and those that can vote on it: the endpoints are the other SCNs."""

    address: str
    """Of the node's key."""


class ChildSeatProvider(ChainProvider[ChildSeatInputs]):
    """Makes nothing, and takes a seat away that is left when its SCN goes."""

    inputs_type = ChildSeatInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "address"})
    old_goes_first: ClassVar[bool] = False

    def identify(self, inputs: ChildSeatInputs) -> str:
        """One seat a chain and address."""
        return f"{inputs.chain_id}/seat/{inputs.address}"

    def converge(self, inputs: ChildSeatInputs, known: Props) -> Props:  # noqa: ARG002
        """Nothing: what counts is that the state has it."""
        return {}

    def remove(self, inputs: ChildSeatInputs, known: Props) -> None:  # noqa: ARG002
        """Vote it out unless its ChildValidator has done that."""
        from components.chain.validators.validator_votes import vote_out

        vote_out(inputs.endpoints, inputs.chain_id, inputs.address)


class ChildSeat(Resource, module="servicechain", name="ChildSeat"):
    """A seat that an SCN has, or may be voted into."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["endpoints"])
        super().__init__(ChildSeatProvider(), name, {**props}, pulumi.ResourceOptions.merge(secret, opts))
