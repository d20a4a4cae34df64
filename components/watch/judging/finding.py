"""A finding: something that is wrong with a live bridge."""

from dataclasses import dataclass
from typing import Literal

from components.domain.networks import Side
from components.domain.problems.problem import Message

Level = Literal["healthy", "degraded", "stopped"]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong."""

    level: Level
    subject: str
    """Name of a node or a pair; a chain (`parent chain`); or a direction (`child to parent`)."""
    message: Message
    disables: bool = False
    """Whether the pair that it is about, or that its node is in, cannot vote."""
    drift: bool = False
    """Whether somebody else has changed it, in a contract or in the console of a node: a refresh finds it, and an up
    alone does not, because that compares with its state only."""


def way(source: Side) -> str:
    """Return the name of the direction that begins on a chain."""
    return "child to parent" if source == "child" else "parent to child"
