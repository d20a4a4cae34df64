"""Root's rights for a login that is not root: by sudo, which must not ask for a password. Pure."""

import shlex
from pathlib import Path

RELAY = Path(__file__).with_name("relay.py")
"""Runs on the machine, with its python3."""
CONNECTED = "connected\n"
"""What the relay says when the socket has taken it."""


def as_root(command: str) -> str:
    """Return the command line that runs a command of the shell as root. It gets the standard input and the errors."""
    return shlex.join(["exec", "sudo", "-n", "--", "sh", "-c", command])


def relay_to(socket: str) -> str:
    """Return the command line that carries its standard input to a unix socket of root's, and back what comes there."""
    text = RELAY.read_text(encoding="utf-8")
    return shlex.join(["exec", "sudo", "-n", "--", "python3", "-c", text, socket])
