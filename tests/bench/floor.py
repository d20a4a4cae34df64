"""The floor of an up: the same nodes on the same machines, started by hand all at once, to the first child block."""

import time
from concurrent.futures import ThreadPoolExecutor

from components.chain.rpc.console import Console
from components.chain.rpc.waiting import wait_for
from components.kaia.daemon_commands import scripts
from tests.network.network import Network


def start_by_hand(network: Network) -> float:
    """Stop all nodes, wipe their chains, start them at once; return the seconds to the first child block."""
    nodes = list(network.endpoints)
    with ThreadPoolExecutor(len(nodes)) as pool:
        list(pool.map(lambda node: _wipe(network, node), nodes))
        begin = time.monotonic()
        list(pool.map(lambda node: network.run(node, f"{network.layout(node).current.daemon} start"), nodes))
        wait_for(lambda: _has_block(network), deadline=120, interval=0.05)
    return time.monotonic() - begin


def _wipe(network: Network, node: str) -> None:
    layout = network.layout(node)
    network.run(node, f"{layout.current.daemon} stop", timeout=90)
    network.run(
        node, f"rm -rf {layout.data}/klay/chaindata {layout.data}/klay/subbridgedata {layout.ipc} {layout.data}/*.rlp"
    )
    network.run(node, scripts(layout)["init"])


def _has_block(network: Network) -> bool | str:
    console = Console(network.endpoints["scn-3"])
    try:
        return console.web3.eth.block_number >= 1 or "no child block yet"
    finally:
        console.close()
