"""May a running node be stopped now? Not while another one on which the bridge or its chain depends is not healthy.

A node that is down itself waits for nothing, and one that is not healthy only for those that are down: two nodes that
need a restart to be healthy again would else wait for one another.
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
    """How a node is, and why in words, without its name."""

    level: Literal["healthy", "impaired", "down"]
    why: str = ""
    serves: bool = True
    """Whether it is connected to the other node of a pair."""


HEALTHY = Condition("healthy")


def condition(endpoint: Endpoint, role: Role) -> Condition:
    """Look whether a node answers, has the newest block, and is connected to the other node of its pair."""
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
    """Tell whether the other node of its pair is connected; None where it is in no pair."""
    if role not in BRIDGE_APIS:
        return None
    try:
        return bool(console.call(f"{BRIDGE_APIS[role]}_peers", timeout=ANSWER))
    except NodeError:  # no such API
        return None


def blocking_node(own: Condition, others: Mapping[str, Condition]) -> str | None:
    """Return which other node stands in the way of stopping one, and why, in words; None when none does. Pure."""
    if own.level == "down":
        return None
    matters = ("down",) if own.level == "impaired" else ("down", "impaired")
    found = [f"{name} is not healthy ({one.why})" for name, one in others.items() if one.level in matters]
    return found[0] if found else None


def missing_votes(seated: Iterable[str], alive: Iterable[str]) -> str | None:
    """Return in words that a chain would stop without one of its living validators, as others are missing. Pure.

    A chain that has all its validators may stop for the moment of a restart: that of one to three always does. One that
    stands still already loses nothing.
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
    """Return why a node must not be stopped now, in words; None when it may be."""
    own = condition(endpoint, role)
    if own.level == "down":
        return None
    for other, its in others:
        matters: Role = its if own.serves else "validator"  # without a pair the bridge loses nothing: its chain counts
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
