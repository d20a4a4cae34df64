"""Does a port of one machine answer another machine? It is tried from there, and not from the machine of Pulumi."""

import shlex

from components.chain.endpoint import Endpoint
from components.chain.errors import HostUnreachable, Unreachable
from components.chain.tunnel import run_on_host

SECONDS = 5
"""For a connection; one that takes longer has met a firewall that answers nothing."""


def place_of(kni: str) -> tuple[str, int]:
    """Return the host and the port in a KNI."""
    host, _, port = kni.partition("@")[2].partition("?")[0].rpartition(":")
    return host, int(port)


def unreached(source: Endpoint, kni: str) -> str | None:
    """Return why the machine of a node cannot connect to where a KNI points, in a sentence; None when it can.

    Raises HostUnreachable when that machine cannot be asked.
    """
    host, port = place_of(kni)
    script = shlex.quote(f"exec 3<>/dev/tcp/{host}/{port}")  # bash is there: the packages' scripts are written in it
    try:
        run_on_host(source, f"timeout {SECONDS} bash -c {script}", timeout=SECONDS + 10)
    except HostUnreachable:
        raise
    except Unreachable:
        return f"the machine of {source.node} cannot connect to {host}:{port} (tried for {SECONDS} s)"
    return None
