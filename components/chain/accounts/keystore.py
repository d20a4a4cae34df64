"""A key in a keystore file, as geth, ken and wallets write it (keystore_format)."""

import os
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from components.chain.accounts import keystore_format
from components.chain.accounts.keys import from_digits
from components.chain.accounts.keystore_format import Encrypted, NotUsable, WrongPassword
from components.chain.accounts.signer import SigningAccount
from components.chain.errors import KeyUnavailable
from components.domain.problems.accounts import (
    ACCOUNT_KEY_UPDATED,
    KEY_FILE_UNREADABLE,
    KEYSTORE_PASSWORD_WRONG,
    KEYSTORE_UNUSABLE,
    VARIABLE_UNSET,
)
from components.user_input import user_file
from components.user_input.user_file import UnusableFile

_decrypting = threading.Lock()

_BARE_KEY = re.compile(r"\s*(0x)?[0-9a-fA-F]{64}\s*")
_BARE = "holds a key that is not encrypted; import it into a wallet, and name the JSON file that this exports"


@dataclass(frozen=True)
class Keystore:
    """One file, and for messages the setting that names it."""

    path: str
    setting: str

    def open(self, password: str | None, password_file: str | None, password_env: str | None) -> SigningAccount:
        """Return the account in the file, with the password from whichever place is given. Raises KeyUnavailable."""
        text = self._read()
        key = self._find(text)
        digits = self._decrypt(text, self._password(password, password_file, password_env))
        account = from_digits(digits, f"{self._where}: the key in {self._file}")
        if key.address not in (None, account.address):
            raise self._of_another(key, account.address)
        return account

    @property
    def _where(self) -> str:
        return f"{self.setting}.keystore"

    @property
    def _file(self) -> str:
        return user_file.shown(self.path)

    def _read(self) -> str:
        try:
            return user_file.text(self.path, user_file.KEY_BYTES)
        except UnusableFile as error:
            words = f"{self._where}: {self._file} cannot be read ({error}); name the owner's keystore file"
            raise KeyUnavailable(KEY_FILE_UNREADABLE(words)) from None

    def _find(self, text: str) -> Encrypted:
        """Return the encrypted key. Raises KeyUnavailable, which shows nothing of the file."""
        try:
            return _found(text)
        except NotUsable as error:
            raise KeyUnavailable(error.problem(f"{self._where}: {self._file} {error}")) from None
        except UnusableFile as error:
            reason = "it is in PEM" if text.lstrip().startswith("-----BEGIN") else str(error)
            advice = "name the JSON file with the owner's key"
            words = f"{self._where}: {self._file} is not a keystore file ({reason}); {advice}"
            raise KeyUnavailable(KEYSTORE_UNUSABLE(words)) from None

    def _password(self, password: str | None, file: str | None, variable: str | None) -> bytes:
        if file is not None:
            return self._from_file(file)
        if variable is None:
            return (password or "").encode()
        value = os.environ.get(variable)
        if value is None:
            msg = VARIABLE_UNSET(
                f"{self.setting}.passwordEnv: the environment variable {variable} is not set; put the keystore's "
                "password there, and run this again"
            )
            raise KeyUnavailable(msg)
        return os.fsencode(value)

    def _from_file(self, file: str) -> bytes:
        """Return the password in a file as it is there, in whichever encoding, without the end of its line."""
        try:
            found = user_file.content(file, user_file.KEY_BYTES)
        except UnusableFile as error:
            where, name = f"{self.setting}.passwordFile", user_file.shown(file)
            words = f"{where}: {name} cannot be read ({error}); name the file with the keystore's password"
            raise KeyUnavailable(KEY_FILE_UNREADABLE(words)) from None
        with suppress(UnusableFile):
            found = user_file.decoded(found).encode()  # a byte order mark is no part of it
        return found.rstrip(b"\r\n")

    def _decrypt(self, text: str, password: bytes) -> str:
        """Return the key's digits. Errors are raised without their cause, which has seen the password."""
        try:
            with _decrypting:  # whoever comes second finds it done
                return _decrypted(text, password)
        except WrongPassword:
            words = f"{self.setting}.password: it does not open {self._file}; give the password of this very file"
            msg = KEYSTORE_PASSWORD_WRONG(words)
        except NotUsable as error:
            msg = error.problem(f"{self._where}: {self._file} {error}")
        raise KeyUnavailable(msg) from None

    def _of_another(self, key: Encrypted, address: str) -> KeyUnavailable:
        """Return the error for a file that has a key of one account and the address of another."""
        start = f"{self._where}: {self._file}"
        if key.version == 3:
            words = "names another address than that of its key; take a copy that is not spoilt"
            return KeyUnavailable(KEYSTORE_UNUSABLE(f"{start} {words}"))
        msg = ACCOUNT_KEY_UPDATED(
            f"{start} holds the key of {address} for the account {key.address}: the key of that account was changed on "
            "chain, and the program can sign only for accounts that have their original key; make another account the "
            "owner"
        )
        return KeyUnavailable(msg)


def _found(text: str) -> Encrypted:
    if _BARE_KEY.fullmatch(text):
        raise NotUsable(_BARE)
    return keystore_format.find(user_file.parsed_text(text))


@lru_cache(maxsize=8)
def _decrypted(text: str, password: bytes) -> str:
    """Return the key's digits. It takes a second on purpose, so this process does it once a file."""
    return keystore_format.decrypt(_found(text), password)
