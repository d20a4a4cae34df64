"""SSH keys in the configuration: private keys in any format that ssh accepts, and pinned host keys. Pure.

No message shows any part of a private key.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, SecretStr

from components.domain.problems.problem import Message
from components.domain.problems.settings import SSH_KEY_KIND, SSH_KEY_TEXT, WRONG_HOST_KEY
from components.settings.values.types import json_schema, secret, shown

MIN_RSA_BITS = 1024
"""sshd accepts no shorter key (RequiredRSASize)."""

_BLOCK = re.compile(r"-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----(.*?)-----END \1-----", re.DOTALL)
_OPENSSH = "OPENSSH PRIVATE KEY"
_MAGIC = b"openssh-key-v1\0"
_PUBLIC = re.compile(r"((ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+) AAAA")
_HOW = "`pulumi config set --secret --path servicechain-ha:existing.privateKey < FILE`"
_NEW = "`ssh-keygen -t ed25519 -N '' -f FILE`"
_CURVES = {"secp256r1", "secp384r1", "secp521r1"}
_HOST_KEYS = {
    "ssh-ed25519": 51,
    "ecdsa-sha2-nistp256": 104,
    "ecdsa-sha2-nistp384": 136,
    "ecdsa-sha2-nistp521": 172,
    "ssh-rsa": 0,
}
"""Kinds of host keys, and how many bytes each has; 0 for RSA, where that differs."""
_RSA = re.compile(r"AAAAB3NzaC1yc2E[A-Za-z0-9+/]{300,}={0,2}")


def _private_key(value: Any) -> SecretStr:
    """Return a private key with its original line breaks, even if they were lost on the way here."""
    text = _cleaned(value) if isinstance(value, str) else ""
    blocks = list(_BLOCK.finditer(text))
    if len(blocks) != 1:
        raise ValueError(_no_key(text, len(blocks)))
    label, body = blocks[0].groups()
    words = body.split()
    problem = _protected(label, words) or _fido(label, words)
    key = "\n".join([f"-----BEGIN {label}-----", *words, f"-----END {label}-----", ""])
    problem = problem or _unusable(label, key)
    if problem:
        raise ValueError(problem)
    return SecretStr(key)


def _cleaned(text: str) -> str:
    """Return a text without a byte order mark, and with real line breaks instead of escaped ones."""
    return text.removeprefix("\ufeff").replace("\\r", "").replace("\\n", "\n").strip()


def _no_key(text: str, blocks: int) -> Message:
    if blocks:
        return SSH_KEY_TEXT(f"these are {blocks} private keys; store one, that of the login user")
    if "BEGIN SSH2 ENCRYPTED PRIVATE KEY" in text:
        return SSH_KEY_KIND(
            "this private key has the ssh.com format, which OpenSSH does not accept either; make a new one: " + _NEW
        )
    if text.startswith("PuTTY-User-Key-File"):
        return SSH_KEY_TEXT(
            "this is a PuTTY key; convert it with `puttygen FILE -O private-openssh -o NEWFILE`, and store that: "
            + _HOW
        )
    if "-cert-v01@openssh.com" in text[:80]:
        return SSH_KEY_TEXT(f"this is a certificate, which is public; store its private key: {_HOW}")
    if _PUBLIC.match(text):
        return SSH_KEY_TEXT(f"this is a public key; store the private key, the file of that name without .pub: {_HOW}")
    if "PRIVATE KEY-----" in text:
        return SSH_KEY_TEXT(f"this private key is cut off; store all of it, from its first line to its last: {_HOW}")
    if re.fullmatch(r"[~./][^\n]{0,200}", text):
        return SSH_KEY_TEXT(f"this is a path, not the key itself; store the key with {_HOW}")
    return SSH_KEY_TEXT(f"this is not an SSH private key; store one, from its first line to its last, with {_HOW}")


def _protected(label: str, words: list[str]) -> Message | None:
    """Return a message for a key that has a passphrase."""
    found = "ENCRYPTED" in label or "Proc-Type:" in words
    if label == _OPENSSH:
        cipher = next(_fields(_decoded("".join(words)).removeprefix(_MAGIC)), b"none")
        found = cipher != b"none"
    if not found:
        return None
    return SSH_KEY_KIND(
        "this private key has a passphrase, and the program cannot ask for it; make a key without one for this "
        f"program only, with {_NEW}, or remove the passphrase from a copy with `ssh-keygen -p -N '' -f COPY`"
    )


def _fido(label: str, words: list[str]) -> Message | None:
    """Return a message for a key on a security key: its file holds only a handle."""
    if label != _OPENSSH:
        return None
    fields = list(_fields(_decoded("".join(words)).removeprefix(_MAGIC)[:400], skip_number_after=3))
    kind = next(_fields(fields[3]), b"") if len(fields) > 3 else b""
    if not kind.startswith(b"sk-"):
        return None
    return SSH_KEY_KIND(
        "this key is on a security key (FIDO), which has to be plugged in and touched at each login, but the program "
        f"logs in unattended; make a key for it with {_NEW}"
    )


def _unusable(label: str, key: str) -> Message | None:
    """Return why the key cannot be used; None if it can."""
    from cryptography.exceptions import UnsupportedAlgorithm  # imported where there is a key: it is slow
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    load = serialization.load_ssh_private_key if label == _OPENSSH else serialization.load_pem_private_key
    try:
        found = load(key.encode(), None)
    except UnsupportedAlgorithm:
        return SSH_KEY_KIND(f"this kind of private key is not known; make a new one: {_NEW}")
    except (ValueError, TypeError, OverflowError):
        return SSH_KEY_TEXT("this private key is damaged; store it again, from its first line to its last: " + _HOW)
    if isinstance(found, rsa.RSAPrivateKey) and found.key_size < MIN_RSA_BITS:
        return SSH_KEY_KIND(
            f"this RSA key has {found.key_size} bits, which sshd does not accept; make a new one: {_NEW}"
        )
    if isinstance(found, ec.EllipticCurvePrivateKey) and found.curve.name not in _CURVES:
        return SSH_KEY_KIND(
            f"this key is on the curve {found.curve.name}, which SSH does not know; make a new one: {_NEW}"
        )
    if not isinstance(found, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        return SSH_KEY_KIND(f"sshd no longer accepts this kind of key; make a new one: {_NEW}")
    return None


def _host_key(value: Any) -> str:
    """Return a host key as `kind base64`, from a line of a .pub file, of known_hosts, or of ssh-keyscan."""
    text = _cleaned(value) if isinstance(value, str) else ""
    words = text.split() if "\n" not in text else []
    place = next((index for index, word in enumerate(words[:3]) if word in _HOST_KEYS), None)
    if problem := _other_key(text, words):
        raise ValueError(problem)
    if place is None or len(words) < place + 2:
        raise ValueError(WRONG_HOST_KEY(f"{shown(value)} is not a host key; write for example ssh-ed25519 AAAA..."))
    kind, blob = words[place : place + 2]
    if not _is_host_key(kind, blob):
        raise ValueError(
            WRONG_HOST_KEY(
                "this line is cut off or damaged, and is not a host key; write for example ssh-ed25519 AAAA..."
            )
        )
    return f"{kind} {blob}"


def _other_key(text: str, words: list[str]) -> Message | None:
    if "PRIVATE KEY" in text:
        return WRONG_HOST_KEY(
            "this is a private key, which must not leave its machine; write the public one: ssh-ed25519 AAAA..."
        )
    if words and words[0].startswith("@"):
        return WRONG_HOST_KEY(f"{words[0]} does not mark a machine's key; write the machine's own: ssh-ed25519 AAAA...")
    if re.fullmatch(r"(SHA256|MD5):\S+", text):
        return WRONG_HOST_KEY(
            f"{shown(text)} is a fingerprint; write the key itself, as in the machine's ssh_host_ed25519_key.pub"
        )
    other = _PUBLIC.match(text)
    if other and other[1] not in _HOST_KEYS:
        return WRONG_HOST_KEY(
            f"a key of the kind {other[1]} cannot be pinned; write one of another kind, such as ssh-ed25519 AAAA..."
        )
    return None


def _is_host_key(kind: str, blob: str) -> bool:
    if kind == "ssh-rsa":
        return bool(_RSA.fullmatch(blob))
    content = _decoded(blob)
    return next(_fields(content), b"") == kind.encode() and len(content) == _HOST_KEYS[kind]


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def _fields(content: bytes, skip_number_after: int = -1) -> Iterator[bytes]:
    """Return the fields of a binary form of SSH: four bytes of length, and so many of content."""
    count = 0
    while len(content) >= 4:
        if count == skip_number_after:
            content = content[4:]
        length = int.from_bytes(content[:4])
        if length > len(content) - 4:
            return
        yield content[4 : 4 + length]
        content = content[4 + length :]
        count += 1


PrivateKey = Annotated[SecretStr, BeforeValidator(_private_key), secret("SSH private key")]
HostKey = Annotated[
    str, BeforeValidator(_host_key), json_schema("string", "SSH host key", minLength=1, examples=["ssh-ed25519 AAAA…"])
]
