"""Stand-ins of secrets: another text of the same form in the place of each, the same one wherever the secret is.

What is computed from a stand-in relates to it as what is computed from the secret relates to that. So a state in which
every secret has its stand-in is a state that could have been, and a preview on it shows what a real one shows.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator

from components.dynamic.secrets import ssh_key

MARK = "5eed1e55"
"""Begins every stand-in in hex. As a number it is in the range of secp256k1 keys."""
LONG = 8
"""Characters of a secret that is looked for inside of other texts; a shorter one may be there by chance."""

_HEX = re.compile(r"\s*(0x)?([0-9a-fA-F]{32,})\s*")
_PEM = "PRIVATE KEY-----"
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_FIRST = "b3BlbnNzaC1rZXktdjE"
"""Begins every private key in the format of OpenSSH, and so says nothing."""
_URL = re.compile(r"(https?|wss?)://\S+")


class StandIns:
    """All stand-ins of one state and its settings."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def add(self, secret: str) -> str:
        """Return the stand-in of a secret, which is made if it has none. Spellings of one key have the same."""
        if not secret.strip():
            return secret
        form = _form(secret)
        if form not in self._of:
            self._of[form] = _made(form, len(self._of) + 1)
        hex_ = _HEX.fullmatch(secret)
        self._texts[secret] = f"{hex_[1] or ''}{self._of[form]}" if hex_ else self._of[form]
        return self._texts[secret]

    @property
    def texts(self) -> dict[str, str]:
        """Return the stand-in by secret, as each was written."""
        return dict(self._texts)

    @property
    def digests(self) -> dict[str, str]:
        """Return the digests of stand-ins by those of their secrets: of files, and of user data as AWS tells it."""
        return {
            hash_(one.encode()).hexdigest(): hash_(other.encode()).hexdigest()
            for one, other in self._texts.items()
            for hash_ in (hashlib.sha256, hashlib.sha1)
        }

    def within(self, text: str) -> str:
        """Return a text with the stand-ins of all secrets that are parts of it."""
        for secret in sorted((one for one in self._texts if len(one) >= LONG), key=len, reverse=True):
            text = text.replace(secret, self._texts[secret])
        return text

    def left_in(self, text: str) -> list[str]:
        """Return the secrets that a text still has: as they are, in JSON, in base64, or a line of a key."""
        return [secret for secret in self._texts if any(part in text for part in _parts(secret))]


def _form(secret: str) -> str:
    hex_ = _HEX.fullmatch(secret)
    return hex_[2].lower() if hex_ else secret.strip()


def _made(form: str, number: int) -> str:
    if _HEX.fullmatch(form):
        return f"{MARK}{number:0{len(form) - len(MARK)}d}"
    if _PEM in form:
        return ssh_key.private_key(hashlib.sha256(f"stand-in {number}".encode()).hexdigest())
    return f"https://stand-in-{number}.invalid" if _URL.fullmatch(form) else f"stand-in {number}"


def _parts(secret: str) -> Iterator[str]:
    """Yield what gives a secret away."""
    if len(secret) < LONG:
        return
    if _PEM in secret:
        lines = (line.strip() for line in secret.replace("\\n", "\n").splitlines())
        yield from (line for line in lines if _BASE64.fullmatch(line) and not line.startswith(_FIRST))
    yield from {secret, json.dumps(secret)[1:-1], base64.b64encode(secret.encode()).decode()}
