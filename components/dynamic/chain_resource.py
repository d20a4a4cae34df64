"""The base of everything on a chain: which chain, through which nodes, signed by whom.

read the chain -> plan -> simulate -> send -> wait for the receipt -> read back: all of that is in chain/. What imports
web3 is imported inside the methods that need it: it takes a second, and a preview without changes needs none of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.endpoint import Endpoint
from components.chain.owner import Owner, OwnerNode
from components.chain.signer import AnySigner, Signer
from components.dynamic.base import Inputs, InputsT, Props, Provider

if TYPE_CHECKING:
    from components.chain.console import Console


class ChainInputs(Inputs):
    """Where and as whom."""

    chain_id: int
    endpoints: list[Endpoint]
    """Nodes of the chain; the first that answers is used."""
    signer: AnySigner


class OwnedInputs(ChainInputs):
    """Of what the owner of a bridge contract does: the signer, unless the owner is the operator of an SCN."""

    owner_node: OwnerNode | None = None

    @property
    def owner(self) -> Owner:
        """Return who makes owner calls."""
        return self.owner_node or self.signer


class ChainProvider(Provider[InputsT]):
    """A provider that reads and changes one chain."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id"})

    def differs(self, name: str, old: object, new: object) -> bool:
        """Take note of a node only when it goes or changes: a further one is no reason to touch a resource.

        Of the signer counts whose key it is and where that is, by which a destroy will sign. What all kinds have, such
        as what may be paid for gas, is for the next transaction, whenever that is.
        """
        if name == "signer" and isinstance(old, dict) and isinstance(new, dict):
            parts = (old.keys() | new.keys()) - Signer.model_fields.keys()
            return any(old.get(part) != new.get(part) for part in parts)
        if name != "endpoints" or not isinstance(old, list) or not isinstance(new, list):
            return True
        return any(endpoint not in new for endpoint in old)


@contextmanager
def session(inputs: ChainInputs) -> Iterator["Console"]:
    """Connect to the chain. Raises Unreachable."""
    from components.chain.console import connect

    with connect(inputs.endpoints, inputs.chain_id) as console:
        yield console


class ChainResource(Resource):
    """A tracked resource on a chain. Its keys are secrets, as inputs and as outputs (Pulumi deletes from outputs)."""

    def __init__(
        self, provider: ChainProvider[InputsT], name: str, props: Props, opts: pulumi.ResourceOptions | None
    ) -> None:
        secrets = ["endpoints", "signer", *(key for key in ("owner_node", "refund", "other_endpoints") if key in props)]
        secret = pulumi.ResourceOptions(additional_secret_outputs=secrets)
        super().__init__(provider, name, props, pulumi.ResourceOptions.merge(secret, opts))
