"""Whether two bridge contracts are counterparts of each other. Pure: what is judged is read in pairing.

A node accepts any two contracts as a pair. If they are not, transfers are lost: requests on a new contract are dropped
until there are as many as the other one has handled for somebody else, and requests of an earlier life of a chain are
paid a second time. Nonces alone can only show that two contracts do not belong together. So the request that a contract
handled last is looked for on the other chain too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from components.domain.networks import Side

CHAINS: tuple[Literal["child"], Literal["parent"]] = ("child", "parent")


@dataclass(frozen=True)
class Counts:
    """One direction over a pair of contracts."""

    source: Side
    requested: int
    """requestNonce of the contract on the source."""
    handled: int
    """lowerHandleNonce of the contract on the target: all requests before it are handled there."""
    known: bool | None = None
    """Whether the source holds the request that the target handled last; None where that is unknown."""

    @property
    def target(self) -> Side:
        """Return the chain where transfers arrive."""
        return "parent" if self.source == "child" else "child"

    def __str__(self) -> str:
        return (
            f"from the {self.source} chain to the {self.target} chain: {self.requested} requested on the {self.source} "
            f"chain, {self.handled} handled on the {self.target} chain"
        )


def faults(ways: Sequence[Counts], *, own: bool = False) -> list[str]:
    """Return why the contracts of these two directions are not counterparts; empty where they may be.

    `own`: whether both are of this stack, deployed for each other. Then requests on one of them alone are requests of
    this bridge, made before any SCN served it, which anybody can do. Neither contract has handled anything yet, so
    paying them out pays nothing twice on chains that are there. Of a contract that existed before, they may be requests
    that another bridge has to pay.
    """
    found = []
    for way in ways:
        if way.handled > way.requested:
            found.append(
                f"the contract on the {way.target} chain has handled {way.handled} requests, and the one on the "
                f"{way.source} chain has made {way.requested}"
            )
        elif way.handled and way.known is False:
            found.append(
                f"the request that the contract on the {way.target} chain handled last (number {way.handled - 1}) was "
                f"not made on the contract on the {way.source} chain"
            )
    used = {chain: any(_has_history(way, chain) for way in ways) for chain in CHAINS}
    if not found and not own and used["child"] != used["parent"]:
        one, other = CHAINS if used["child"] else CHAINS[::-1]
        found.append(
            f"the contract on the {one} chain has a history, and the one on the {other} chain has none: its requests "
            "are of another bridge, and would be paid out here"
        )
    return found


def numbers(ways: Sequence[Counts]) -> str:
    """Return both numbers of both directions."""
    return "; ".join(map(str, ways))


def _has_history(way: Counts, chain: str) -> bool:
    return bool(way.requested if way.source == chain else way.handled)
