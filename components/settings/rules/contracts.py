"""Rules between the values of bridge contracts that exist already. See rules.py."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.domain.networks import OTHER_SIDE, SIDES
from components.settings.sentences import at, nearest


def problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """Return a sentence for all values that do not go together. What is wrong in itself, the model tells."""
    bridge = _bridge(raw)
    given = [chain for chain in SIDES if bridge.get(f"{chain}Bridge") is not None]
    if len(given) == 1:
        missing = OTHER_SIDE[given[0]]
        yield at(
            f"bridge.{missing}Bridge",
            f"is missing; contracts are taken over in pairs, so write the address of the {missing} chain's too, or "
            f"take bridge.{given[0]}Bridge away to have both deployed",
        )
    if given == list(SIDES) and str(bridge["parentBridge"]).lower() == str(bridge["childBridge"]).lower():
        yield at(
            "bridge.childBridge",
            "it is the parent chain's address too, which the nodes refuse; write that of the contract on the child "
            "chain, or deploy one from another account or nonce",
        )
    for chain in SIDES:
        yield from _owner(raw, bridge, chain, adopted=bool(given))
    nodes = [chain for chain in SIDES if bridge.get(f"{chain}OwnerNode") is not None]
    if nodes and bridge.get("otherOperators") == "remove":
        yield at(
            "bridge.otherOperators",
            "a node's API has no call that takes a vote away; write keep, or have the contract owned by a key of its "
            f"own and write bridge.{nodes[0]}OwnerKey instead of bridge.{nodes[0]}OwnerNode",
        )
    if nodes and raw.get("tokens"):
        yield at(
            "tokens",
            "the owner registers tokens, and a node's API has no call that does it as the owner; have the contract "
            f"owned by a key of its own and write bridge.{nodes[0]}OwnerKey instead of bridge.{nodes[0]}OwnerNode",
        )


def adopted(raw: Mapping[str, Any]) -> bool:
    """Tell whether contracts that exist are to be taken over."""
    return any(_bridge(raw).get(f"{chain}Bridge") is not None for chain in SIDES)


def keeps_others(raw: Mapping[str, Any]) -> bool:
    """Tell whether operators that no pair owns keep their votes, so that more votes than pairs can come together."""
    return bool(_bridge(raw).get("otherOperators", "keep" if adopted(raw) else "remove") == "keep")


def _bridge(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    found = raw.get("bridge")
    return found if isinstance(found, Mapping) else {}


def _owner(raw: Mapping[str, Any], bridge: Mapping[str, Any], chain: str, *, adopted: bool) -> Iterator[str]:
    keys = [name for name in (f"{chain}OwnerKey", f"{chain}Owner") if bridge.get(name) is not None]
    node = bridge.get(f"{chain}OwnerNode")
    where = f"bridge.{chain}OwnerNode"
    if adopted and not keys and node is None:
        yield at(
            f"bridge.{chain}OwnerKey",
            f"is missing; the contract on the {chain} chain exists and has an owner already, so set the owner's key as "
            f"a secret, say where it is kept as bridge.{chain}Owner, or name the SCN whose operator owns it as {where}",
        )
    if node is None:
        return
    if not adopted:
        yield at(
            where,
            "the contracts are deployed by a key here, and no node is to own them; take it away, or write "
            "bridge.parentBridge and bridge.childBridge for contracts that exist",
        )
    if keys:
        yield at(where, f"a contract has one owner, and bridge.{keys[0]} is given too; keep the one that owns it")
    pairs = raw.get("pairs")
    paired = [pair.get("scn") for pair in pairs if isinstance(pair, Mapping)] if isinstance(pairs, Sequence) else []
    if isinstance(node, str) and paired and node not in paired:
        hint = nearest(node, [scn for scn in paired if isinstance(scn, str)])
        yield at(where, f"{node!r} is the SCN of no pair, and only those have operators; {hint}")
