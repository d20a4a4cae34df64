"""Open a tunnel to the HTTP RPC of a node, and keep it open until Ctrl-C.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.rpc NODE

The RPC of a node listens on loopback of its machine, so the tunnel uses an SSH login there, through the bastion if
there is one. RPC_PORT is the port of the node (8551), LOCAL_PORT the port to open here (default: a free one). The keys
in the export stay in memory.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

import asyncssh

from components.chain.rpc.endpoint import Endpoint
from components.domain.ports import RPC_PORT
from components.domain.problems.operations.machines import (
    BAD_PORT,
    LOCAL_PORT_TAKEN,
    RPC_CLOSED,
    TUNNEL_LOST,
    UNKNOWN_NODE,
)
from components.domain.problems.problem import CodedError
from components.ssh import connection as ssh
from components.ssh.errors import SshError
from toolchain.ops.state import in_the_clear

KINDS = ("servicechain:RunningNode", "servicechain:AdoptedNode")
"""Resources with the login to a node's machine, by the end of their types."""
ANSWER_SECONDS = 10.0
LOOPBACK = "127.0.0.1"
_ASK = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'


class Refused(CodedError):
    """The tunnel cannot be opened; the message says why, and what to do."""


def endpoint_of(export: Mapping[str, Any], node: str) -> Endpoint:
    """Return the machine of a node, from an export of the state. Raises Refused."""
    resources = (export.get("deployment") or {}).get("resources") or ()
    known = {}
    for resource in resources:
        if str(resource["type"]).endswith(KINDS):
            held = in_the_clear(resource.get("outputs") or {}).get("node")
            if isinstance(held, Mapping):
                endpoint = Endpoint.model_validate(held)
                known[endpoint.node] = endpoint
    if node not in known:
        listed = ", ".join(sorted(known)) or "none: run make up first"
        if not node:
            raise Refused(UNKNOWN_NODE(f"no node given; use make rpc NODE=scn-1; the nodes are {listed}"))
        raise Refused(UNKNOWN_NODE(f"there is no node {node!r} in this stack; its nodes are {listed}"))
    return known[node]


def port_of(variable: str, default: int) -> int:
    """Return a port from an environment variable. Raises Refused."""
    text = os.environ.get(variable, "") or str(default)
    if not text.isascii() or not text.isdigit() or not 0 <= int(text[:6]) <= 65535:
        raise Refused(BAD_PORT(f"{variable} is {text!r}, which is not a port; use 1 to 65535"))
    return int(text)


async def tunnel(endpoint: Endpoint, remote: int, local: int) -> None:
    """Open the tunnel, print its URL, and wait until the connection is lost. Raises Refused and SshError."""
    link = await ssh.dial(endpoint.login)
    async with link:
        try:
            listener = await link.forward_local_port(LOOPBACK, local, LOOPBACK, remote)
        except OSError as error:
            words = f"port {local} of this computer cannot be opened ({error.strerror}); set another LOCAL_PORT"
            raise Refused(LOCAL_PORT_TAKEN(words)) from error
        url = f"http://{LOOPBACK}:{listener.get_port()}"
        chain = await _chain_id(endpoint, listener.get_port(), remote)
        print(f"{endpoint.node}, chain {chain}: {url}  (stop with Ctrl-C)", flush=True)
        await link.wait_closed()
    raise Refused(TUNNEL_LOST(f"{endpoint.node}: the connection to {endpoint.place} was lost; run this again"))


async def _chain_id(endpoint: Endpoint, port: int, remote: int) -> int:
    """Return the chain id, read through the tunnel, which proves that it works. Raises Refused."""
    head = "POST / HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(_ASK)}\r\n"
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(f"{head}\r\n".encode() + _ASK)
            answer = await reader.read()
            writer.close()
        return int(json.loads(answer.partition(b"\r\n\r\n")[2])["result"], 16)
    except (OSError, TimeoutError, ValueError, LookupError, TypeError) as error:
        words = (
            f"{endpoint.node}: no HTTP RPC answers on {LOOPBACK}:{remote} of {endpoint.host}: check that the node runs "
            "with RPC_ENABLE=1 in its conf; if its RPC_PORT is another one, use make rpc NODE="
            f"{endpoint.node} RPC_PORT=…"
        )
        raise Refused(RPC_CLOSED(words)) from error


def main(node: str = "") -> int:
    """Serve the stack whose export is on standard input."""
    try:
        endpoint = endpoint_of(json.load(sys.stdin), node)
        work = tunnel(endpoint, port_of("RPC_PORT", RPC_PORT), port_of("LOCAL_PORT", 0))
        asyncio.run_coroutine_threadsafe(work, ssh.loop()).result()
    except (Refused, SshError) as error:
        reason = str(error)
    except asyncssh.Error as error:
        reason = TUNNEL_LOST(f"{node}: the SSH connection failed: {error}")
    except KeyboardInterrupt:
        print()
        return 0
    print(f"error: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
