"""What a node that exists reports of itself: public key, KNI, operators, its half of a bridge, and who is connected."""

import re
from contextlib import closing, suppress

from eth_utils.address import to_checksum_address

from components.chain.errors import ChainError
from components.chain.nodes.registration import operators
from components.chain.peers.handshake import chain_identity
from components.chain.peers.peers import peers
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.domain.kni import SCHEME, bridge_kni, consensus_kni
from components.domain.problems.nodes import KNI_UNREADABLE
from components.domain.roles import BRIDGE_APIS, PairRole

_OFF = ("does not exist", "not available")
"""In the errors of a node that lacks an API."""

_KNI = re.compile(rf"{SCHEME}://(?P<key>[0-9a-f]{{128}})@\[?[^\]@]*\]?:(?P<port>[0-9]+)")


def read(node: Endpoint, role: PairRole, address: str, *, bridge: bool) -> dict[str, str]:
    """Return public_key, kni, network_id, parent_operator and child_operator; what the node does not have is empty.

    `address` stands in the KNI, as the node itself knows only the port. With `bridge` an EN's KNI is that of its main
    bridge, and an SCN has operators. Raises ChainError.
    """
    main_bridge = bridge and role == "en"
    with closing(Console(node)) as console:
        found = str(console.call("mainbridge_nodeInfo" if main_bridge else "admin_nodeInfo")["kni"])
        network_id = chain_identity(console).network_id
        parent, child = operators(console) if bridge and role == "scn" else ("", "")
    match = _KNI.match(found)
    if not match:
        msg = f"{node.node}: its KNI is {found}, which has no public key and port"
        raise ChainError(KNI_UNREADABLE(msg))
    kni = bridge_kni if main_bridge else consensus_kni
    return {
        "public_key": match["key"],
        "kni": kni(match["key"], address, match["port"]),
        "network_id": str(network_id),
        "parent_operator": parent and to_checksum_address(parent),
        "child_operator": child and to_checksum_address(child),
    }


def bridge_is_on(node: Endpoint, role: PairRole) -> bool:
    """Return whether a running node has its main bridge or sub bridge on. Raises Unreachable."""
    with closing(Console(node)) as console:
        try:
            console.call(f"{BRIDGE_APIS[role]}_nodeInfo", timeout=10)
        except NodeError as error:
            if not any(words in str(error) for words in _OFF):
                raise
            return False
    return True


def main_bridges_of(scn: Endpoint) -> list[str]:
    """Return the public keys of the main bridges that an SCN is connected to; empty where it does not answer."""
    with suppress(ChainError), closing(Console(scn)) as console:
        return peers(console, "subbridge")
    return []
