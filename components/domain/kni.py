"""KNIs: addresses of nodes, as their consoles and static-nodes.json have them. Pure."""

from components.domain.ports import MAIN_BRIDGE_PORT

SCHEME = "kni"


def bridge_kni(public_key: str, address: str, port: int | str = MAIN_BRIDGE_PORT) -> str:
    """Return the KNI of an EN's main bridge: what `mainbridge_nodeInfo` prints, with the EN's address in it."""
    return f"{SCHEME}://{public_key}@{address}:{port}?discport=0"


def consensus_kni(public_key: str, address: str, port: int | str) -> str:
    """Return the KNI of a validator, for static-nodes.json (homi writes the same form)."""
    return f"{SCHEME}://{public_key}@{address}:{port}?discport=0&ntype=cn"


def place(kni: str) -> tuple[str, int]:
    """Return the host and the port in a KNI that was checked."""
    host, _, port = kni.partition("@")[2].partition("?")[0].rpartition(":")
    return host, int(port)


def node_id(kni: str) -> str:
    """Return the public key in a KNI (128 hex digits)."""
    return kni.removeprefix(f"{SCHEME}://").split("@", 1)[0]
