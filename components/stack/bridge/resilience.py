"""Which pairs can vote, and what the bridge survives: read from the contracts and the nodes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.domain.versions import version_in
from components.dynamic.contracts.bridge_contract import BridgeContract
from components.dynamic.proofs.resilience import Resilience
from components.dynamic.proofs.voters import Voters
from components.settings.model import BridgeSettings as Settings
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import BridgeSide
from components.stack.chains.service_chain import ServiceChain
from components.topology.survival import Contract, VotingPair, planned, survives


def voters(
    bridge: pulumi.Resource,
    settings: Settings,
    contracts: Mapping[str, BridgeContract],
    pairs: Sequence[BridgePair],
    service_chain: ServiceChain,
) -> Voters:
    """Declare the pairs, to be checked before any resource changes votes. `contracts`: keyed by chain."""
    threshold: pulumi.Input[int] = settings.threshold
    if not settings.threshold_set:
        before = [contract.threshold_before for contract in contracts.values()]
        threshold = pulumi.Output.all(*before).apply(max)
    return Voters(
        "voters",
        {
            "voters": _pairs(pairs, service_chain),
            "child_bridge": contracts["child"].address,
            "parent_bridge": contracts["parent"].address,
            "threshold": threshold,
            "removes_others": settings.removes_others,
            "owner_nodes": [name for name in contracts if settings.owner_node_of(name)],
        },
        pulumi.ResourceOptions(parent=bridge),
    )


def survival(
    bridge: pulumi.Resource,
    sides: Sequence[BridgeSide],
    threshold: pulumi.Output[int],
    pairs: Sequence[BridgePair],
    service_chain: ServiceChain,
    versions: Mapping[str, pulumi.Output[str]],
    after: Sequence[pulumi.Resource],
) -> pulumi.Output[str]:
    """Return what the bridge survives, in words: as read from it, or in the first preview as the settings imply.

    `versions`: what each node that is made reports as its version, by name.
    """
    covers: list[pulumi.Input[object]] = []
    for side in sides:
        covers += [side.contract.owner, side.threshold.threshold, side.others.others]
        covers += [vote.operator for vote in side.operators]
    # It reads the threshold of fees too, which no proof waits for.
    fees = [side.configuration for side in sides if side.configuration]
    resilience = Resilience(
        "resilience",
        {
            "voters": _pairs(pairs, service_chain),
            **{
                side.chain.name: {
                    "chain_id": side.chain.chain_id,
                    "endpoints": side.chain.endpoints,
                    "bridge": side.contract.address,
                }
                for side in sides
            },
            "covers": pulumi.Output.all(*covers).apply(lambda known: [str(one) for one in known]),
        },
        pulumi.ResourceOptions(parent=bridge, depends_on=[*after, *fees]),
    )
    by_settings = threshold.apply(lambda threshold: planned(len(pairs), int(threshold)))
    operators = [
        pulumi.Output.all(parent=pair.operators.parent.address, child=pair.operators.child.address) for pair in pairs
    ]
    tell = [
        pulumi.Output.all(*(versions.get(node.name, node.version) for node in (pair.en, service_chain.nodes[pair.scn])))
        for pair in pairs
    ]

    def sentence(known: Any) -> pulumi.Input[str]:
        read, told = known if isinstance(known, Sequence) else (None, ())
        if pulumi.contains_unknowns(read) or not isinstance(read, Mapping) or not read["contracts"]:
            return by_settings
        unable = read["unable"] or ()
        if pulumi.contains_unknowns(told):  # those of nodes that the run will restart
            told = [()] * len(pairs)
        own = [
            VotingPair(pair.name, accounts, pair.name not in unable, *(version_in(str(text)) for text in texts))
            for pair, accounts, texts in zip(pairs, read["operators"], told, strict=True)
        ]
        return survives(own, [Contract.of(chain, one) for chain, one in read["contracts"].items()])

    read = pulumi.Output.all(
        operators=pulumi.Output.all(*operators), contracts=resilience.contracts, unable=resilience.unable
    )
    return pulumi.Output.all(read, pulumi.Output.all(*tell)).apply(sentence, run_with_unknowns=True)


def _pairs(pairs: Sequence[BridgePair], service_chain: ServiceChain) -> pulumi.Output[Sequence[Mapping[str, object]]]:
    """Return the pairs as inputs of the resources that check whether they can vote; a secret."""
    return pulumi.Output.secret(
        pulumi.Output.all(
            *(
                pulumi.Output.all(
                    pair=pair.name,
                    scn=service_chain.nodes[pair.scn].endpoint,
                    en=pair.en.endpoint,
                    parent=pair.operators.parent.address,
                    child=pair.operators.child.address,
                    adopted=pair.operators.adopted,
                )
                for pair in pairs
            )
        )
    )
