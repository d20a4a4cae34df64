"""A key in a keystore file of version 3 (Web3 Secret Storage), as geth, ken and most wallets write it."""

import json
import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eth_account import Account as Accounts
from eth_utils.address import is_address, to_checksum_address

from components.chain.errors import KeyUnavailable
from components.chain.keys import from_digits
from components.chain.signer import Account

VERSION = 3

_MISMATCH = "MAC mismatch"
"""What eth_keyfile says of a wrong password."""

_decrypting = threading.Lock()


@dataclass(frozen=True)
class Keystore:
    """One file, and for messages the setting that names it."""

    path: str
    setting: str

    def open(self, password: str | None, password_file: str | None, password_env: str | None) -> Account:
        """Return the account in the file, with the password from whichever place is given. Raises KeyUnavailable."""
        where = f"{self.setting}.keystore"
        text = _read(self.path, where, "name the owner's keystore file")
        named = self._address(text)
        digits = self._decrypt(text, self._password(password, password_file, password_env))
        account = from_digits(digits, f"{where}: the key in {self.path}")
        if named is not None and named != account.address:
            msg = f"{where}: {self.path} names another address than that of its key; take a copy that is not spoilt"
            raise KeyUnavailable(msg)
        return account

    def _address(self, text: str) -> str | None:
        """Return the address that the file names, when it is a keystore at all."""
        try:
            content: Any = json.loads(text)
        except ValueError:
            content = None
        if not isinstance(content, dict) or "crypto" not in {str(name).lower() for name in content}:
            msg = f"{self.setting}.keystore: {self.path} is no keystore file; name the JSON file with the owner's key"
            raise KeyUnavailable(msg)
        if content.get("version") != VERSION:
            msg = f"{self.setting}.keystore: {self.path} is not of version {VERSION}; export the key as one that is"
            raise KeyUnavailable(msg)
        address = content.get("address")
        return to_checksum_address(address) if is_address(address) else None  # some wallets leave it out

    def _password(self, password: str | None, file: str | None, variable: str | None) -> str:
        if file is not None:
            where = f"{self.setting}.passwordFile"
            return _read(file, where, "name the file with the keystore's password").rstrip("\r\n")
        if variable is None:
            return password or ""
        value = os.environ.get(variable)
        if value is None:
            msg = (
                f"{self.setting}.passwordEnv: the environment variable {variable} is not set; put the keystore's "
                "password there, and run this again"
            )
            raise KeyUnavailable(msg)
        return value

    def _decrypt(self, text: str, password: str) -> str:
        """Return the key's digits. Whatever goes wrong is told without its cause, which has seen the password."""
        try:
            with _decrypting:  # whoever comes second finds it done
                return _decrypted(text, password)
        except (ArithmeticError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError) as error:
            if str(error) == _MISMATCH:
                msg = f"{self.setting}.password: it does not open {self.path}; give the password of this very file"
            else:
                msg = f"{self.setting}.keystore: {self.path} is damaged, or encrypted in an unknown way; take another"
            raise KeyUnavailable(msg) from None


@lru_cache(maxsize=8)
def _decrypted(text: str, password: str) -> str:
    """Return the key's digits. It takes a second on purpose, so this process does it once a file."""
    return bytes(Accounts.decrypt(text, password)).hex()


def _read(path: str, where: str, advice: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text file"
        msg = f"{where}: {path} cannot be read ({reason}); {advice}"
        raise KeyUnavailable(msg) from None  # the cause has seen the content
