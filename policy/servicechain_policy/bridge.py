"""Policies of the bridge: who is an operator, the threshold, and the child chain's fault tolerance."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.domain.problems.policies import OWNER_THAT_VOTES, THRESHOLD_OF_ALL_PAIRS, TOO_FEW_SCNS
from components.domain.quorum import FAULT_TOLERANT

from .resources import Resource, Violation, by_chain, of


def owner_is_no_operator(resources: Sequence[Resource]) -> Iterator[Violation]:
    """Refuse an owner that is also an operator, with a threshold above 1: it can pass any vote."""
    contracts, thresholds = by_chain(resources, "BridgeContract"), by_chain(resources, "OperatorThreshold")
    accounts = {one.name: one.text("address") for one in of(resources, "Account")}
    for chain, votes in by_chain(resources, "BridgeOperator").items():
        threshold = max((_number(one.props.get("threshold")) for one in thresholds.get(chain, ())), default=1)
        owners = {owner.lower() for one in contracts.get(chain, ()) for owner in _owners(one, accounts)}
        for vote in votes:
            if threshold > 1 and vote.text("operator").lower() in owners:
                sentence = (
                    f"{vote.text('operator')} owns the contract on chain {chain} and is also an operator, so it can "
                    f"pass any vote, although the threshold is {threshold}; use an owner account that no node holds"
                )
                yield Violation(vote, OWNER_THAT_VOTES(sentence))


def threshold_is_below_pairs(resources: Sequence[Resource]) -> Iterator[Violation]:
    """Refuse a threshold equal to the number of pairs: the first lost pair stops all value transfer."""
    votes = by_chain(resources, "BridgeOperator")
    for chain, thresholds in by_chain(resources, "OperatorThreshold").items():
        pairs = len(votes.get(chain, ()))
        for one in thresholds:
            threshold = _number(one.props.get("threshold"))
            if threshold >= pairs:
                step = f"set bridge.threshold to {pairs - 1} or less" if pairs > 1 else "add a second pair"
                where = f"threshold {threshold} of {pairs} pair(s) on chain {chain}"
                sentence = f"{where}: one lost pair stops all value transfer; {step}"
                yield Violation(one, THRESHOLD_OF_ALL_PAIRS(sentence))


def chain_survives_the_loss_of_an_scn(resources: Sequence[Resource]) -> Iterator[Violation]:
    """Refuse fewer than 4 SCNs: the child chain, and with it the bridge, stops when one is lost."""
    nodes = (*of(resources, "RunningNode"), *of(resources, "AdoptedNode"))
    scns = [one for one in nodes if one.text("role") == "scn"]
    if scns and len(scns) < FAULT_TOLERANT:
        sentence = (
            f"{len(scns)} SCN(s): the child chain stops when one is lost; "
            f"list {FAULT_TOLERANT} or more in serviceChain.nodes"
        )
        yield Violation(min(scns, key=lambda one: one.name), TOO_FEW_SCNS(sentence))


def _owners(contract: Resource, accounts: Mapping[str, str]) -> Iterator[str]:
    """Return possible owners of a contract: on chain, configured, and derived from the seed."""
    signer = contract.within("signer")
    found: tuple[Any, ...] = (
        contract.props.get("owner"),
        signer.get("address"),
        contract.within("owner_node").get("address"),
        accounts.get(f"{signer.get('chain')}-owner"),
    )
    return (owner for owner in found if isinstance(owner, str) and owner)


def _number(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0
