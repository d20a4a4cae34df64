"""Who signs: the account that owns a bridge contract or pays for something.

A signer is what a stack's state holds of it, as a secret. Only the kind `key` is the key itself; all others name where
it is kept, and its address. The state of a resource is all that a refresh and a destroy have, so they sign with it too.
"""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from components.domain.networks import Side

if TYPE_CHECKING:
    from eth_account.datastructures import SignedTransaction
    from eth_account.types import TransactionDictType
    from eth_typing import ChecksumAddress

    from components.chain.accounts.aws_kms import Key

_importing = threading.Lock()


class SigningAccount(Protocol):
    """All that this program wants of an account: whose it is, and a signature on a transaction."""

    @property
    def address(self) -> "ChecksumAddress":
        """Return the address."""

    def sign_transaction(self, transaction: "TransactionDictType", /) -> "SignedTransaction":
        """Return the transaction with a signature. Raises KeyUnavailable."""


class Signer(BaseModel):
    """Any kind of signer."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    chain: Side | None = None
    """Whose contract the account owns; for messages alone, which name the setting that the key is in."""
    max_gas_price: int | None = None
    """The most that is ever offered for gas, in peb; None for a limit by what the node suggests (gas_price)."""
    funding_minutes: int | None = None
    """How long coins that are missing are waited for; None for not at all."""

    @property
    def setting(self) -> str:
        """Return where the key is configured, for messages."""
        return f"bridge.{self.chain}Owner" if self.chain else "the configured key"

    def account(self) -> SigningAccount:
        """Return the account that signs. Raises KeyUnavailable."""
        raise NotImplementedError


def key_parts(signer: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a signer, as a state holds it, that are its key or say where that is.

    The others, which all kinds of signers have, apply to the next transaction.
    """
    parts = signer.keys() - Signer.model_fields.keys()
    return {name: signer[name] for name in parts if signer[name] is not None}


class KeySigner(Signer):
    """The key itself."""

    kind: Literal["key"] = "key"
    private_key: str = Field(repr=False)
    """64 hex digits."""

    @property
    def setting(self) -> str:
        """Return where the key is configured, for messages."""
        return f"bridge.{self.chain}OwnerKey" if self.chain else "the configured key"

    def account(self) -> SigningAccount:
        """Return the account that signs."""
        from eth_account import Account as Accounts  # a second to import, and a preview signs nothing

        account: SigningAccount = Accounts.from_key(self.private_key)
        return account


class KeyReference(Signer):
    """A key that is kept elsewhere. With an address nothing is opened before something has to be signed."""

    address: str | None = None
    """Whose key it is; None until it has been looked at."""

    def open(self) -> SigningAccount:
        """Return the account after a look at the key, wherever it is. Raises KeyUnavailable."""
        raise NotImplementedError

    def located(self) -> Self:
        """Return the same with its address. Raises KeyUnavailable."""
        return self.model_copy(update={"address": str(self.open().address)})

    def account(self) -> SigningAccount:
        """Return the account, which opens the key when it signs, and refuses to sign with that of another account."""
        from components.chain.accounts.keys import Deferred

        return Deferred(self.address, self.setting, self.open) if self.address else self.open()


class EnvironmentSigner(KeyReference):
    """A key in an environment variable of whoever runs Pulumi."""

    kind: Literal["env"] = "env"
    name: str

    def open(self) -> SigningAccount:
        """Read the variable."""
        from components.chain.accounts.keys import from_environment

        return from_environment(self.name, self.setting)


class KeystoreSigner(KeyReference):
    """A key in a keystore file, with its password from one of three places."""

    kind: Literal["keystore"] = "keystore"
    path: str
    password: str | None = Field(default=None, repr=False)
    password_file: str | None = None
    password_env: str | None = None

    def open(self) -> SigningAccount:
        """Decrypt the file."""
        from components.chain.accounts.keystore import Keystore

        return Keystore(self.path, self.setting).open(self.password, self.password_file, self.password_env)


class KmsSigner(KeyReference):
    """A key that never leaves AWS KMS."""

    kind: Literal["kms"] = "kms"
    key_id: str
    """Id, ARN or alias."""
    region: str | None = None
    """Without it: that of the ARN, or that of the environment."""

    def open(self) -> SigningAccount:
        """Ask KMS for the public key."""
        return self._key().account()

    def account(self) -> SigningAccount:
        """Return the account. A signature that KMS makes with another key is noticed when it signs."""
        return self._key().known_as(self.address) if self.address else self.open()

    def _key(self) -> "Key":
        with _importing:  # boto3, in one thread at a time (see dynamic/base)
            from components.chain.accounts.aws_kms import Key

        return Key(self.key_id, self.region, self.setting)


def kind_of(value: Any) -> str:
    """Return which kind of signer this is."""
    found = value.get("kind", "key") if isinstance(value, dict) else getattr(value, "kind", "key")
    return str(found)


AnySigner = Annotated[
    Annotated[KeySigner, Tag("key")]
    | Annotated[EnvironmentSigner, Tag("env")]
    | Annotated[KeystoreSigner, Tag("keystore")]
    | Annotated[KmsSigner, Tag("kms")],
    Discriminator(
        kind_of,
        custom_error_type="signer",
        custom_error_message="there is no such kind of signer",
    ),
]
"""What a state can hold. A new kind is one more line."""
