"""How a node that exists already is doing, as it says itself, and who it is connected to over the bridge."""

from contextlib import closing, suppress

from components.chain.errors import ChainError
from components.chain.peers.peers import peers
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.domain.roles import BRIDGE_APIS, PairRole

_OFF = ("does not exist", "not available")
"""In the words of a node that lacks an API."""


def answers(node: Endpoint) -> bool:
    """Tell whether the node answers."""
    with suppress(ChainError), closing(Console(node)) as console:
        console.call("eth_chainId", timeout=10)
        return True
    return False


def bridge_is_on(node: Endpoint, role: PairRole) -> bool:
    """Tell whether a node that answers runs its main bridge or sub bridge. Raises Unreachable."""
    with closing(Console(node)) as console:
        try:
            console.call(f"{BRIDGE_APIS[role]}_nodeInfo", timeout=10)
        except NodeError as error:
            if not any(words in str(error) for words in _OFF):
                raise
            return False
    return True


def main_bridges_of(scn: Endpoint) -> list[str]:
    """Return the public keys of the main bridges that an SCN is connected to; none where it does not tell."""
    with suppress(ChainError), closing(Console(scn)) as console:
        return peers(console, "subbridge")
    return []
