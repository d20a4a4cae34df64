"""What this program last restarted a node with, as a digest in a file beside the node's data.

After a run that failed, the state of the stack does not have it: the node may run the files of that run, or the former.
"""

import shlex
from contextlib import suppress
from pathlib import PurePosixPath

from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host

TIMEOUT = 30.0
"""Seconds to read a file over SSH."""


def marking(endpoint: Endpoint, command: str, runs: str) -> str:
    """Return the command that restarts a node, with the mark before it: if it fails, the node may run these files."""
    return f"echo {shlex.quote(runs)} >{_file(endpoint)} || exit\n{command}"


def last_mark(endpoint: Endpoint) -> str | None:
    """Return the digest that the node was last restarted with; None if it never was, or if that cannot be read."""
    with suppress(ChainError):
        return run_on_host(endpoint, f"cat {_file(endpoint)} 2>/dev/null || true", TIMEOUT).strip() or None
    return None


def _file(endpoint: Endpoint) -> str:
    return shlex.quote(str(PurePosixPath(endpoint.ipc).parent.with_name("restarted-with")))
