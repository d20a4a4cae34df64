"""ChildCouncil: who has a seat on the child chain and is none of its SCNs, looked at in every preview and up.

A seat without a node counts for the quorum: the chain survives less than its SCNs say. The state knows nothing of such
a seat, so it is not asked: `check` looks at the chain, and what it finds is an input, which makes the update.
"""

import sys
from typing import TYPE_CHECKING

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Props, tell
from components.dynamic.chain_resource import ChainPlace, ChainProvider

if TYPE_CHECKING:
    from components.chain.peers.seats import Seats
    from components.chain.rpc.console import Console


class ChildCouncilInputs(ChainPlace):
    """The SCNs of the settings. What follows from a look at the chain is filled in here."""

    made: tuple[str, ...]
    """Addresses of the keys of SCNs that are made: they may have been voted in by this program."""
    found: tuple[str, ...] = ()
    """Public keys of SCNs that exist already. With one of them others may have seats on the chain as well."""
    ever: tuple[str, ...] = ()
    """All that were ever in `made`."""
    unwanted: tuple[str, ...] = ()
    """Seats without a node, to be taken away."""
    others: tuple[str, ...] = ()
    """Seats that belong to none of the SCNs and stay, as they belong to somebody else."""

    @property
    def members(self) -> set[str]:
        """Return the addresses of all SCNs of the settings, in lower case."""
        from components.chain.peers.seats import address_of

        return {*_lower(self.made), *(address_of(key) for key in self.found)}


class ChildCouncilProvider(ChainProvider[ChildCouncilInputs]):
    """Takes seats away that belong to nobody, and tells those of others."""

    inputs_type = ChildCouncilInputs

    def identify(self, inputs: ChildCouncilInputs) -> str:
        """One per chain."""
        return f"{inputs.chain_id}/council"

    def complete(self, olds: Props, news: Props) -> Props:
        """Look at the chain. Where none of its nodes answers nothing is known, and nothing done."""
        if pulumi.contains_unknowns(news):
            return news
        from components.chain.errors import ChainError

        self._load()
        ever = sorted({*_lower(olds.get("ever")), *_lower(news.get("made"))})
        news = {**news, "ever": ever, "unwanted": [], "others": list(olds.get("others") or [])}
        inputs = self._parse(news)
        try:
            found = _strangers(inputs, {*_lower(olds.get("made"))})
        except ChainError as error:
            print(f"the council of the child chain is not looked at: {error}", file=sys.stderr)
            return news
        return {**news, **found}

    def differs(self, name: str, old: object, new: object) -> bool:
        """Compare lists as they are, an empty one like none."""
        if name in ("unwanted", "others", "ever"):
            return (old or None) != (new or None)
        return super().differs(name, old, new)

    def converge(self, inputs: ChildCouncilInputs, known: Props) -> Props:  # noqa: ARG002
        """Vote those out that nobody's node is behind; tell of the others."""
        from components.chain.validators.validator_votes import vote_out_unknown

        vote_out_unknown(inputs.endpoints, inputs.chain_id, inputs.unwanted)
        for address in inputs.others:
            print(f"{_words(address)}; it is left alone", file=sys.stderr)
        return {"unwanted": [], **self._seats(inputs)}

    def look(self, console: "Console", inputs: ChildCouncilInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Tell seats that belong to no SCN."""
        found = _strangers(inputs, set())
        for address in found["others"]:
            tell(inputs.chain_id, f"{_words(address)}; it is left alone")
        drift = {address: f"{_words(address)}; the next up votes it out" for address in found["unwanted"]}
        return {"others": found["others"], **self._seats(inputs), "drift": drift}

    def _seats(self, inputs: ChildCouncilInputs) -> Props:
        """Return what is told of the council: its seats, and those that belong to no SCN and have no node."""
        from components.chain.validators.validator_plan import without_node

        seats = _look(inputs)
        dead = without_node(seats.council, seats.living, inputs.members)
        return {"size": str(len(seats.council)), "dead": str(len(dead))}


def _words(address: str) -> str:
    return f"validator {address} is none of serviceChain.nodes"


def _look(inputs: ChildCouncilInputs) -> "Seats":
    from components.chain.peers.seats import read_seats

    return read_seats(inputs.endpoints, inputs.chain_id)


def _strangers(inputs: ChildCouncilInputs, before: set[str]) -> dict[str, list[str]]:
    """Sort the seats that belong to no SCN.

    Those of `before` that leave in this run are not among them: their own resources take their seats away. On a chain
    that others began, only those are unwanted that this program may have voted in.
    """
    from components.chain.validators.validator_plan import without_node

    seats = _look(inputs)
    ours = inputs.members | before
    empty = without_node(seats.council, seats.living, ours)
    unwanted = [address for address in empty if not inputs.found or address in inputs.ever]
    return {"unwanted": unwanted, "others": sorted({*seats.council} - ours - {*unwanted})}


def _lower(addresses: object) -> list[str]:
    return [str(address).lower() for address in addresses] if isinstance(addresses, list | tuple) else []


class ChildCouncil(Resource, module="servicechain", name="ChildCouncil"):
    """The council of the child chain: how many seats it has, and those of them that are not ours and have no node."""

    others: pulumi.Output[list[str]]
    size: pulumi.Output[str]
    dead: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["endpoints"])
        outputs: Props = {"size": None, "dead": None, "ever": [], "unwanted": [], "others": []}
        super().__init__(ChildCouncilProvider(), name, {**outputs, **props}, pulumi.ResourceOptions.merge(secret, opts))
