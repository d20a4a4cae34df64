"""Who owns a bridge contract: an account whose key is configured, or the operator account of an SCN."""

from pydantic import BaseModel, ConfigDict

from components.chain.accounts.signer import Signer
from components.chain.rpc.endpoint import Endpoint
from components.domain.networks import Side


class OwnerNode(BaseModel):
    """An SCN whose operator account owns a bridge contract. Its key stays on the node: owner calls go through its API.

    The known scripts hand the ownership to such an account. Whoever controls that node can then pass any vote, whatever
    the threshold, so this is supported but not extended.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    node: Endpoint
    address: str
    """Of the operator account."""
    chain: Side
    """Whose contract it owns."""

    @property
    def setting(self) -> str:
        """Return where it is configured, for messages."""
        return f"bridge.{self.chain}OwnerNode"


Owner = Signer | OwnerNode


def address_of(owner: Owner) -> str:
    """Return the account that makes owner calls."""
    return owner.address if isinstance(owner, OwnerNode) else str(owner.account().address)
