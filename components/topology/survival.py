"""What a bridge survives, in words: from its contracts and nodes, or, before they exist, from the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.domain.problems.bridge import FEE_VOTES_LOW, FOREIGN_OPERATOR, OWNER_VOTES, PAIR_UNABLE, TOO_FEW_VOTES
from components.domain.problems.packages import VERSIONS_DIFFER
from components.domain.problems.problem import Message
from components.domain.units import counted


@dataclass(frozen=True)
class Contract:
    """What was read of the contract of one chain. Addresses may have any case."""

    chain: str
    """`parent` or `child`."""
    owner: str
    operators: Sequence[str]
    threshold: int
    """Votes that a value transfer needs."""
    configuration: int
    """Votes that a change of fees needs."""

    @classmethod
    def of(cls, chain: str, read: Mapping[str, Any]) -> "Contract":
        """Return it from what was read, where numbers are floats."""
        threshold, configuration = int(read["threshold"]), int(read["configuration"])
        return cls(chain, str(read["owner"]), read["operators"], threshold, configuration)

    @property
    def voters(self) -> set[str]:
        """Return the registered operators in lower case."""
        return {one.lower() for one in self.operators}


@dataclass(frozen=True)
class VotingPair:
    """A pair of the settings."""

    name: str
    operators: Mapping[str, str]
    """Keyed by chain."""
    able: bool
    """Whether its nodes can vote now."""
    en: str | None = None
    """The version that its EN reports; None if it is not known."""
    scn: str | None = None
    """The version that its SCN reports; None if it is not known."""


def planned(pairs: int, threshold: int) -> str:
    """Return a sentence: n pairs with threshold t survive n - t lost pairs and t - 1 hostile operators."""
    return f"{counted(pairs, 'pair')}, threshold {threshold}: {_loss(pairs - threshold)}, {_enemy(threshold - 1)}"


def survives(pairs: Sequence[VotingPair], contracts: Sequence[Contract]) -> str:
    """Return a sentence on an existing bridge: who can vote now, who owns it, who else votes, and all thresholds.

    If the contracts differ, the weaker one counts. An operator who owns a contract defeats any threshold. Votes that no
    pair owns may be hostile, and may be missing when they are needed.
    """
    able = min(len(_voting(pairs, one)) for one in contracts)
    lost = min(len(_voting(pairs, one)) - one.threshold for one in contracts)
    hostile = min(_hostile(pairs, one) for one in contracts)
    thresholds = {one.chain: one.threshold for one in contracts}
    told = (
        str(next(iter(thresholds.values())))
        if len(set(thresholds.values())) == 1
        else " and ".join(f"{threshold} on the {chain} chain" for chain, threshold in thresholds.items())
    )
    sentence = f"{counted(len(pairs), 'pair')}, threshold {told}: {_loss(lost)}, {_enemy(hostile)}"
    return "; ".join([sentence, *_reasons(pairs, contracts, able)])


def _reasons(pairs: Sequence[VotingPair], contracts: Sequence[Contract], able: int) -> list[Message]:
    found = []
    if able < len(pairs):
        away = [
            pair.name
            for pair in pairs
            if not pair.able or any(pair.operators[one.chain].lower() not in one.voters for one in contracts)
        ]
        found.append(PAIR_UNABLE(f"{able} of {counted(len(pairs), 'pair')} can vote now, without {', '.join(away)}"))
    for one in contracts:
        where, others = f"on the {one.chain} chain", _others(pairs, one)
        if one.owner.lower() in _ours(pairs, one) | one.voters:
            found.append(OWNER_VOTES(f"{where} the owner {one.owner} is an operator too, and can pass any vote"))
        if others:
            found.append(FOREIGN_OPERATOR(f"{where} {counted(len(others), 'vote')} of operators that no pair owns"))
        if (there := len(_voting(pairs, one))) < one.threshold:
            words = f"{where} {counted(one.threshold, 'vote')} are needed and {there} of the pairs' are there"
            found.append(TOO_FEW_VOTES(words))
        if one.configuration < one.threshold:
            found.append(FEE_VOTES_LOW(f"{where} a fee needs {counted(one.configuration, 'vote')} alone"))
    ens, scns = {pair.en for pair in pairs}, {pair.scn for pair in pairs}
    if any(len(versions - {None}) > 1 for versions in (ens, scns)):
        told = [f"{pair.name} EN {pair.en or 'unknown'}, SCN {pair.scn or 'unknown'}" for pair in pairs]
        found.append(VERSIONS_DIFFER(f"versions differ: {'; '.join(told)}"))
    return found


def _ours(pairs: Sequence[VotingPair], contract: Contract) -> set[str]:
    return {pair.operators[contract.chain].lower() for pair in pairs}


def _others(pairs: Sequence[VotingPair], contract: Contract) -> set[str]:
    return contract.voters - _ours(pairs, contract)


def _voting(pairs: Sequence[VotingPair], contract: Contract) -> list[VotingPair]:
    return [pair for pair in pairs if pair.able and pair.operators[contract.chain].lower() in contract.voters]


def _hostile(pairs: Sequence[VotingPair], contract: Contract) -> int:
    """Return how many operators of the pairs may be hostile if all others are hostile too."""
    if contract.owner.lower() in _ours(pairs, contract) | contract.voters:
        return 0
    return max(0, min(contract.threshold, contract.configuration) - 1 - len(_others(pairs, contract)))


def _loss(lost: int) -> str:
    if lost < 0:
        return "pays no transfer out by the pairs alone"
    return f"survives the loss of {counted(lost, 'pair')}" if lost else "survives no loss of a pair"


def _enemy(hostile: int) -> str:
    return counted(hostile, "hostile operator") if hostile > 0 else "no hostile operator"
