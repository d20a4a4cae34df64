"""The votes in one bridge contract: who has one, how many a transfer needs, and what becomes of those of others.

The order is safe by construction. A threshold depends on the votes, so growing registers first and raises after, and
shrinking lowers first (in Pulumi's update phase) and deregisters after (in its delete phase). Votes that belong to no
pair go when the pairs have theirs and the threshold is what is wanted.
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

Options = Callable[[Sequence[pulumi.Resource]], pulumi.ResourceOptions]
"""Options of a resource that depends on others."""


@dataclass(frozen=True)
class Votes:
    """The votes in one contract."""

    operators: Sequence[BridgeOperator]
    threshold: OperatorThreshold
    configuration: ConfigurationThreshold | None
    """None where it is left alone: that of an existing contract whose threshold is kept, or that a node owns."""
    others: OtherOperators


def votes(
    settings: Settings,
    name: str,
    contract: BridgeContract,
    owned: Mapping[str, object],
    operators: Mapping[BridgePair, Account | FoundAccount],
    options: Options,
    after: Sequence[pulumi.Resource],
    registrations: Sequence[pulumi.Resource],
) -> Votes:
    """Give each pair its vote in the contract of the chain of that name.

    `owned`: the inputs of everything that the contract's owner does. `after`: what has to be there before any call.
    `registrations`: by which the pairs serve the contract, before votes of others go.
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
    threshold = OperatorThreshold(f"{name}-threshold", {**props, **wanted}, options(pairs))
    configuration = None
    if settings.configuration_threshold_of(name) is not None:
        # Operators set fees by votes of their own type: with a lower threshold one of them could do it alone.
        if settings.adopted:
            wanted |= {"before": contract.configuration_threshold_before}
        configuration = ConfigurationThreshold(f"{name}-configuration-threshold", {**props, **wanted}, options(pairs))
    others = OtherOperators(
        f"{name}-other-operators",
        {**props, "operators": cohort, "policy": "remove" if settings.removes_others else "keep"},
        options([*pairs, threshold, *registrations]),
    )
    return Votes(pairs, threshold, configuration, others)


def _leaving(
    contract: BridgeContract, operators: Mapping[BridgePair, Account | FoundAccount]
) -> pulumi.Output[list[str]]:
    """Return who is deregistered when all of this goes: not the operators of adopted nodes that voted before us."""
    adopted = [account.address for pair, account in operators.items() if pair.operators.adopted]
    ours = [account.address for pair, account in operators.items() if not pair.operators.adopted]
    return pulumi.Output.all(before=contract.operators_before, adopted=adopted, ours=ours).apply(
        lambda known: [*known["ours"], *(one for one in known["adopted"] if one not in known["before"])]
    )
