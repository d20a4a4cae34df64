"""The outputs of a stack, with stable names for users and for other programs. docs/outputs.md lists them."""

from collections.abc import Sequence

import pulumi

from components.chain.validators.validator_plan import survives as survives_loss
from components.dynamic.validators.child_council import ChildCouncil
from components.hosts.host import Hosts
from components.settings.model import Settings
from components.stack import en_versions
from components.stack.bridge.bridge import Bridge
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.tokens import Token, Tokens
from components.stack.chains.service_chain import ServiceChain
from components.stack.monitoring.monitoring import MonitoringPart
from components.stack.nodes.existing_node import AnyNode
from components.topology import cost, fees


def export(
    settings: Settings,
    bridge: Bridge,
    pairs: Sequence[BridgePair],
    service_chain: ServiceChain,
    hosts: Hosts,
    tokens: Tokens | None,
    watched: MonitoringPart | None,
) -> None:
    """Export everything."""
    threshold = bridge.threshold
    pulumi.export("fees", fees.shown(settings))
    if settings.target == "aws" and settings.aws:
        pulumi.export("cost", cost.shown(settings, settings.aws))
    if settings.parent_chain.public:
        pulumi.export("forks", en_versions.forks(settings, [pair.en for pair in pairs]))
    pulumi.export("survives", bridge.survives)
    pulumi.export("threshold", threshold)
    for side in (bridge.parent, bridge.child):
        chain = side.chain
        pulumi.export(
            f"{chain.name}Chain",
            {
                "chainId": chain.chain_id,
                "bridge": side.contract.address,
                "owner": side.owner,
                "operators": [vote.operator for vote in side.operators],
                "otherOperators": side.others.others,
                "transferFees": bridge.fees[chain.name].fees,
            },
        )
    pulumi.export("pairs", {pair.name: _pair(pair, service_chain) for pair in pairs})
    pulumi.export(
        "serviceChainNodes",
        {name: {"address": node.host.address, "version": node.version} for name, node in service_chain.nodes.items()},
    )
    pulumi.export("childCouncil", _council(service_chain.council))
    if tokens:
        pulumi.export("tokens", {name: _token(token) for name, token in tokens.by_name.items()})
    if hosts.access:
        pulumi.export("access", hosts.access)
    if watched:
        pulumi.export("monitor", watched.urls)
    pulumi.export("provenTransfers", {name: proof.proven_requests for name, proof in bridge.proofs.items()})
    proofs: dict[str, pulumi.Output[str]] = {name: proof.proof for name, proof in bridge.proofs.items()}
    if tokens:
        proofs |= {name: proof.proof for name, proof in tokens.proofs.items()}
    pulumi.export("proofs", pulumi.Output.all(**proofs).apply(lambda all_: {k: v for k, v in all_.items() if v}))


def _pair(pair: BridgePair, service_chain: ServiceChain) -> dict[str, object]:
    en, scn = pair.en, service_chain.nodes[pair.scn]
    return {
        "en": {"name": en.name, "address": en.host.address, "kni": pair.kni, **_software(en)},
        "scn": {"name": scn.name, "address": scn.host.address, **_software(scn)},
        "parentOperator": pair.operators.parent.address,
        "childOperator": pair.operators.child.address,
    }


def _council(council: ChildCouncil) -> dict[str, object]:
    counted = pulumi.Output.all(council.size, council.dead)
    return {
        "survives": counted.apply(lambda known: survives_loss(*map(int, known)) if all(known) else None),
        "others": council.others,
    }


def _token(token: Token) -> dict[str, object]:
    return {"kind": token.kind, "parent": token.parent, "child": token.child}


def _software(node: AnyNode) -> dict[str, pulumi.Input[str]]:
    return {"version": node.version, "ipc": node.ipc}
