"""KNIs: addresses of nodes, as their consoles and static-nodes.json have them. Pure."""

from components.domain.ports import MAIN_BRIDGE_PORT


def bridge_kni(public_key: str, address: str) -> str:
    """Return the KNI of an EN's main bridge: what `mainbridge_nodeInfo` prints, with the EN's address in it."""
    return f"kni://{public_key}@{address}:{MAIN_BRIDGE_PORT}?discport=0"


def consensus_kni(public_key: str, address: str, port: int) -> str:
    """Return the KNI of a validator, for static-nodes.json (homi writes the same form)."""
    return f"kni://{public_key}@{address}:{port}?discport=0&ntype=cn"
