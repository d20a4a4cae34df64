"""Whether a running node may be stopped now: not while one that the bridge or its chain depends on is not healthy.

A node that is down waits for nothing, and one that is not healthy waits only for nodes that are down: otherwise two
nodes that need a restart to become healthy would wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from components.chain.errors import ChainError
from components.chain.peers.seats import council, living, node_address
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.head import NEAR_BLOCKS, behind
from components.domain.quorum import quorum
from components.domain.roles import BRIDGE_APIS, Role

ANSWER = 10.0
"""Seconds for a call: all are answered from memory."""


@dataclass(frozen=True)
class Condition:
    """State of a node, and why, without its name."""

    level: Literal["healthy", "impaired", "down"]
    why: str = ""
    serves: bool = True
    """Whether it is connected to the other node of a pair."""


HEALTHY = Condition("healthy")


def condition(endpoint: Endpoint, role: Role) -> Condition:
    """Check whether a node answers, has the newest block, and is connected to the other node of its pair."""
    try:
        console = Console(endpoint)
    except ChainError as error:
        return Condition("down", _words(endpoint, error))
    with closing(console):
        try:
            console.call("eth_chainId", timeout=ANSWER)
        except ChainError as error:
            return Condition("down", _words(endpoint, error))
        connected = None
        try:
            connected = _connected(console, role)
            alone = "the other node of its pair is not connected" if connected is False else None
            lack = behind(console, NEAR_BLOCKS) or alone
        except ChainError as error:
            lack = str(error)
    serves = connected is True
    if lack:
        return Condition("impaired", lack.removeprefix(f"{endpoint.node}: "), serves)
    return Condition("healthy", serves=serves)


def _connected(console: Console, role: Role) -> bool | None:
    """Return whether the other node of its pair is connected; None where it is in no pair."""
    if role not in BRIDGE_APIS:
        return None
    try:
        return bool(console.call(f"{BRIDGE_APIS[role]}_peers", timeout=ANSWER))
    except NodeError:  # no such API
        return None


def blocking_node(own: Condition, others: Mapping[str, Condition]) -> str | None:
    """Return which other node prevents that one is stopped, and why; None if none does. Pure."""
    if own.level == "down":
        return None
    matters = ("down",) if own.level == "impaired" else ("down", "impaired")
    found = [f"{name} is not healthy ({one.why})" for name, one in others.items() if one.level in matters]
    return found[0] if found else None


def missing_votes(seated: Iterable[str], alive: Iterable[str]) -> str | None:
    """Return that a chain would halt without one of its running validators; None if not. Pure.

    A chain with all its validators may halt for the moment of a restart: with one to three it always does. A chain that
    is halted already loses nothing.
    """
    seats = set(seated)
    running, needed = len(seats & set(alive)), quorum(len(seats))
    if running == len(seats) or running < needed or running - 1 >= needed:
        return None
    absent = ", ".join(sorted(seats - set(alive)))
    return (
        f"without it {running - 1} of {len(seats)} validators would run, and the chain needs {needed}: {absent} "
        "is not connected"
    )


def blocker(endpoint: Endpoint, role: Role, others: Sequence[tuple[Endpoint, Role]]) -> str | None:
    """Return why a node must not be stopped now; None when it may be."""
    own = condition(endpoint, role)
    if own.level == "down":
        return None
    for other, its in others:
        matters: Role = its if own.serves else "validator"  # one without a pair is only needed by its chain
        if words := blocking_node(own, {other.node: condition(other, matters)}):
            return words
    return None if role == "en" else _votes(endpoint)


def _votes(endpoint: Endpoint) -> str | None:
    try:
        with closing(Console(endpoint)) as console:
            seats = council(console)
            return missing_votes(seats, living(console)) if node_address(console) in seats else None
    except ChainError as error:
        return _words(endpoint, error)


def _words(endpoint: Endpoint, error: ChainError) -> str:
    return str(error).removeprefix(f"{endpoint.node}: ")
