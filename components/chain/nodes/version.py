"""Whether a node runs the version of its package, and whether a restart would bring it.

A restart runs the program that is on the disk. If that is of another version than the package says, its archive has a
wrong name: a warning, and no reason for a restart, because each `up` would do it again, in vain.
"""

from contextlib import closing, suppress

from components.chain.errors import Unreachable
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.domain.problems.packages import PACKAGE_VERSION
from components.domain.problems.problem import Message
from components.domain.roles import PROGRAMS, Role
from components.domain.versions import version_in

TIMEOUT = 10.0
"""Seconds for a call, which is answered from memory."""
PROGRAM_TIMEOUT = 30.0
"""Seconds for the program on the disk to print its version; measured: 0.1."""


def other_version(wanted: str | None, told: str | None) -> str | None:
    """Return which other version a node or program tells than the one of its package.

    None if it is the same, or if one of the two is not known: then nothing can be said. Pure.
    """
    declared, found = version_in(wanted or ""), version_in(told or "")
    return found if declared and found and found != declared else None


def running_version(endpoint: Endpoint) -> str:
    """Return what a node tells of its version. Raises ChainError."""
    with closing(Console(endpoint)) as console:
        return str(console.call("web3_clientVersion", timeout=TIMEOUT))


def version_on_disk(endpoint: Endpoint, command: str | None) -> str | None:
    """Return what the program on the node's disk tells of its version; None where it cannot be asked.

    `command` has the program print it. The start of the node says why a program cannot run.
    """
    if command is None:
        return None
    with suppress(Unreachable):
        return run_on_host(endpoint, command, PROGRAM_TIMEOUT)
    return None


def misnamed(endpoint: Endpoint, role: Role, wanted: str | None, told: str | None) -> Message | None:
    """Return a warning if a node that runs what is on its disk tells another version than its package. Pure."""
    if (found := other_version(wanted, told)) is None:
        return None
    return PACKAGE_VERSION(
        f"{endpoint.node}: its program is {found}, and packages.{PROGRAMS[role]} says {wanted}; name the archive of "
        "the wanted version, or correct `version`"
    )
