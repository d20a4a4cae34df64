"""BridgeContract: the bridge contract of one chain, owned by the owner account, which holds no vote in it."""

from pathlib import Path
from typing import ClassVar

import pulumi

from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainInputs, ChainProvider, ChainResource, session


class BridgeContractInputs(ChainInputs):
    """The contract of one chain."""

    mode_mint_burn: bool
    """True on the child chain: tokens are minted and burned there. The constructor's only argument."""
    artifact: str
    """Path of the JSON file with the creation code, from the program's folder. Read only to deploy."""


class BridgeContractProvider(ChainProvider[BridgeContractInputs]):
    """Deploys once; finds what a killed run deployed. A contract cannot be undone, so removal only forgets it."""

    inputs_type = BridgeContractInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "mode_mint_burn"})

    def identify(self, inputs: BridgeContractInputs) -> str:
        """One contract a chain."""
        return f"{inputs.chain_id}/bridge"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Another artifact is for another contract: the one that runs stays."""
        return name != "artifact" and super().differs(name, old, new)

    def converge(self, inputs: BridgeContractInputs, known: Props) -> Props:
        """Deploy and drop the deployer's vote, or finish what is there."""
        from components.chain.bridge_contract import require_state
        from components.chain.deployment import ensure_deployed

        with session(inputs) as console:
            address = ensure_deployed(
                console,
                inputs.signer,
                Path(inputs.artifact),
                known.get("address"),
                mode_mint_burn=inputs.mode_mint_burn,
            )
            return {"address": address, "owner": require_state(console, address).owner}

    def observe(self, inputs: BridgeContractInputs, known: Props) -> Props | None:
        """Gone when no code is there; otherwise tell who owns it now."""
        from components.chain.bridge_contract import read_state

        if "address" not in known:  # what is there is found again by a create
            return None
        with session(inputs) as console:
            state = read_state(console, known["address"])
            return None if state is None else {"owner": state.owner}


class BridgeContract(ChainResource, module="servicechain", name="BridgeContract"):
    """The bridge contract of one chain."""

    address: pulumi.Output[str]
    owner: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(BridgeContractProvider(), name, {"address": None, "owner": None, **props}, opts)
