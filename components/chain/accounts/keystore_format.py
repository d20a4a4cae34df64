"""The formats of keystore files: which encrypted key is in one, and the key itself. Pure.

Version 3 is Web3 Secret Storage, which geth and most wallets write. Version 4 is what ken and Kaia wallets write: each
key is encrypted in the same way and lies in a key ring (accounts/keystore/keyv4.go), as accounts may have several keys.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_keyfile.keyfile import decode_keyfile_json
from eth_utils.address import is_address, to_checksum_address

from components.domain.problems.accounts import ACCOUNT_KEY_UPDATED, KEYSTORE_UNUSABLE
from components.domain.problems.problem import Problem

KEY_BYTES = 32
MISMATCH = "MAC mismatch"
"""The message of eth_keyfile for a wrong password."""
MEMORY = 2**31
"""Most that scrypt may ask for (bytes). The strongest setting of wallets, n = 2^20, takes half of that."""
ROUNDS = 2**25
"""Most rounds of PBKDF2. Wallets use some 2^18 to 2^20; more than this takes minutes."""

_HEX = re.compile(r"(0x)?((?:[0-9a-fA-F]{2})+)")
_SINGLE = (
    "which only an account has whose key was changed on chain, and the program can sign only for accounts that have "
    "their original key; make another account the owner"
)


class NotUsable(ValueError):
    """No key can be read from the file. Its text is part of another message, `FILE <text>`, of this problem."""

    def __init__(self, reason: str, problem: Problem = KEYSTORE_UNUSABLE) -> None:
        super().__init__(reason)
        self.problem = problem


class WrongPassword(ValueError):
    """The password is wrong. It has no text."""


@dataclass(frozen=True)
class Encrypted:
    """One encrypted key."""

    address: str | None
    """Whose key it is; None where the file does not say."""
    version: int
    crypto: Mapping[str, Any]


def find(content: object) -> Encrypted:
    """Return the one encrypted key in the JSON of a keystore file. Raises NotUsable."""
    file = _lowered(content) if isinstance(content, Mapping) else {}
    version = str(file.get("version"))
    keys = _keys(file["keyring"]) if version == "4" and "keyring" in file else [file.get("crypto")]
    if len(keys) > 1:
        words = f"holds {len(keys)} keys of one account, {_SINGLE}"
        raise NotUsable(words, ACCOUNT_KEY_UPDATED)
    crypto = keys[0] if keys and isinstance(keys[0], Mapping) else {}
    reason = _unusable(file, version, len(keys)) or _broken(crypto)
    if reason:
        raise NotUsable(reason)
    address = file.get("address")
    known = isinstance(address, str) and is_address(address)  # some wallets leave it out
    return Encrypted(to_checksum_address(address) if known else None, int(version), crypto)


def decrypt(key: Encrypted, password: bytes) -> str:
    """Return the digits of the key. Raises WrongPassword and NotUsable; neither has seen the password."""
    try:
        plain = decode_keyfile_json({"version": 3, "crypto": dict(key.crypto)}, password)
    except (ArithmeticError, LookupError, MemoryError, NotImplementedError, TypeError, ValueError) as error:
        if str(error) == MISMATCH:
            raise WrongPassword from None
        msg = "is damaged, or encrypted in an unknown way; take another"
        raise NotUsable(msg) from None
    return plain.hex().rjust(2 * KEY_BYTES, "0")  # a key with zeros in front may be written without them


def _keys(ring: object) -> list[Any]:
    """Return the keys of a key ring: a list of keys, or of lists of keys by what they may sign."""
    found = ring if isinstance(ring, list) else []
    return [key for one in found for key in (one if isinstance(one, list) else [one])]


def _unusable(file: Mapping[str, Any], version: str, keys: int) -> str | None:
    """Return why no key of an account is in the file, or none that signs alone."""
    if "keyring" in file and version == "4":
        return None if keys else "has no key in its keyring; name the JSON file with the owner's key"
    if "encseed" in file:
        return "is a presale wallet; import it into a wallet, and export the key as version 3"
    if "crypto" not in file and "keyring" not in file:
        return "is not a keystore file; name the JSON file with the owner's key"
    if version == "4":
        return "holds a BLS key (EIP-2335), with which a validator signs, and no account's; name that of the owner"
    if version != "3":
        told = f"is of version {_word(version)}" if "version" in file else "has no version"
        return f"{told}, and those of version 3 and 4 can be read; export the key as one of them"
    return None


def _broken(crypto: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the part on one key. The library would take a wrong cipher for the right one."""
    if not crypto:
        return _damaged("its part on the key is empty")
    if (cipher := crypto.get("cipher")) != "aes-128-ctr":
        return f"is encrypted by the cipher {_word(cipher)}, and aes-128-ctr alone is known; export the key again"
    vector = crypto.get("cipherparams")
    if _length(vector.get("iv") if isinstance(vector, Mapping) else None) != 16:
        return _damaged("cipherparams.iv is not 16 bytes in hex")
    if not 0 < (length := _length(crypto.get("ciphertext"))) <= KEY_BYTES:
        return _damaged(f"ciphertext is {length} bytes in hex, and a key has {KEY_BYTES} or fewer")
    if _length(crypto.get("mac")) != 32:
        return _damaged("mac is not 32 bytes in hex")
    return _derivation(crypto.get("kdf"), crypto.get("kdfparams"))


def _derivation(kdf: object, params: object) -> str | None:
    """Return what is wrong with how the password becomes a key; more work than a wallet asks for would never end."""
    if kdf not in ("scrypt", "pbkdf2"):
        return f"derives its key by {_word(kdf)}, and scrypt and pbkdf2 alone are known; export the key again"
    if not isinstance(params, Mapping) or not _length(params.get("salt")):
        return _damaged("kdfparams.salt is not hex")
    names = ("dklen", "n", "r", "p") if kdf == "scrypt" else ("dklen", "c")
    numbers = [_number(params.get(name)) for name in names]
    if 0 in numbers:
        return _damaged(f"kdfparams.{names[numbers.index(0)]} is not a positive integer")
    if numbers[0] != 32:
        return _damaged("kdfparams.dklen is not 32")
    if kdf == "pbkdf2" and params.get("prf") != "hmac-sha256":
        return f"derives its key with {_word(params.get('prf'))}, and hmac-sha256 alone is known; export the key again"
    if kdf == "pbkdf2":
        return "asks for more rounds than any wallet does; export the key again" if numbers[1] > ROUNDS else None
    n, r, p = numbers[1:]
    if n & (n - 1) or n == 1:
        return _damaged("kdfparams.n is not a power of two")
    if 128 * n * r > MEMORY or 128 * n * r * p > 8 * MEMORY:
        return "asks for more memory or time by its kdfparams than any wallet does; export the key again"
    return None


def _number(value: object) -> int:
    """Return a whole number above 0; 0 for everything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _lowered(content: Mapping[Any, Any]) -> dict[str, Any]:
    """Return it with all keys in lower case: wallets differ in that."""
    return {
        str(key).lower(): _lowered(value) if isinstance(value, Mapping) else value for key, value in content.items()
    }


def _length(value: object) -> int:
    """Return the number of bytes in a text in hex; 0 where it is none."""
    found = _HEX.fullmatch(value) if isinstance(value, str) else None
    return len(found[2]) // 2 if found else 0


def _word(value: object) -> str:
    word = str(value)
    return word if re.fullmatch(r"[A-Za-z0-9-]{1,24}", word) else "(of another form)"


def _damaged(reason: str) -> str:
    return f"is damaged ({reason}); take another copy of it"
