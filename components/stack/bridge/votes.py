"""The votes in one bridge contract: those of the pairs, the thresholds, and the votes of operators without a pair.

The order is safe by construction. A threshold depends on the votes and on the SCNs that cast them: growing registers
operators and contracts first and raises the threshold afterwards, if the pairs can vote; shrinking lowers it first (in
Pulumi's update phase) and deregisters afterwards (in its delete phase). Votes that belong to no pair are removed once
the pairs have theirs and the threshold is set.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.dynamic.contracts.bridge_contract import BridgeContract
from components.dynamic.contracts.bridge_operator import BridgeOperator
from components.dynamic.contracts.operator_threshold import ConfigurationThreshold, OperatorThreshold
from components.dynamic.contracts.other_operators import OtherOperators
from components.dynamic.secrets.account import Account
from components.settings.model import BridgeSettings as Settings
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.identities import FoundAccount

Accounts = Mapping[BridgePair, Account | FoundAccount]
"""The accounts that vote in one contract, keyed by pair."""
Options = Callable[[Sequence[pulumi.Resource]], pulumi.ResourceOptions]
"""Options of a resource that depends on others."""


@dataclass(frozen=True)
class Votes:
    """The votes in one contract."""

    operators: Sequence[BridgeOperator]
    threshold: OperatorThreshold
    configuration: ConfigurationThreshold | None
    """None if it is left alone: in an existing contract that keeps its threshold, or that a node owns."""
    others: OtherOperators


def votes(
    settings: Settings,
    name: str,
    contract: BridgeContract,
    owned: Mapping[str, object],
    operators: Accounts,
    options: Options,
    after: Sequence[pulumi.Resource],
    registrations: Sequence[pulumi.Resource],
) -> Votes:
    """Give each pair its vote in the contract of the chain of that name.

    `owned`: the inputs of every resource that acts as the owner. `after`: what has to exist before any call.
    `registrations`: those of the pairs, which have to serve the contract before a transfer needs more votes, and before
    votes of others are removed.
    """
    props = {**owned, "bridge": contract.address}
    cohort = [account.address for account in operators.values()]
    pairs = []
    for pair, account in operators.items():
        mine: dict[str, object] = {"operator": account.address, "cohort": cohort}
        if settings.adopted:
            mine["before"] = contract.operators_before
        if pair.operators.adopted:
            mine["adopted"] = True
        pairs.append(BridgeOperator(f"{pair.scn}-{name}-vote", {**props, **mine}, options(after)))
    wanted: dict[str, object] = {
        "threshold": settings.threshold if settings.threshold_set else contract.threshold_before
    }
    if settings.adopted:
        wanted |= {"before": contract.threshold_before, "leaving": _leaving(contract, operators)}
    threshold = OperatorThreshold(f"{name}-threshold", {**props, **wanted}, options([*pairs, *registrations]))
    configuration = None
    if settings.configuration_threshold_of(name) is not None:
        # Operators also vote on fees, with a threshold of its own: if that stayed 1, one of them could set fees alone.
        if settings.adopted:
            wanted |= {"before": contract.configuration_threshold_before}
        configuration = ConfigurationThreshold(f"{name}-configuration-threshold", {**props, **wanted}, options(pairs))
    others = OtherOperators(
        f"{name}-other-operators",
        {**props, "operators": cohort, "policy": "remove" if settings.removes_others else "keep"},
        options([*pairs, threshold, *registrations]),
    )
    return Votes(pairs, threshold, configuration, others)


def _leaving(contract: BridgeContract, operators: Accounts) -> pulumi.Output[list[str]]:
    """Return who is deregistered on destroy: not the operators of adopted nodes that voted before the stack did."""
    adopted = [account.address for pair, account in operators.items() if pair.operators.adopted]
    ours = [account.address for pair, account in operators.items() if not pair.operators.adopted]
    return pulumi.Output.all(before=contract.operators_before, adopted=adopted, ours=ours).apply(
        lambda known: [*known["ours"], *(one for one in known["adopted"] if one not in known["before"])]
    )
