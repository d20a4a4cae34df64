"""What it takes to log in to a machine."""

import shlex
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Optional

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Login(BaseModel):
    """One machine and the only way to log in to it. No error of this model shows a value: one of them is a key."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    host: str
    port: int = 22
    user: str = "root"
    private_key: str = Field(repr=False)
    """Of the user, in OpenSSH format."""
    sudo: bool = False
    """Whether commands and sockets belong to root, which the user becomes by sudo without a password."""
    host_key: str
    """The only public key that the machine may show: `ssh-ed25519 AAAA...`."""
    proxy: Optional["Login"] = None
    """A bastion for the connection; itself reached directly."""

    @field_validator("proxy")
    @classmethod
    def _is_reached_directly(cls, proxy: Optional["Login"]) -> Optional["Login"]:
        if proxy and proxy.proxy:
            msg = "a proxy has no proxy of its own"
            raise ValueError(msg)
        return proxy

    @property
    def place(self) -> str:
        """Return the address, for messages."""
        return f"{self.host}:{self.port}"


def fingerprint(public_key: str) -> str:
    """Return the fingerprint of a public key line, as `ssh-keygen -l` shows it: `SHA256:...`.

    Raises ValueError if it is not a public key line; the message does not show it.
    """
    try:
        blob = b64decode(public_key.split()[1], validate=True)
    except (IndexError, ValueError):
        msg = "this is not a public SSH key"
        raise ValueError(msg) from None
    return "SHA256:" + b64encode(sha256(blob).digest()).decode("ascii").rstrip("=")


RELAY = Path(__file__).with_name("relay.py")
"""Runs on the machine, with its python3."""


CONNECTED = "connected\n"
"""What the relay prints when the socket has accepted it."""


def as_root(command: str) -> str:
    """Return the command line that runs a shell command as root, with the same standard input and output."""
    return shlex.join(["exec", "sudo", "-n", "--", "sh", "-c", command])


def relay_to(socket: str) -> str:
    """Return the command line that connects its standard input and output to a unix socket of root."""
    text = RELAY.read_text(encoding="utf-8")
    return shlex.join(["exec", "sudo", "-n", "--", "python3", "-c", text, socket])
