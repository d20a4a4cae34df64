"""The format of an exported stack, as `pulumi stack export` writes it, and its secrets, as a passphrase keeps them."""

import base64
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""By which Pulumi marks a value that is none of JSON's kinds, and that one is a secret."""
ITERATIONS = 1_000_000
KEY_BYTES, SALT_BYTES, NONCE_BYTES = 32, 8, 12
KNOWN = b"pulumi"
"""Encrypted beside the salt, so that a wrong passphrase is noticed."""


class Passphrase:
    """Encrypts and decrypts the secrets of one stack."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        self._salt = salt
        self._cipher = AESGCM(_key(passphrase, salt))

    @classmethod
    def of(cls, passphrase: str, state: str) -> "Passphrase":
        """Return what decrypts a stack with this state of its secrets provider. Raises InvalidTag."""
        version, salt, known = state.split(":", 2)
        assert version == "v1"
        found = cls(passphrase, base64.b64decode(salt))
        assert found.decrypt(known) == KNOWN.decode()
        return found

    @property
    def state(self) -> str:
        """Return the salt, as the secrets provider of a stack holds it."""
        return f"v1:{base64.b64encode(self._salt).decode()}:{self.encrypt(KNOWN.decode())}"

    def encrypt(self, text: str) -> str:
        """Return a text as Pulumi writes it down."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), None)
        return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, text: str) -> str:
        """Return the text. Raises InvalidTag."""
        version, nonce, sealed = text.split(":")
        assert version == "v1"
        return self._cipher.decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()


@cache
def _key(passphrase: str, salt: bytes) -> bytes:
    return PBKDF2HMAC(SHA256(), KEY_BYTES, salt, ITERATIONS).derive(passphrase.encode())


@dataclass(frozen=True)
class Held:
    """One resource in the state of a stack, with its secrets in the clear."""

    urn: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def type(self) -> str:
        """Return its own type, without those of its parents."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """Return its name."""
        return self.urn.partition("::")[2].split("::", 2)[2]


def write(path: Path, resources: list[dict[str, Any]], passphrase: str) -> None:
    """Write resources as an exported stack. Secrets in them are marked as `_sealed` expects it."""
    secrets = Passphrase(passphrase, os.urandom(SALT_BYTES))
    deployment = {
        "manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""},
        "secrets_providers": {"type": "passphrase", "state": {"salt": secrets.state}},
        "resources": _sealed(resources, secrets.encrypt),
        "metadata": {},
    }
    path.write_text(json.dumps({"version": 3, "deployment": deployment}, indent=1, sort_keys=True) + "\n")


def read(path: Path, passphrase: str) -> list[Held]:
    """Return the resources of an exported stack."""
    deployment = json.loads(path.read_text())["deployment"]
    secrets = Passphrase.of(passphrase, deployment["secrets_providers"]["state"]["salt"])
    return [
        Held(
            one["urn"],
            one.get("id", ""),
            opened(one.get("inputs", {}), secrets),
            opened(one.get("outputs", {}), secrets),
        )
        for one in deployment["resources"]
    ]


def secret(value: Any) -> dict[str, Any]:
    """Mark a value as a secret that is yet to be encrypted."""
    return {SIGNATURE: SECRET, "value": value}


def _sealed(value: Any, encrypt: Callable[[str], str]) -> Any:
    """Return a value with its secrets encrypted. One inside another is only marked: it is encrypted with the other."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            text = json.dumps(_sealed(value["value"], str), sort_keys=True)
            return {SIGNATURE: SECRET, "ciphertext": encrypt(text)}
        return {key: _sealed(inner, encrypt) for key, inner in value.items()}
    return [_sealed(inner, encrypt) for inner in value] if isinstance(value, list) else value


def marked(value: Any, decrypt: Callable[[str], str]) -> Any:
    """Return a value with all secrets in it in the clear, marked as `secret` does it."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return secret(marked(json.loads(decrypt(value["ciphertext"])), str))
        return {key: marked(inner, decrypt) for key, inner in value.items()}
    return [marked(inner, decrypt) for inner in value] if isinstance(value, list) else value


def bare(value: Any) -> Any:
    """Return a value without its marks of secrets."""
    if isinstance(value, dict):
        return bare(value["value"]) if value.get(SIGNATURE) == SECRET else {k: bare(v) for k, v in value.items()}
    return [bare(inner) for inner in value] if isinstance(value, list) else value


def opened(value: Any, secrets: Passphrase) -> Any:
    """Return a value with all secrets in it in the clear."""
    return bare(marked(value, secrets.decrypt))
