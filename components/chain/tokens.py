"""The verbs of a token on one bridge contract: read, plan, execute, read back."""

import sys
from collections.abc import Callable

from eth_utils.address import to_checksum_address

from components.chain import token_contract, token_plan
from components.chain.bridge_contract import read_token, require_state, transaction
from components.chain.console import Console, wait_for
from components.chain.errors import ChainError, NotReady
from components.chain.plan import Step
from components.chain.signer import Signer
from components.chain.token_plan import TokenState
from components.chain.transactions import Transaction, carry_out
from components.chain.transfer import Direction, requested


def register(console: Console, signer: Signer, bridge: str, kind: str, token: str, counterpart: str) -> None:
    """Make a token known to the bridge contract, once it is sure that transfers of it can be paid out there.

    Raises ChainError, Refused.
    """
    token, counterpart, account = to_checksum_address(token), to_checksum_address(counterpart), signer.account().address

    def steps(state: TokenState) -> list[Step]:
        return token_plan.register_token(state, account, token, counterpart)

    if steps(_require(console, bridge, token)):
        _check(console, bridge, kind, token)
        _close(console, signer, bridge, token, steps)


def deregister(direction: Direction, signer: Signer, token: str, counterpart: str, deadline: float) -> None:
    """Undo a registration on the source of a direction: lock, wait until what was requested is handled, deregister.

    Nothing is done where the token is not registered, or with another counterpart. `deadline` is in seconds. Raises
    ChainError, Refused.
    """
    token, counterpart, account = to_checksum_address(token), to_checksum_address(counterpart), signer.account().address
    source, bridge = direction.source, direction.source_bridge
    if read_token(source, bridge, token) is None:
        return
    _close(source, signer, bridge, token, lambda state: token_plan.lock_token(state, account, token, counterpart))
    if not token_plan.deregister_token(_require(source, bridge, token), account, token, counterpart):
        return
    left = _drain(direction, deadline)
    _close(
        source,
        signer,
        bridge,
        token,
        lambda state: token_plan.deregister_token(state, account, token, counterpart, left),
    )


def _check(console: Console, bridge: str, kind: str, token: str) -> None:
    token_contract.require_code(console, token)
    if require_state(console, bridge).mode_mint_burn:
        token_contract.require_mint_right(console, bridge, kind, token)
    elif token_contract.holding(console, bridge, token) == 0:
        print(
            f"chain {console.web3.eth.chain_id}: the bridge {bridge} holds nothing of token {token}: transfers to this "
            "chain are paid out of what comes in from here first",
            file=sys.stderr,
        )


def _drain(direction: Direction, deadline: float) -> int:
    """Wait until what is requested by now is handled; return how many requests are not."""
    mark = requested(direction)

    def left() -> int:
        return max(0, mark - require_state(direction.target, direction.target_bridge).lower_handle_nonce)

    def probe() -> bool | str:
        count = left()
        return count == 0 or f"{count} transfer(s) {direction.name} requested before a token goes, and not handled"

    try:
        wait_for(probe, deadline)
    except NotReady:
        return left()
    return 0


def _require(console: Console, bridge: str, token: str) -> TokenState:
    state = read_token(console, bridge, token)
    if state is None:
        msg = (
            f"chain {console.web3.eth.chain_id}: no contract at {bridge}, where the bridge was; run `pulumi refresh`, "
            "then `pulumi up`"
        )
        raise ChainError(msg)
    return state


def _close(
    console: Console, signer: Signer, bridge: str, token: str, steps: Callable[[TokenState], list[Step]]
) -> None:
    """Close a gap, and prove that it is closed by planning again on what the chain says afterwards."""
    planned: list[Step] = []

    def plan_calls() -> list[Transaction]:
        planned[:] = steps(_require(console, bridge, token))
        return [transaction(bridge, step) for step in planned]

    carry_out(console, signer, plan_calls)
    if planned and (left := steps(_require(console, bridge, token))):
        msg = (
            f"chain {console.web3.eth.chain_id}, bridge {bridge}: {left[0].annotation}: was mined, yet the contract "
            "does not show it; somebody else with the owner's key changes it at this moment: stop that, then run again"
        )
        raise ChainError(msg)
