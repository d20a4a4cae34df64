"""What an existing node serves to other machines over HTTP and WebSocket, by its conf. Pure.

Whoever reaches `subbridge` or `mainbridge` controls the bridge, with `personal` the node's accounts, and with `admin`,
`debug` or `miner` the node. The confs of the packages serve some of them on all addresses.
"""

from collections.abc import Mapping
from ipaddress import ip_address

from components.domain.problems.nodes import APIS_EXPOSED, OWNER_EXPOSED
from components.domain.problems.problem import Message
from components.domain.roles import DRIVING_APIS

SERVERS = {"RPC": "HTTP", "WS": "WebSocket"}
KEYS = tuple(f"{server}_{what}" for server in SERVERS for what in ("ENABLE", "API", "ADDR"))
"""Keys of a conf that decide what is served where."""


def exposed(values: Mapping[str, str]) -> list[str]:
    """Return what is served on addresses other than loopback: `subbridge over HTTP on 0.0.0.0` and the like, sorted."""
    found = []
    for server, name in SERVERS.items():
        address = values.get(f"{server}_ADDR", "").strip()
        if values.get(f"{server}_ENABLE", "").strip() != "1" or _is_loopback(address):
            continue
        served = {one.strip().lower() for one in values.get(f"{server}_API", "").split(",")}
        found += [f"{api} over {name} on {address}" for api in DRIVING_APIS if api in served]
    return sorted(found)


def warning(found: list[str]) -> Message:
    """Return what to do about it, without the subject (the node)."""
    return APIS_EXPOSED(_advice(found))


def refusal(node: str, found: list[str]) -> Message:
    """Return why such a node cannot own a contract."""
    return OWNER_EXPOSED(
        f"{node}: {_advice(found)}. Its operator owns a bridge contract, so whoever reaches it could pass any vote: do "
        "that first, or have the contract owned by a key that no node holds"
    )


def _advice(found: list[str]) -> str:
    return (
        f"it serves {', '.join(found)}: whoever reaches that drives the node and the bridge. Take the API out of "
        "RPC_API and WS_API of its conf, or set RPC_ADDR and WS_ADDR to 127.0.0.1, and restart it; this program "
        "uses its IPC socket alone"
    )


def _is_loopback(address: str) -> bool:
    """Return whether others cannot reach it; without an address the node listens on loopback."""
    if address in ("", "localhost"):
        return True
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
