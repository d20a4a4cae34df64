"""Which SCN occupies the single slot of an EN's main bridge."""

from contextlib import closing

from components.chain.errors import ChainError
from components.chain.peers.peers import own_id
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.nodes import SLOT_TAKEN


class SlotTaken(ChainError):
    """An EN is connected to an SCN other than that of its pair."""


def require_free_slot(en: Endpoint, scn: Endpoint | str) -> None:
    """Raise SlotTaken when the EN is connected to another SCN than this one, a node or its public key.

    The other SCN keeps the slot as long as it runs, and this one would dial forever without a message.
    """
    with closing(Console(en)) as console:
        try:
            found = console.call("mainbridge_peers") or []
        except NodeError:  # its main bridge is off
            return
    if not found:
        return
    wanted = scn if isinstance(scn, str) else public_key(scn)
    name = "the SCN of its pair" if isinstance(scn, str) else scn.node
    for peer in found:
        if peer["id"] != wanted:
            msg = (
                f"{en.node}: it is connected to the SCN at {_address(peer)}, and an EN serves one SCN alone, so {name} "
                "would never get through; list that SCN in the pair instead, take the EN out of its main-bridges.json, "
                "or name another EN"
            )
            raise SlotTaken(SLOT_TAKEN(msg))


def public_key(node: Endpoint) -> str:
    """Return the public key that identifies a node among its peers. Raises ChainError."""
    with closing(Console(node)) as console:
        return own_id(console)


def _address(peer: dict[str, object]) -> str:
    networks = peer.get("networks")
    network = networks[0] if isinstance(networks, list) and networks else networks
    return str(network.get("remoteAddress")) if isinstance(network, dict) else "an unknown address"
