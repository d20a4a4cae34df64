"""BridgeContract: the bridge contract of one chain, deployed by the owner account, or taken over where it exists."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainProvider, ChainResource, OwnedInputs, session
from components.dynamic.drift import tell

if TYPE_CHECKING:
    from components.chain.console import Console


class BridgeContractInputs(OwnedInputs):
    """The contract of one chain."""

    mode_mint_burn: bool
    """True on the child chain: tokens are minted and burned there. The constructor's only argument."""
    artifact: str
    """Path of the JSON file with the creation code, from the program's folder. Read only to deploy."""
    adopt: str | None = None
    """Address of a contract that exists and is to be taken over; None deploys one of our own."""
    moved_to: str | None = None
    """Never asked for: another owner that a refresh has found. As an input it is a difference."""


class BridgeContractProvider(ChainProvider[BridgeContractInputs]):
    """Deploys once, and finds what a killed run deployed; or looks at one that exists, and sends nothing.

    A contract cannot be undone, so removal only forgets it.
    """

    inputs_type = BridgeContractInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "mode_mint_burn", "adopt"})

    def identify(self, inputs: BridgeContractInputs) -> str:
        """One contract a chain."""
        return f"{inputs.chain_id}/bridge"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Another artifact is for another contract: the one that runs stays. Addresses are spelled in any way."""
        if name == "adopt":
            return str(old).lower() != str(new).lower()
        return name != "artifact" and super().differs(name, old, new)

    def replaces(self, name: str, known: Props, new: object) -> bool:
        """Keep a contract whose address is written down: it is the same one."""
        return name != "adopt" or str(known.get("address")).lower() != str(new).lower()

    def converge(self, inputs: BridgeContractInputs, known: Props) -> Props:
        """Deploy and drop the deployer's vote, or finish what is there; an existing one is looked at and left alone."""
        from components.chain.adoption import require_owner
        from components.chain.bridge_contract import require_state

        with session(inputs) as console:
            before = _looked_at(console, inputs, known) if inputs.adopt else _deployed(console, inputs, known)
            address = before["address"]
            state = require_state(console, address)
            require_owner(console, inputs.owner, address, state)
            return {**before, "owner": state.owner}

    def observe(self, inputs: BridgeContractInputs, known: Props) -> Props | None:
        """Gone when no code is there; otherwise tell who owns it now."""
        from components.chain.bridge_contract import read_state
        from components.chain.owner import address_of
        from components.chain.reasons import not_owner

        if "address" not in known:  # what is there is found again by a create
            return None
        address = known["address"]
        with session(inputs) as console:
            state = read_state(console, address)
        if state is None:
            next_step = "the next up stops and says so" if inputs.adopt else "the next up deploys another one"
            tell(inputs.chain_id, f"the contract is gone: there is no code at its address; {next_step}", address)
            return None
        if state.owner.lower() == address_of(inputs.owner).lower():
            return {"owner": state.owner, "moved_to": None}
        tell(inputs.chain_id, f"the ownership has moved: {not_owner(inputs.owner, address, state.owner)}", address)
        return {"owner": state.owner, "moved_to": state.owner}


def _deployed(console: "Console", inputs: BridgeContractInputs, known: Props) -> Props:
    from components.chain.deployment import ensure_deployed
    from components.chain.plan import LOWEST_THRESHOLD

    address = ensure_deployed(
        console,
        inputs.signer,
        Path(inputs.artifact),
        known.get("address"),
        mode_mint_burn=inputs.mode_mint_burn,
    )
    return {"address": address, "operators_before": [], "threshold_before": LOWEST_THRESHOLD}


def _looked_at(console: "Console", inputs: BridgeContractInputs, known: Props) -> Props:
    """Remember how the contract was when it was taken over: that is what it goes back to in the end."""
    from eth_utils.address import to_checksum_address

    from components.chain.adoption import look_at

    address = to_checksum_address(str(inputs.adopt))
    state = look_at(console, address, mode_mint_burn=inputs.mode_mint_burn)
    return {
        "address": address,
        "operators_before": known.get("operators_before", list(state.operators)),
        "threshold_before": known.get("threshold_before", state.threshold),
    }


class BridgeContract(ChainResource, module="servicechain", name="BridgeContract"):
    """The bridge contract of one chain."""

    address: pulumi.Output[str]
    owner: pulumi.Output[str]
    operators_before: pulumi.Output[list[str]]
    """Those that an existing contract had when it was taken over."""
    threshold_before: pulumi.Output[int]
    """What it had then; the constructor's for one of our own."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        outputs = dict.fromkeys(("address", "owner", "operators_before", "threshold_before"))
        super().__init__(BridgeContractProvider(), name, {**outputs, **props}, opts)
