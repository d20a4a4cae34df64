"""A fault: what a drill breaks, where, and who is affected by it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["en", "scn", "pair", "group", "hung", "link", "disk", "hostile"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TITLES: Mapping[Kind, str] = {
    "en": "the EN is killed",
    "scn": "the SCN is killed",
    "pair": "both nodes of the pair are killed",
    "group": "all nodes of the group are killed",
    "hung": "the node hangs",
    "link": "the link between EN and SCN is cut",
    "disk": "the disk of the node is full",
    "hostile": "an operator votes for requests that nobody made",
}
"""What each fault is, in words."""


UNSEEN: frozenset[Kind] = frozenset({"hostile"})
"""Faults that the status need not show: all that is promised of them is that nothing is paid."""


@dataclass(frozen=True)
class Fault:
    """One fault."""

    kind: Kind
    subject: str
    """Name of the node, the pair or the group."""
    nodes: tuple[str, ...]
    """Nodes that do not work meanwhile, or that are changed."""
    pairs: tuple[str, ...]
    """Pairs that cannot vote meanwhile."""
    seats: tuple[str, ...] = ()
    """SCNs that do not take part in blocks meanwhile."""

    @property
    def name(self) -> str:
        """Return it as in messages and reports."""
        return f"{self.kind} {self.subject}"
