"""Who signs: the account that owns a bridge contract or pays for something."""

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount


class Signer(BaseModel):
    """Where a signing key comes from. One kind today: the key itself, which is always a secret of the stack."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: Literal["key"] = "key"
    private_key: str = Field(repr=False)
    """64 hex digits."""
    chain: Literal["parent", "child"] | None = None
    """Whose contract the account owns; for messages alone, which name the setting that the key is in."""
    max_gas_price: int | None = None
    """The most that is ever offered for gas, in peb; None for a limit by what the node suggests (gas_price)."""

    @property
    def setting(self) -> str:
        """Return where the key is configured, for messages."""
        return f"bridge.{self.chain}OwnerKey" if self.chain else "the configured key"

    def account(self) -> "LocalAccount":
        """Return the account that signs."""
        from eth_account import Account  # a second to import, and a preview signs nothing

        account: LocalAccount = Account.from_key(self.private_key)
        return account
