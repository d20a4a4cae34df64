"""What two nodes compare before they connect: chain id, network id and first block. Nodes that differ never connect.

Neither node reports this: the other end only sees a peer that comes and goes (networks/p2p, basePeer.readStatus). So
both are read from their consoles, and compared here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from components.chain.errors import NotReady
from components.chain.rpc.console import Console
from components.domain.forks import in_config
from components.domain.problems.chains import NODE_STARTING

TIMEOUT = 10.0
"""Seconds; answered from memory."""


@dataclass(frozen=True)
class ChainIdentity:
    """Which chain a node is on."""

    node: str
    chain_id: int
    network_id: int
    """NETWORK_ID of its conf."""
    first_block: str
    """Hash of the block that its genesis.json makes."""


def chain_identity(console: Console) -> ChainIdentity:
    """Read which chain a node is on. Raises ChainError when it does not answer."""
    found = _protocol(console)
    return ChainIdentity(console.node, int(found["config"]["chainId"]), int(found["network"]), str(found["genesis"]))


def forks_of(console: Console) -> dict[str, int]:
    """Read the first blocks of the forks in the chain config of a node. Raises ChainError when it does not answer."""
    return in_config(_protocol(console)["config"])


def _protocol(console: Console) -> dict[str, Any]:
    found = console.call("admin_nodeInfo", timeout=TIMEOUT).get("protocols", {}).get("istanbul")
    if not isinstance(found, dict):  # a word, while its server starts
        raise NotReady(NODE_STARTING(f"{console.node}: it does not report its chain yet"))
    return found


def differences(one: ChainIdentity, other: ChainIdentity) -> list[str]:
    """Return the reasons why the two never connect, each with both values; empty when they may."""
    compared = (
        ("chain id", one.chain_id, other.chain_id),
        ("network id (NETWORK_ID of the conf)", one.network_id, other.network_id),
        ("first block (what genesis.json makes)", one.first_block, other.first_block),
    )
    return [
        f"the {what} of {one.node} is {own}, and that of {other.node} is {theirs}"
        for what, own, theirs in compared
        if own != theirs
    ]


def why_incompatible(one: ChainIdentity, others: Iterable[ChainIdentity]) -> str | None:
    """Return why a node cannot connect to the others, or None if none of these reasons applies.

    It is part of another message, with the code of CHAINS_DIFFER.
    """
    found = [words for other in others for words in differences(one, other)]
    return f"{'; '.join(found)}; nodes that differ in one of these never connect" if found else None
