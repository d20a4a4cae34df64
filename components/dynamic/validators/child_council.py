"""ChildCouncil: validators of the child chain that are not in the settings, read in every preview and up.

A validator without a node counts for the quorum: the chain survives fewer losses than the number of SCNs suggests. The
state knows no such validator, so `check` reads the chain, and writes what it finds into an input, which causes the
update.
"""

import os
import sys
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import Resource

from components.domain.problems.chains import CHAIN_UNREADABLE, FOREIGN_VALIDATOR, SEAT_WITHOUT_NODE
from components.domain.problems.problem import Message
from components.domain.seed import WITHOUT_SEED
from components.dynamic.base import Props, tell
from components.dynamic.chain_resource import ChainPlace, ChainProvider

if TYPE_CHECKING:
    from components.chain.peers.seats import Seats
    from components.chain.rpc.console import Console


class ChildCouncilInputs(ChainPlace):
    """The SCNs of the settings. The provider adds what it reads from the chain."""

    made: tuple[str, ...]
    """Addresses of SCNs that the program creates: it may have voted them in."""
    found: tuple[str, ...] = ()
    """Public keys of existing SCNs. If there are any, nodes of others may be validators of the chain too."""
    ever: tuple[str, ...] = ()
    """All addresses that were ever in `made`."""
    unwanted: tuple[str, ...] = ()
    """Validators without a node, to be voted out."""
    others: tuple[str, ...] = ()
    """Validators that are not in the settings and stay, because they belong to somebody else."""

    @property
    def members(self) -> set[str]:
        """Return the addresses of all SCNs of the settings, in lower case."""
        from components.chain.peers.seats import address_of

        return {*_lower(self.made), *(address_of(key) for key in self.found)}


class ChildCouncilProvider(ChainProvider[ChildCouncilInputs]):
    """Votes validators out that have no node, and reports those of others."""

    inputs_type = ChildCouncilInputs

    def identify(self, inputs: ChildCouncilInputs) -> str:
        """One per chain."""
        return f"{inputs.chain_id}/council"

    def complete(self, olds: Props, news: Props) -> Props:
        """Read the chain. If none of its nodes answers, nothing is known and nothing is done."""
        if pulumi.contains_unknowns(news):
            return news
        from components.chain.errors import ChainError

        self._load()
        ever = sorted({*_lower(olds.get("ever")), *_lower(news.get("made"))})
        news = {**news, "ever": ever, "unwanted": [], "others": list(olds.get("others") or [])}
        inputs = self._parse(news)
        if os.environ.get(WITHOUT_SEED):  # no node is asked, which the preview says once
            return news
        try:
            found = _strangers(inputs, _read(inputs), {*_lower(olds.get("made"))})
        except ChainError as error:
            words = f"the council of the child chain is not looked at: {error}"
            print(CHAIN_UNREADABLE(words), file=sys.stderr)
            return news
        return {**news, **found}

    def differs(self, name: str, old: object, new: object) -> bool:
        """Compare lists; an empty one equals a missing one."""
        if name in ("unwanted", "others", "ever"):
            return (old or None) != (new or None)
        return super().differs(name, old, new)

    def converge(self, inputs: ChildCouncilInputs, known: Props) -> Props:  # noqa: ARG002
        """Vote out validators without a node; report the others."""
        from components.chain.validators.validator_votes import vote_out_unknown

        vote_out_unknown(inputs.endpoints, inputs.chain_id, inputs.unwanted)
        for address in inputs.others:
            print(_kept(address), file=sys.stderr)
        return {"unwanted": [], **_size(inputs, _read(inputs))}

    def look(self, console: "Console", inputs: ChildCouncilInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Report validators that are not in the settings."""
        seats = _read(inputs)
        found = _strangers(inputs, seats, set())
        for address in found["others"]:
            tell(inputs.chain_id, _kept(address))
        drift = {address: _unwanted(address) for address in found["unwanted"]}
        return {"others": found["others"], **_size(inputs, seats), "drift": drift}


def _kept(address: str) -> Message:
    return FOREIGN_VALIDATOR(f"validator {address} is not in serviceChain.nodes; it is kept")


def _unwanted(address: str) -> Message:
    return SEAT_WITHOUT_NODE(f"validator {address} is not in serviceChain.nodes; the next up votes it out")


def _read(inputs: ChildCouncilInputs) -> "Seats":
    from components.chain.peers.seats import read_seats

    return read_seats(inputs.endpoints, inputs.chain_id)


def _size(inputs: ChildCouncilInputs, seats: "Seats") -> Props:
    """Return the size of the council, and how many of its validators are not in the settings and have no node."""
    from components.chain.validators.validator_plan import without_node

    dead = without_node(seats.council, seats.living, inputs.members)
    return {"size": str(len(seats.council)), "dead": str(len(dead))}


def _strangers(inputs: ChildCouncilInputs, seats: "Seats", before: set[str]) -> dict[str, list[str]]:
    """Split the validators that are not in the settings into unwanted ones and those of others.

    SCNs of `before` that leave in this run are in neither: their own resources vote them out. On a chain that others
    started, only validators that this program may have voted in are unwanted.
    """
    from components.chain.validators.validator_plan import without_node

    ours = inputs.members | before
    empty = without_node(seats.council, seats.living, ours)
    unwanted = [address for address in empty if not inputs.found or address in inputs.ever]
    return {"unwanted": unwanted, "others": sorted({*seats.council} - ours - {*unwanted})}


def _lower(addresses: object) -> list[str]:
    return [str(address).lower() for address in addresses] if isinstance(addresses, list | tuple) else []


class ChildCouncil(Resource, module="servicechain", name="ChildCouncil"):
    """The council of the child chain: its size, and the validators that are not ours or have no node."""

    others: pulumi.Output[list[str]]
    size: pulumi.Output[str]
    dead: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["endpoints"])
        outputs: Props = {"size": None, "dead": None, "ever": [], "unwanted": [], "others": []}
        super().__init__(ChildCouncilProvider(), name, {**outputs, **props}, pulumi.ResourceOptions.merge(secret, opts))
