"""Keys that are kept outside the stack: opened when something has to be signed, and only for their own account."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eth_account import Account as Accounts
from eth_keys.constants import SECPK1_N
from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import SigningAccount
from components.chain.errors import KeyUnavailable
from components.domain.problems.accounts import KEY_MALFORMED, OTHER_ACCOUNTS_KEY, VARIABLE_UNSET

if TYPE_CHECKING:
    from eth_account.datastructures import SignedTransaction
    from eth_account.types import TransactionDictType
    from eth_typing import ChecksumAddress

_KEY = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")


@dataclass(frozen=True)
class Deferred:
    """An account whose address is known and whose key is opened to sign."""

    known: str
    setting: str
    """For messages."""
    open: Callable[[], SigningAccount]

    @property
    def address(self) -> "ChecksumAddress":
        """Return the address, by which nothing is opened."""
        return to_checksum_address(self.known)

    def sign_transaction(self, transaction: "TransactionDictType", /) -> "SignedTransaction":
        """Sign with the key of this account alone. Raises KeyUnavailable."""
        opened = self.open()
        if opened.address != self.address:
            msg = OTHER_ACCOUNTS_KEY(
                f"{self.setting}: the key is that of {opened.address} now, and {self.address} has to sign; bring its "
                "key back, or run `pulumi up`, which takes note of the change, and then this again"
            )
            raise KeyUnavailable(msg)
        return opened.sign_transaction(transaction)


def from_environment(name: str, setting: str) -> SigningAccount:
    """Return the account of the key in an environment variable. Raises KeyUnavailable."""
    value = os.environ.get(name, "").strip("\ufeff").strip()
    if not value:
        words = f"{setting}: the environment variable {name} is not set; put the owner's key there, and run this again"
        raise KeyUnavailable(VARIABLE_UNSET(words))
    digits = _KEY.fullmatch(value)
    if not digits:
        words = f"{setting}: what the environment variable {name} holds is not a private key; put 64 hex digits there"
        raise KeyUnavailable(KEY_MALFORMED(words))
    return from_digits(digits.group(1), f"{setting}: the key in the environment variable {name}")


def from_digits(digits: str, what: str) -> SigningAccount:
    """Return the account of a key of 64 hex digits. Raises KeyUnavailable; `what` begins its sentence."""
    if not 0 < int(digits, 16) < SECPK1_N:
        words = f"{what} is outside the range of secp256k1 private keys; take the owner's key"
        raise KeyUnavailable(KEY_MALFORMED(words))
    account: SigningAccount = Accounts.from_key(digits)
    return account
