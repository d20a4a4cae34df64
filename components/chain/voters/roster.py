"""The pairs of a bridge in this run, by the contracts that they serve.

A vote is removed with the data in the state of its resource, which does not name the pairs that stay. So the resource
that knows all pairs (dynamic/proofs/voters.py) declares them before anything that changes votes runs. One process
serves all resources of a run.
"""

from pydantic import BaseModel, ConfigDict

from components.chain.rpc.endpoint import Endpoint


class Voter(BaseModel):
    """One pair of the settings, and the operators that vote for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    pair: str
    scn: Endpoint
    en: Endpoint
    parent: str
    """Operator in the contract on the parent chain."""
    child: str
    adopted: bool = False
    """Whether the SCN existed before the stack."""

    @property
    def operators(self) -> frozenset[str]:
        """Return both operators, in lower case."""
        return frozenset({self.parent.lower(), self.child.lower()})


class Roster(BaseModel):
    """All pairs of the settings, and the two contracts that they serve."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    child_bridge: str
    parent_bridge: str
    voters: tuple[Voter, ...]
    leaving: frozenset[str] = frozenset()
    """Operators of pairs that are not in the settings any more, in lower case."""
    removes_others: bool = False
    """Whether operators that no pair owns are removed too."""

    @property
    def operators(self) -> frozenset[str]:
        """Return the operators of all pairs, in lower case."""
        return frozenset(one for voter in self.voters for one in voter.operators)

    def only(self, operators: frozenset[str]) -> "Roster":
        """Return the same with only those pairs that own some of these operators (lower case)."""
        return self.model_copy(update={"voters": tuple(voter for voter in self.voters if voter.operators & operators)})


_rosters: dict[str, Roster] = {}


def declare(roster: Roster) -> None:
    """Declare the pairs for everything that works on the two contracts in this run."""
    for bridge in (roster.child_bridge, roster.parent_bridge):
        _rosters[bridge.lower()] = roster


def roster_of(bridge: str) -> Roster | None:
    """Return the pairs that serve a contract; None if none are declared, as when a whole stack is destroyed."""
    return _rosters.get(bridge.lower())


def forget() -> None:
    """Forget what was declared; for tests."""
    _rosters.clear()
