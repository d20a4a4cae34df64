"""Who a node that exists already is: its public key, its KNI, and an SCN's operators."""

import re
from contextlib import closing

from eth_utils.address import to_checksum_address

from components.chain.errors import ChainError
from components.chain.nodes.registration import operators
from components.chain.peers.handshake import greeting
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.domain.roles import PairRole

_KNI = re.compile(r"kni://(?P<key>[0-9a-f]{128})@\[?[^\]@]*\]?:(?P<port>[0-9]+)")


def read(node: Endpoint, role: PairRole, address: str, *, bridge: bool) -> dict[str, str]:
    """Return public_key, kni, network_id, parent_operator and child_operator; what the node does not have is empty.

    `address` stands in the KNI, as the node itself knows only the port. With `bridge` an EN's KNI is that of its main
    bridge, and an SCN has operators. Raises ChainError.
    """
    main_bridge = bridge and role == "en"
    with closing(Console(node)) as console:
        found = str(console.call("mainbridge_nodeInfo" if main_bridge else "admin_nodeInfo")["kni"])
        network_id = greeting(console).network_id
        parent, child = operators(console) if bridge and role == "scn" else ("", "")
    match = _KNI.match(found)
    if not match:
        msg = f"{node.node}: it says that its KNI is {found}, in which there is no public key and port"
        raise ChainError(msg)
    end = "?discport=0" if main_bridge else "?discport=0&ntype=cn"
    return {
        "public_key": match["key"],
        "kni": f"kni://{match['key']}@{address}:{match['port']}{end}",
        "network_id": str(network_id),
        "parent_operator": parent and to_checksum_address(parent),
        "child_operator": child and to_checksum_address(child),
    }
