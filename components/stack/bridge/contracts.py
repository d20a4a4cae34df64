"""The bridge contract of each chain, and who calls it as its owner."""

from collections.abc import Mapping, Sequence

import pulumi

from components.dynamic.contracts.bridge_contract import BridgeContract
from components.dynamic.contracts.transfer_fees import TransferFees
from components.settings.model import BridgeSettings as Settings
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import BridgeSide, Chain
from components.stack.chains.service_chain import ServiceChain


def owner_inputs(
    settings: Settings, chain: Chain, pairs: Sequence[BridgePair], service_chain: ServiceChain
) -> Mapping[str, object]:
    """Return the inputs of every resource that acts as the owner of the contract on a chain."""
    name = settings.owner_node_of(chain.name)
    if name is None:
        return chain.props()
    address = next(getattr(pair.operators, chain.name).address for pair in pairs if pair.scn == name)
    node = {"node": service_chain.nodes[name].endpoint, "address": address, "chain": chain.name}
    return chain.props(owner_node=pulumi.Output.secret(node))


def contract(
    bridge: pulumi.Resource,
    settings: Settings,
    chain: Chain,
    other: Chain,
    owned: Mapping[str, object],
    operators: Sequence[pulumi.Input[str]],
) -> BridgeContract:
    """Deploy the contract of a chain, or take over an existing one. `owned`: see owner_inputs.

    Both chains have to be ready: whether an existing contract can be used depends on its counterpart.
    """
    name = chain.name
    existing = {}
    if settings.adopted:
        existing = {"adopt": settings.bridge_of(name), "other_bridge": settings.bridge_of(other.name)}
    return BridgeContract(
        f"{name}-bridge",
        {
            **owned,
            "mode_mint_burn": name == "child",
            "artifact": settings.artifact,
            "operators": operators,
            "other_chain_id": other.chain_id,
            "other_endpoints": other.endpoints,
            "other_owner": other.owner.address,
            **existing,
        },
        chain.options(bridge, other.ready),
    )


def transfer_fees(bridge: pulumi.Resource, side: BridgeSide, *, adopted: bool) -> TransferFees:
    """Read the fees that users pay for transfers from a chain."""
    chain, own = side.chain, {"adopted": True} if adopted else {}
    return TransferFees(
        f"{chain.name}-fees",
        chain.place(bridge=side.contract.address, **own),
        chain.options(bridge, [side.contract]),
    )
