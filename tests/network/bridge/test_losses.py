"""The loss of one half of a pair: transfers and anchoring go on, and what comes back catches up."""

import pytest

from components.chain.errors import ChainError
from components.chain.nodes.journal import read_registration
from components.chain.peers.peers import peers
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import wait_for
from components.chain.transfers.requests import pending
from components.domain.kni import node_id
from tests.network.network import CHAINS, Network

COUNT = 10
DEADLINE = 120
"""Seconds for transfers while one of four SCNs is away: its every turn costs a round change of about 10 s."""


@pytest.mark.nightly
@pytest.mark.parametrize("lost", ["alpha-en", "scn-1"])
def test_a_lost_node_stops_nothing_and_catches_up(network: Network, lost: str) -> None:
    network.kill(lost)
    try:
        with pytest.raises(ChainError):
            Console(network.endpoints[lost])
        sent = [network.send(source, COUNT) for source in CHAINS]
        for transfers in sent:
            transfers.wait(DEADLINE)
        anchor = network.wait_for_anchor("beta", DEADLINE)
        print(f"without {lost}: beta anchored block {anchor.child_block}")
    finally:
        network.start(lost)
    _wait_until_back(network)
    network.wait_for_anchor("alpha", DEADLINE)
    _require_votes_of_alpha(network)


def _wait_until_back(network: Network) -> None:
    """Wait until both nodes of alpha are in sync, connected to one another, registered, and nothing is left to do."""
    pair = network.pairs["alpha"]

    def in_sync(chain: str, node: str) -> bool | str:
        head, own = network.head(chain), network.console(node).web3.eth.block_number
        return own >= head - 2 or f"{node} is at block {own} of {head}"

    def connected() -> bool | str:
        connected = peers(network.console(pair["scn"]["name"]), "subbridge")
        return connected == [node_id(pair["en"]["kni"])] or f"the main bridges of alpha are {connected}"

    def registered() -> bool | str:
        scn = network.console(pair["scn"]["name"])
        found = read_registration(scn, network.bridges["child"], network.bridges["parent"])
        return found.live or f"alpha has {found}"

    wait_for(lambda: in_sync("parent", pair["en"]["name"]), DEADLINE)
    wait_for(lambda: in_sync("child", pair["scn"]["name"]), DEADLINE)
    wait_for(connected, DEADLINE)
    wait_for(registered, DEADLINE)
    assert {source: pending(network.direction(source)) for source in CHAINS} == {"parent": 0, "child": 0}


def _require_votes_of_alpha(network: Network) -> None:
    """Send transfers both ways and require that alpha votes for them too, on the chain where they arrive."""
    for source, target in (("parent", "child"), ("child", "parent")):
        operator = network.pairs["alpha"][f"{target}Operator"]
        since = network.head(target)
        network.send(source, 2).wait(DEADLINE)

        def voted(target: str = target, operator: str = operator, since: int = since) -> int | str:
            return network.votes(target, operator, since) or f"alpha's operator sent nothing on the {target} chain"

        print(f"alpha is back: its {target} operator sent {wait_for(voted, DEADLINE)} votes")
