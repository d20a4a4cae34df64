"""ChildSeat: a record that an SCN may be a validator, written to the state before anybody votes for it.

A run that is interrupted after the vote, or whose new validator never takes part, leaves no ChildValidator in the
state. With this record the SCN is voted out when it is removed, however that run ended.
"""

from typing import ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainPlace, ChainProvider


class ChildSeatInputs(ChainPlace):
    """One SCN, and those that can vote on it: the endpoints are the other SCNs."""

    address: str
    """Address of the node's key."""


class ChildSeatProvider(ChainProvider[ChildSeatInputs]):
    """Creates nothing; votes an SCN out that is still a validator when it is removed."""

    inputs_type = ChildSeatInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "address"})
    old_goes_first: ClassVar[bool] = False

    def identify(self, inputs: ChildSeatInputs) -> str:
        """One per chain and address."""
        return f"{inputs.chain_id}/seat/{inputs.address}"

    def converge(self, inputs: ChildSeatInputs, known: Props) -> Props:  # noqa: ARG002
        """Nothing: the entry in the state is all that is needed."""
        return {}

    def remove(self, inputs: ChildSeatInputs, known: Props) -> None:  # noqa: ARG002
        """Vote it out; no-op if its ChildValidator has done that."""
        from components.chain.validators.validator_votes import vote_out

        vote_out(inputs.endpoints, inputs.chain_id, inputs.address)


class ChildSeat(Resource, module="servicechain", name="ChildSeat"):
    """A record of an SCN that is a validator, or may become one."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["endpoints"])
        super().__init__(ChildSeatProvider(), name, {**props}, pulumi.ResourceOptions.merge(secret, opts))
