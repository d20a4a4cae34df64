"""What two nodes compare before they talk: chain id, network id and first block. Nodes that differ never connect.

Neither says so where it can be asked for: at the other end there is a peer that comes and goes (networks/p2p,
basePeer.readStatus). So both are read by their consoles, and compared here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from components.chain.errors import NotReady
from components.chain.rpc.console import Console

TIMEOUT = 10.0
"""Seconds; all of it is answered from memory."""


@dataclass(frozen=True)
class ChainIdentity:
    """What a node says of its chain when it meets another one."""

    node: str
    chain_id: int
    network_id: int
    """NETWORK_ID of its conf."""
    first_block: str
    """Hash of the block that its genesis.json makes."""


def chain_identity(console: Console) -> ChainIdentity:
    """Read what a node says. Raises ChainError when it does not answer."""
    found = console.call("admin_nodeInfo", timeout=TIMEOUT).get("protocols", {}).get("istanbul")
    if not isinstance(found, dict):  # a word, while its server starts
        msg = f"{console.node}: it does not tell yet which chain it is of"
        raise NotReady(msg)
    return ChainIdentity(console.node, int(found["config"]["chainId"]), int(found["network"]), str(found["genesis"]))


def differences(one: ChainIdentity, other: ChainIdentity) -> list[str]:
    """Return for what reasons the two never connect, each with both values; nothing when they may."""
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
    """Return in a sentence why a node cannot connect to others; None when nothing of this keeps it from that."""
    found = [words for other in others for words in differences(one, other)]
    return f"{'; '.join(found)}; nodes that differ in one of these never connect" if found else None
