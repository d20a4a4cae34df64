"""Voters: the pairs that vote, checked before one of them is removed.

It runs before everything that changes votes. When a pair leaves, the others have to be able to vote, or nothing is
changed in that run; and each vote that is removed later checks again which pairs stay (chain/voters/roster.py).
"""

from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import DiffResult, Resource

from components.chain.voters.roster import Roster, Voter, declare
from components.chain.voters.voter_plan import require_able_pairs
from components.domain.problems.bridge import OWNER_NODE_LACKS_CALL
from components.dynamic.base import Inputs, Props, Provider


class VotersInputs(Inputs):
    """All pairs of the settings."""

    voters: tuple[Voter, ...]
    child_bridge: str
    parent_bridge: str
    threshold: int
    """Number of votes that a transfer needs."""
    removes_others: bool = False
    """Whether operators that belong to no pair are removed too."""
    owner_nodes: tuple[str, ...] = ()
    """The chains whose contract the operator of an SCN owns: no vote can be removed there."""

    def roster(self, known: Props) -> Roster:
        """Return the pairs, and the operators that have left since the resource was created."""
        here = Roster(**{name: getattr(self, name) for name in Roster.model_fields if name != "leaving"})
        before = {*_operators(known.get("voters")), *(known.get("leaving") or ())}
        return here.model_copy(update={"leaving": frozenset(before - here.operators)})


class VotersProvider(Provider[VotersInputs]):
    """Declares the pairs, and refuses the removal of one if the others cannot give the votes of a transfer."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    inputs_type = VotersInputs

    def identify(self, inputs: VotersInputs) -> str:
        """One per bridge."""
        return f"{inputs.child_bridge}/voters"

    def complete(self, olds: Props, news: Props) -> Props:
        """Refuse, in previews too, to remove a pair from a contract that a node owns: its vote would stay."""
        chains = news.get("owner_nodes")
        before, after = olds.get("voters"), news.get("voters")
        if chains and isinstance(before, list) and isinstance(after, list) and not pulumi.contains_unknowns(after):
            kept = _operators(after)
            gone = [one for one in before if not one.get("adopted") and not _operators([one]) <= kept]
            if gone:
                msg = OWNER_NODE_LACKS_CALL(
                    f"pair {gone[0]['pair']} cannot leave: the operator of an SCN owns the contract on the {chains[0]} "
                    "chain, and a node's API has no call that takes a vote away; have that account call "
                    "transferOwnership with the address of a key of its own, set "
                    f"bridge.{chains[0]}OwnerKey instead of bridge.{chains[0]}OwnerNode, then run again"
                )
                raise ValueError(msg)
        return news

    def differs(self, name: str, old: object, new: object) -> bool:
        """Check again when pairs or contracts change; all other inputs are only declared for other resources."""
        if name == "voters" and isinstance(old, list) and isinstance(new, list):
            return sorted(map(names, old)) != sorted(map(names, new))
        return name in ("child_bridge", "parent_bridge")

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Compare, and declare the pairs even if nothing changed: a vote may be removed all the same."""
        if not pulumi.contains_unknowns(_news):
            declare(self._parse(_news).roster(_olds))
        return super().diff(_id, _olds, _news)

    def converge(self, inputs: VotersInputs, known: Props) -> Props:
        """Declare the pairs; when some leave, require that the others can give the votes of a transfer."""
        roster = inputs.roster(known)
        declare(roster)
        before = _operators(known.get("voters"))
        if before - roster.operators:
            from components.chain.voters.voters import unable

            there = roster.only(frozenset(before))
            pairs, coming = [voter.pair for voter in there.voters], len(roster.voters) - len(there.voters)
            enough = max(0, min(inputs.threshold, len(roster.voters)) - coming)
            require_able_pairs(inputs.threshold, pairs, unable(there, enough), "removing a pair", coming)
        return {"leaving": sorted(roster.leaving)}


def _operators(voters: Any) -> set[str]:
    return {str(one[chain]).lower() for one in voters or () for chain in ("parent", "child")}


def names(voter: Any) -> tuple[str, ...]:
    """Return what identifies a pair in the inputs: its name and its operators."""
    return tuple(str(voter[key]) for key in ("pair", "parent", "child"))


class Voters(Resource, module="servicechain", name="Voters"):
    """The pairs that vote."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["voters"])
        super().__init__(VotersProvider(), name, {"leaving": None, **props}, pulumi.ResourceOptions.merge(secret, opts))
