"""What an SCN knows of bridge contracts: its journal, a file, and what it has in memory.

Methods are called by their JSON-RPC names. `subbridge_getBridgeInformation` is never asked, by no part of this program:
it overwrites the node's own counters with what it reads, and waits for the EN without a limit (UpdateInfo in
node/sc/bridge_manager.go). An SCN serves contracts that its journal marks as subscribed and that are in its memory: it
subscribes to them as soon as it has restored both, and tries again every 3 s while that fails (node/sc/subbridge.go).
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from components.chain.errors import ChainError, NotReady
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.waiting import wait_for
from components.domain.networks import SIDES, Side
from components.domain.problems.nodes import NOT_SUBSCRIBED, OTHER_COUNTERPART
from components.domain.problems.problem import Message

ANSWER = 5.0
"""Seconds for the answer whether a contract is in memory; for a contract on the parent chain the node asks its EN."""

SETTLE_SECONDS = 10.0
"""How long a registered pair may be not live before that counts: see `settled_registration`."""

_UNKNOWN = "bridge information does not exist"
"""What a node says of a contract that it does not have in memory (ErrNoBridgeInfo in node/sc/bridge_manager.go)."""


@dataclass(frozen=True)
class Registration:
    """How an SCN knows a pair of bridge contracts."""

    registered: bool
    live: bool
    """It serves them: they are marked as subscribed in the journal, whose mark alone shows nothing, and in memory."""


class OtherCounterpart(ChainError):
    """An SCN serves the child contract with another parent contract."""


def entry_of(journal: Iterable[Mapping[str, Any]], contracts: Mapping[Side, str]) -> Mapping[str, Any] | None:
    """Return what a journal (subbridge_listBridge) has of a pair of contracts; None without it. Pure."""

    def is_it(entry: Mapping[str, Any]) -> bool:
        return all(str(entry[f"{side}Address"]).lower() == contracts[side].lower() for side in SIDES)

    return next((one for one in journal if len(contracts) == len(SIDES) and is_it(one)), None)


def is_subscribed(entry: Mapping[str, Any] | None) -> bool:
    """Return whether an entry of a journal is marked as subscribed. Pure."""
    return bool(entry and entry.get("subscribed"))


def journal(console: Console) -> list[dict[str, Any]] | None:
    """Return what the journal lists, or None where the sub bridge is off: then the method does not exist."""
    try:
        return list(console.call("subbridge_listBridge", timeout=10) or [])
    except NodeError as error:
        if "does not exist" not in str(error):
            raise
        return None


def has_sub_bridge(console: Console) -> bool:
    """Return whether an SCN runs a sub bridge. After it has left its pair, it is off from the next restart on."""
    return journal(console) is not None


def has_registration(console: Console) -> bool:
    """Return whether the journal of an SCN lists any pair of bridge contracts."""
    return bool(journal(console))


def listed_pairs(console: Console) -> list[tuple[str, str]]:
    """Return the child and parent contract of each pair in the journal of an SCN; none where its sub bridge is off."""
    return [(str(one["childAddress"]), str(one["parentAddress"])) for one in journal(console) or ()]


def is_in_memory(console: Console, bridge: str) -> bool:
    """Return whether an SCN has a contract in memory, and not in its journal only. Raises ChainError."""
    try:
        console.call("subbridge_getRegisteredOperators", bridge, timeout=ANSWER)
    except NodeError as error:
        return _UNKNOWN not in str(error)  # without its EN it cannot tell who the operators on the parent chain are
    return True


def read_registration(console: Console, child: str, parent: str) -> Registration:
    """Read the journal and what is live of it. Raises OtherCounterpart.

    A node whose sub bridge is off, as that of an SCN that has left its pair, has none and does not know the method.
    """
    entries = journal(console) or ()
    entry = next((one for one in entries if str(one["childAddress"]).lower() == child.lower()), None)
    if entry is None:
        return Registration(registered=False, live=False)
    if str(entry["parentAddress"]).lower() != parent.lower():
        msg = (
            f"{console.node}: the child bridge {child} is registered with the parent bridge "
            f"{entry['parentAddress']}, not {parent}; deregister that pair first"
        )
        raise OtherCounterpart(OTHER_COUNTERPART(msg))
    live = is_subscribed(entry) and all(is_in_memory(console, one) for one in (child, parent))
    return Registration(registered=True, live=live)


def settled_registration(console: Console, child: str, parent: str) -> Registration:
    """Like read_registration, but what is registered has some seconds to become live.

    After a restart a node restores what is in its journal, which it tries every 3 s.
    """
    found = read_registration(console, child, parent)
    if found.live or not found.registered:
        return found
    with suppress(NotReady):
        wait_for(partial(is_live, console, child, parent), SETTLE_SECONDS)
    return read_registration(console, child, parent)


def is_live(console: Console, child: str, parent: str) -> bool | Message:
    """Return whether an SCN serves a pair of contracts, or a sentence that it does not. Raises OtherCounterpart."""
    if read_registration(console, child, parent).live:
        return True
    return NOT_SUBSCRIBED(f"{console.node}: the bridge pair {child} / {parent} is registered but not subscribed")
