"""Whether a node runs the version of its package, and whether a restart would bring it.

A restart runs the program that is on the disk. So a node is not restarted for a version that is not there: each `up`
would do it again, in vain.
"""

from contextlib import closing, suppress

from components.chain.errors import NotReady, Unreachable
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.domain.problems.packages import PACKAGE_VERSION
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


def require_on_disk(endpoint: Endpoint, role: Role, command: str | None, wanted: str | None) -> None:
    """Raise NotReady if the program on the node's disk is of another version than its package.

    `command` has the program print its version. Nothing is said where it cannot: the start of the node says why.
    """
    if command is None:
        return
    told = None
    with suppress(Unreachable):
        told = run_on_host(endpoint, command, PROGRAM_TIMEOUT)
    if found := other_version(wanted, told):
        raise NotReady(
            PACKAGE_VERSION(
                f"{endpoint.node}: not restarted: the program on its disk is {found}, and packages.{PROGRAMS[role]} "
                f"says {wanted}; name the archive of the wanted version, or correct `version`"
            )
        )


def require_running(endpoint: Endpoint, role: Role, told: str, wanted: str | None) -> None:
    """Raise NotReady if a node runs another version than its package, after all that a restart can do."""
    if found := other_version(wanted, told):
        raise NotReady(
            PACKAGE_VERSION(
                f"{endpoint.node}: it runs {found}, and packages.{PROGRAMS[role]} says {wanted}; name the archive of "
                "the wanted version, or correct `version`"
            )
        )
