"""The SCNs that serve the bridge: coins for their votes, the registration on each, and the connection of its EN."""

from collections.abc import Mapping, Sequence

import pulumi

from components.dynamic.contracts.balance import Funding
from components.dynamic.contracts.bridge_contract import BridgeContract
from components.dynamic.nodes.bridge_registration import BridgeRegistration
from components.dynamic.nodes.bridge_slot import BridgeSlot
from components.dynamic.secrets.account import Account
from components.settings.model import BridgeSettings as Settings
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import Chain, levels
from components.stack.chains.service_chain import ServiceChain
from components.stack.nodes.existing_node import ExistingNode
from components.stack.nodes.node import Node


def node_inputs(
    contracts: Mapping[str, BridgeContract], pair: BridgePair, service_chain: ServiceChain
) -> dict[str, object]:
    """Return the inputs of a resource on the SCN of a pair. `contracts`: keyed by chain."""
    scn = service_chain.nodes[pair.scn]
    return {
        "node": scn.endpoint,
        "en": pair.en.endpoint,
        "child_bridge": contracts["child"].address,
        "parent_bridge": contracts["parent"].address,
        "restart": scn.restart_command,
        "siblings": service_chain.siblings(pair.scn),
    }


def fundings(
    bridge: pulumi.Resource,
    settings: Settings,
    parent: Chain,
    pairs: Sequence[BridgePair],
    service_chain: ServiceChain,
    after: Sequence[pulumi.Resource],
) -> Mapping[str, Sequence[Funding]]:
    """Fill up the accounts that pay gas on the parent chain; on the child chain gas is free.

    Returns, keyed by SCN, the fundings that transfer the rest back when they are deleted: on a chain that remains when
    the stack is destroyed, and from an account whose key the stack has.
    """
    refunded: dict[str, Sequence[Funding]] = {}
    for pair in pairs:
        account = pair.operators.parent
        refund: dict[str, object] = {}
        if parent.lives_with is None and isinstance(account, Account):
            scn = service_chain.nodes[pair.scn]
            refund["refund"] = pulumi.Output.secret({"private_key": account.private_key, "scn": scn.endpoint})
        funding = Funding(
            f"{pair.scn}-{parent.name}-funding",
            parent.props(account=account.address, **levels(settings.operator_balance), **refund),
            parent.options(bridge, after),
        )
        if refund:
            refunded[pair.scn] = [funding]
    return refunded


def registrations(
    bridge: pulumi.Resource,
    contracts: Mapping[str, BridgeContract],
    pairs: Sequence[BridgePair],
    service_chain: ServiceChain,
    refunded: Mapping[str, Sequence[Funding]],
    *,
    deployed: bool,
) -> dict[str, BridgeRegistration]:
    """Register both contracts on the SCN of each pair; return the registrations keyed by pair name.

    `refunded`: see fundings. An SCN pays for its votes, so its registration is removed before its coins go back.
    `deployed`: whether the stack deployed the contracts.
    """
    return {
        pair.name: BridgeRegistration(
            f"{pair.scn}-registration",
            {
                **node_inputs(contracts, pair, service_chain),
                "started": scn.running.id,
                "en_started": pair.en.running.id,
                **({"adopted": True} if isinstance(scn, ExistingNode) else {}),
                **({"deployed": True} if deployed else {}),
            },
            pulumi.ResourceOptions(
                parent=bridge,
                depends_on=[service_chain.ready[pair.scn], pair.ready, *refunded.get(pair.scn, [])],
                deleted_with=scn.resource if isinstance(scn, Node) else None,
            ),
        )
        for pair in pairs
        for scn in [service_chain.nodes[pair.scn]]
    }


def slot(pair: BridgePair, service_chain: ServiceChain, *, protect: bool) -> BridgeSlot:
    """Give the only bridge connection that the EN of a pair accepts to the SCN of the pair.

    No resource depends on it, so a destroy begins with it. That is why it has to be protected too: a destroy that is
    refused has then changed nothing.
    """
    scn = service_chain.nodes[pair.scn]
    started = [scn.running] if isinstance(scn, Node) else []
    return BridgeSlot(
        f"{pair.en.name}-slot",
        {"en": pair.en.name, "kni": pair.kni, "scn": scn.endpoint},
        pulumi.ResourceOptions(parent=pair, depends_on=started, protect=protect or None),
    )
