"""Taking over an existing bridge contract: everything is checked before anything is sent."""

from web3.exceptions import Web3Exception

from components.chain.accounts.owner import Owner, address_of
from components.chain.contracts.contract import read_state
from components.chain.contracts.plan import BridgeState
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx.revert_reasons import not_owner
from components.domain.problems.bridge import ADOPTED_CONTRACT_WRONG, FOREIGN_OWNER
from components.domain.problems.problem import Message
from components.domain.problems.transfers import TOKEN_MODE


def read_existing(console: Console, address: str, *, mode_mint_burn: bool) -> BridgeState:
    """Return the state of an existing bridge contract of the child chain (mode_mint_burn) or the parent chain.

    Either mode of tokens works on either chain (see `mode_in_words`). Raises ChainError, which names the setting, when
    there is no such contract.
    """
    side, other = ("child", "parent") if mode_mint_burn else ("parent", "child")
    where, setting = f"chain {console.web3.eth.chain_id}", f"bridge.{side}Bridge"
    try:
        state = read_state(console, address)
    except (Web3Exception, ValueError) as error:
        msg = ADOPTED_CONTRACT_WRONG(
            f"{where}: what is at {address} does not answer like a bridge contract "
            f"({str(error).splitlines()[0]}); set {setting} to the address of the {side} chain's bridge contract"
        )
        raise ChainError(msg) from error
    if state is None:
        msg = ADOPTED_CONTRACT_WRONG(
            f"{where}: no contract at {address}; set {setting} to the address of the {side} chain's bridge contract "
            f"(has it been mixed up with that of the {other} chain?)"
        )
        raise ChainError(msg)
    return state


def mode_in_words(console: Console, address: str, state: BridgeState, *, mode_mint_burn: bool) -> Message | None:
    """Return what the mode of an existing contract means for tokens; None if our own contract would have the same mode.

    The known deploy scripts deploy both contracts with modeMintBurn true, and the nodes ignore it. The contract uses it
    when a token is requested, and when one is handled (BridgeTransferERC20.sol).
    """
    if state.mode_mint_burn == mode_mint_burn:
        return None
    side = "child" if mode_mint_burn else "parent"
    if state.mode_mint_burn:
        does = (
            "it mints tokens that arrive on this chain and burns those that leave it, so it needs the right to mint "
            "each token, and holds none"
        )
    else:
        does = (
            "it pays tokens that arrive on this chain out of what it holds, and holds those that leave it, so it needs "
            "a balance of each token before the first one arrives"
        )
    mode = str(state.mode_mint_burn).lower()
    return TOKEN_MODE(
        f"chain {console.web3.eth.chain_id}: the {side} bridge {address} was deployed with modeMintBurn {mode}: {does}"
        "; transfers of coins are the same in both modes"
    )


def require_owner(console: Console, owner: Owner, address: str, state: BridgeState) -> None:
    """Raise ChainError when the configured owner does not own the contract at that address."""
    if state.owner.lower() != address_of(owner).lower():
        msg = FOREIGN_OWNER(f"chain {console.web3.eth.chain_id}: {not_owner(owner, address, state.owner)}")
        raise ChainError(msg)
