"""Who makes the blocks of a ServiceChain: which vote adds or removes a validator. Pure functions.

Genesis names the first validators. Later ones come and go by a vote in a block: with the governance mode "none", as in
our genesis, one vote of any validator is enough.
"""

from collections.abc import Collection
from dataclasses import dataclass

from components.chain.contracts.plan import Refused
from components.domain.problems.chains import LAST_OF_GENESIS, LAST_VALIDATOR, QUORUM_AT_RISK, VOTE_IMPOSSIBLE
from components.domain.quorum import FAULT_TOLERANT, quorum
from components.domain.units import counted

ADD, REMOVE = "governance.addvalidator", "governance.removevalidator"


@dataclass(frozen=True)
class Vote:
    """One vote of a validator, and what it is for."""

    key: str
    address: str
    annotation: str


def admit(council: Collection[str], living: Collection[str], address: str) -> list[Vote]:
    """Make an address a validator. All addresses are in lower case; `living` are those that can be reached.

    From three validators on, the running ones have to be enough whatever the new one does. One or two cannot do without
    the new one, which has to be proven able to take part before (see `admission`). Raises Refused when too few run.
    """
    if address in council:
        return []
    what = f"{address} cannot become a validator"
    alive = [one for one in council if one in living]
    if len(alive) < quorum(len(council)):
        raise _halted(what, council, alive)
    if len(alive) < len(council) and len(alive) < quorum(len(council) + 1):
        raise _too_few(what, [*council, address], alive)
    return [Vote(ADD, address, f"make {address} a validator")]


def vote_out(council: Collection[str], living: Collection[str], first: Collection[str], address: str) -> list[Vote]:
    """Take the seat of a validator away. `first` are the validators of the first block.

    Raises Refused for the last one, when too few run for the vote to come into a block, when those that stay are too
    few to continue, and when none of the first would stay: a node that begins with an empty chain knows no other
    validators, and would connect to nobody.
    """
    if address not in council:
        return []
    what = f"validator {address} cannot be voted out"
    staying = [one for one in council if one != address]
    if not staying:
        raise Refused(LAST_VALIDATOR(f"{what}: it is the last one of its chain; destroy the chain instead"))
    living_now = [one for one in council if one in living]
    if len(living_now) < quorum(len(council)):
        raise _halted(what, council, living_now)
    alive = [one for one in staying if one in living]
    if len(alive) < quorum(len(staying)):
        raise _too_few(what, staying, alive)
    if address in first and not {*first} & {*staying}:
        msg = LAST_OF_GENESIS(
            f"{what}: it is the last one of those in the genesis block, and a node that begins with an empty chain "
            "talks to these only, so no node could join or be made again; keep this SCN in serviceChain.nodes"
        )
        raise Refused(msg)
    return [Vote(REMOVE, address, f"take the seat of validator {address} away")]


def gives_seat_up(council: Collection[str], living: Collection[str], first: Collection[str], address: str) -> bool:
    """Return whether a validator gives its seat up for the time of its restart, so that no block waits for it.

    Those that stay have to be enough to survive the loss of one, and all of them have to run. `first` are the
    validators of the first block, of which one has to stay (see `vote_out`).
    """
    staying = {*council} - {address}
    return (
        address in council
        and len(staying) >= FAULT_TOLERANT
        and staying <= {*living}
        and (address not in first or bool(staying & {*first}))
    )


def without_node(council: Collection[str], living: Collection[str], known: Collection[str]) -> list[str]:
    """Return the seats of unknown nodes that are not connected."""
    return sorted({*council} - {*living} - {*known})


def survives(size: int, dead: int) -> str:
    """Return a sentence on what a child chain of `size` seats survives, of which `dead` have no node."""
    seats = counted(size, "validator")
    if dead:
        seats += f", {dead} of them without a node"
    left = size - dead - quorum(size)
    if left < 0:
        return f"{seats}: the child chain is halted until {quorum(size)} of them take part"
    return f"{seats}: the child chain survives the loss of {counted(left, 'SCN') if left else 'no SCN'}"


def _halted(what: str, council: Collection[str], alive: Collection[str]) -> Refused:
    dead = sorted({*council} - {*alive})
    msg = VOTE_IMPOSSIBLE(
        f"{what}: the child chain is halted, so no vote can come into a block: {quorum(len(council))} of its "
        f"{len(council)} validators have to agree, and {len(alive)} can be reached; unreachable: "
        f"{', '.join(dead)}. Start those again: an SCN that was taken out of serviceChain.nodes has to be listed there "
        "again under its old name, with which it gets its old key, and may go once the chain makes blocks"
    )
    return Refused(msg)


def _too_few(what: str, council: Collection[str], alive: Collection[str]) -> Refused:
    needed, dead = quorum(len(council)), sorted({*council} - {*alive})
    msg = QUORUM_AT_RISK(
        f"{what}: of {len(council)} validators {needed} have to agree on a block, and {len(alive)} would be able to, "
        f"so the child chain would stop; unreachable: {', '.join(dead)}; bring back what is dead, or take it "
        "out of serviceChain.nodes in a run of its own, first"
    )
    return Refused(msg)
