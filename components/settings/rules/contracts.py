"""Rules between the values of existing bridge contracts, and of the keys of their owners."""

from collections.abc import Iterator

from components.domain.networks import OTHER_SIDE, SIDES, Side
from components.domain.problems.problem import Message
from components.domain.problems.settings import (
    EQUAL_ADDRESSES,
    MISSING_KEY,
    OWNER_NODE,
    UNCLEAR_OWNER,
    UNKNOWN_NAME,
    UNNEEDED_KEY,
)
from components.settings.model import BridgeSettings
from components.settings.rules.sections import Sections, value_of
from components.settings.sentences import at, nearest

SAME_OWNER = EQUAL_ADDRESSES(
    "this is also the parent owner's key, so both contracts would get the same address, which the nodes refuse; use "
    "another key"
)


def problems(found: Sections) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    bridge = found.contracts
    if bridge is None:
        return
    existing = [chain for chain in SIDES if bridge.bridge_of(chain) is not None]
    if len(existing) == 1:
        missing = OTHER_SIDE[existing[0]]
        yield at(
            f"bridge.{missing}Bridge",
            MISSING_KEY(
                f"is missing; contracts are taken over in pairs, so write the address of the {missing} chain's too, or "
                f"remove bridge.{existing[0]}Bridge to have both deployed"
            ),
        )
    if bridge.parent_bridge and bridge.child_bridge and bridge.parent_bridge.lower() == bridge.child_bridge.lower():
        yield at(
            "bridge.childBridge",
            EQUAL_ADDRESSES(
                "this is also the parent chain's address, which the nodes refuse; write that of the contract on the "
                "child chain, or deploy one from another account or nonce"
            ),
        )
    yield from _keys(bridge, existing=bool(existing))
    for chain in SIDES:
        yield from _owner(bridge, chain, found.paired, existing=bool(existing))
    nodes = [chain for chain in SIDES if bridge.owner_node_of(chain) is not None]
    if nodes and bridge.other_operators == "remove":
        yield at(
            "bridge.otherOperators",
            OWNER_NODE(
                "a node's API cannot deregister an operator; write keep, or have the contract owned by a separate key "
                f"and write bridge.{nodes[0]}OwnerKey instead of bridge.{nodes[0]}OwnerNode"
            ),
        )
    if nodes and found.tokens:
        yield at(
            "tokens",
            OWNER_NODE(
                "the owner registers tokens, and a node's API cannot do that as the owner; have the contract owned by "
                f"a separate key and write bridge.{nodes[0]}OwnerKey instead of bridge.{nodes[0]}OwnerNode"
            ),
        )


def _keys(bridge: BridgeSettings, *, existing: bool) -> Iterator[Message]:
    for chain in SIDES:
        if value_of(bridge, f"{chain}OwnerKey") and value_of(bridge, f"{chain}Owner"):
            yield at(
                f"bridge.{chain}Owner",
                UNCLEAR_OWNER(
                    f"{chain}OwnerKey is given too; remove one of the two: the key, or the place where it is kept"
                ),
            )
    if existing:  # one account may own both contracts if they exist already
        return
    for key in ("OwnerKey", "Owner"):
        parent, child = (value_of(bridge, f"{chain}{key}") for chain in SIDES)
        if parent and parent == child:
            yield at(f"bridge.child{key}", SAME_OWNER)


def _owner(bridge: BridgeSettings, chain: Side, paired: list[str], *, existing: bool) -> Iterator[Message]:
    keys = [name for name in (f"{chain}OwnerKey", f"{chain}Owner") if value_of(bridge, name) is not None]
    node, where = bridge.owner_node_of(chain), f"bridge.{chain}OwnerNode"
    if existing and not keys and node is None:
        yield at(
            f"bridge.{chain}OwnerKey",
            UNCLEAR_OWNER(
                f"is missing; the contract on the {chain} chain already has an owner, so set the owner's key as a "
                f"secret, say where it is kept as bridge.{chain}Owner, or name the SCN whose operator owns it as "
                f"{where}"
            ),
        )
    if node is None:
        return
    if not existing:
        yield at(
            where,
            UNNEEDED_KEY(
                "the contracts are deployed with a key, and no node can own them; remove this key, or write "
                "bridge.parentBridge and bridge.childBridge for existing contracts"
            ),
        )
    if keys:
        yield at(
            where,
            UNCLEAR_OWNER(f"a contract has one owner, and bridge.{keys[0]} is given too; keep the one that owns it"),
        )
    if paired and node not in paired:
        yield at(
            where,
            UNKNOWN_NAME(f"{node!r} is not the SCN of a pair, and only those have operators; {nearest(node, paired)}"),
        )
