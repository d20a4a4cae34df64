"""Settings of a network whose chains have forks, and what its nodes know of them."""

from collections.abc import Mapping
from typing import Any

from components.domain.forks import Blocks
from tests.network.network import Network
from tests.stack import Settings, settings

ENDS = {"parentChain": ("alpha-en", "beta-en", "parent"), "serviceChain": ("scn-1", "scn-2", "scn-3", "scn-4")}
"""The nodes of each chain, by the section of its settings."""
HASHES_ONLY = False
"""Second argument of getBlockByNumber."""
FORKS = ("shanghai", "cancun", "kaia")
FAR: Mapping[str, Blocks] = {
    "parentChain": {"cancun": 1_000_000},
    "serviceChain": {"shanghai": 1_000_000, "cancun": 1_000_000},
}
"""Forks with which the chains begin."""


def with_forks(forks: Mapping[str, Blocks], beta: Mapping[str, Any] | None = None, **changed: Any) -> Settings:
    """Return the settings with these forks, by section. `beta`: packages of that pair alone."""
    base = settings(**changed)
    pairs = [{**pair, "packages": beta} if beta and pair["name"] == "beta" else pair for pair in base["pairs"]]
    return {**base, "pairs": pairs, **{chain: {**base[chain], "forks": dict(forks[chain])} for chain in forks}}


def forks_of(network: Network, node: str) -> dict[str, int]:
    """Return the forks in the chain config of a running node that are not in effect from the first block."""
    config = network.console(node).call("admin_nodeInfo")["protocols"]["istanbul"]["config"]
    blocks = {key.removesuffix("CompatibleBlock"): value for key, value in config.items()}
    return {name: block for name, block in blocks.items() if name in FORKS and block}


def hash_of(network: Network, node: str, number: int) -> str:
    """Return the hash of a block on a node."""
    return str(network.console(node).call("eth_getBlockByNumber", hex(number), HASHES_ONLY)["hash"])


def hashes(network: Network, chain: str, number: int) -> dict[str, str]:
    """Return the hash of a block on each node of a chain."""
    return {node: hash_of(network, node, number) for node in ENDS[chain]}


def has_passed(network: Network, node: str, block: int) -> bool | str:
    """Return whether a node has a later block than that one, or in words that it has not."""
    head = network.console(node).web3.eth.block_number
    return head > block or f"{node}: it is at block {head}, not after {block}"
