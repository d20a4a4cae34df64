"""Taking over a bridge contract that exists: nothing is sent, and everything is looked at before anything is."""

from web3.exceptions import Web3Exception

from components.chain.bridge_contract import read_state
from components.chain.console import Console
from components.chain.errors import ChainError
from components.chain.owner import Owner, address_of
from components.chain.plan import BridgeState
from components.chain.reasons import not_owner


def look_at(console: Console, address: str, *, mode_mint_burn: bool) -> BridgeState:
    """Return the state of an existing bridge contract of the child chain (mode_mint_burn) or the parent chain.

    Raises ChainError, which names the setting, when nothing or something else is there, or the other chain's contract.
    """
    side, other = ("child", "parent") if mode_mint_burn else ("parent", "child")
    where, setting = f"chain {console.web3.eth.chain_id}", f"bridge.{side}Bridge"
    try:
        state = read_state(console, address)
    except (Web3Exception, ValueError) as error:
        msg = (
            f"{where}: what is at {address} does not answer like a bridge contract "
            f"({str(error).splitlines()[0]}); set {setting} to the address of the {side} chain's bridge contract"
        )
        raise ChainError(msg) from error
    if state is None:
        msg = (
            f"{where}: no contract at {address}; set {setting} to the address of the {side} chain's bridge contract "
            f"(has it been mixed up with that of the {other} chain?)"
        )
        raise ChainError(msg)
    if state.mode_mint_burn != mode_mint_burn:
        does = "mints and burns" if state.mode_mint_burn else "holds and pays out"
        needs = "has to mint and burn" if mode_mint_burn else "has to hold and pay out"
        msg = (
            f"{where}: the bridge contract {address} {does} tokens, and that of the {side} chain {needs} them; "
            f"it was deployed for the {other} side, so deploy one with modeMintBurn "
            f"{str(mode_mint_burn).lower()}, and set {setting} to it"
        )
        raise ChainError(msg)
    return state


def require_owner(console: Console, owner: Owner, address: str, state: BridgeState) -> None:
    """Raise ChainError when the contract at that address is not the configured owner's."""
    if state.owner.lower() != address_of(owner).lower():
        msg = f"chain {console.web3.eth.chain_id}: {not_owner(owner, address, state.owner)}"
        raise ChainError(msg)
