"""Registering and deregistering a token on one bridge contract: read, plan, send, read back."""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import Signer
from components.chain.contracts import token_plan
from components.chain.contracts.contract import read_token, require_state
from components.chain.contracts.gap import close_gap, send_as
from components.chain.contracts.plan import Refused, Step
from components.chain.contracts.token_plan import TokenState
from components.chain.errors import ChainError, NotReady
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import wait_for
from components.chain.tokens import token_contract
from components.chain.transfers.direction import Direction
from components.chain.transfers.payout import why_unpayable
from components.chain.transfers.requests import Request, find, open_nonces, requested
from components.domain.problems.bridge import CONTRACT_MISSING
from components.domain.problems.problem import Message
from components.domain.problems.transfers import TOKEN_STAYS, TOKEN_UNFUNDED


@dataclass(frozen=True)
class OtherContract:
    """The bridge contract on the other chain."""

    connect: Callable[[], AbstractContextManager[Console]]
    """Connects to a node in sync. Raises ChainUnreadable."""
    bridge: str


def register(
    console: Console, signer: Signer, bridge: str, kind: str, token: str, counterpart: str, there: OtherContract
) -> None:
    """Register a token in the bridge contract, once it is certain that transfers of it can be paid out on both chains.

    The registration in the other contract is another transaction, which may fail: then what was requested here would
    be held or burned, and never be paid out there. Raises ChainError, Refused.
    """
    token, counterpart, account = to_checksum_address(token), to_checksum_address(counterpart), signer.account().address

    def steps(state: TokenState) -> list[Step]:
        return token_plan.register_token(state, account, token, counterpart)

    if steps(_require(console, bridge, token)):
        if not _can_pay_out(console, bridge, kind, token):
            words = TOKEN_UNFUNDED(
                f"chain {console.web3.eth.chain_id}: the bridge {bridge} holds nothing of token {token}: transfers to "
                "this chain are paid out of what comes in from here first"
            )
            print(words, file=sys.stderr)
        with there.connect() as other:
            _can_pay_out(other, there.bridge, kind, counterpart)
            _require_registrable(other, there.bridge, counterpart, token)
        _close(console, signer, bridge, token, steps)


def deregister(direction: Direction, signer: Signer, token: str, counterpart: str, deadline: float) -> None:
    """Undo a registration on the source of a direction: lock, wait until requests of it are handled, deregister.

    No-op where the token is not registered, or with another counterpart. It stays registered, and locked, for requests
    that cannot be paid. `deadline` is in seconds. Raises ChainError, Refused.
    """
    token, counterpart, account = to_checksum_address(token), to_checksum_address(counterpart), signer.account().address
    source, bridge = direction.source, direction.source_bridge
    if read_token(source, bridge, token) is None:
        return
    _close(source, signer, bridge, token, lambda state: token_plan.lock_token(state, account, token, counterpart))
    if not token_plan.deregister_token(_require(source, bridge, token), account, token, counterpart):
        return
    left = _drain(direction, token, deadline)
    waiting = [words for words, why in left.items() if not why]
    if left and not waiting:
        _leave(source, bridge, token, left)
        return
    _close(
        source,
        signer,
        bridge,
        token,
        lambda state: token_plan.deregister_token(state, account, token, counterpart, waiting),
    )


def _leave(console: Console, bridge: str, token: str, left: Mapping[str, Message | None]) -> None:
    """Report that a token stays registered for requests that cannot be paid: without it SCNs would stop at these."""
    named = "; ".join(f"{words} cannot be paid: {why}" for words, why in left.items())
    words = TOKEN_STAYS(
        f"chain {console.web3.eth.chain_id}: token {token} stays registered in the bridge {bridge}, and locked, which "
        f"stops requests of it: SCNs that do not find a token they need handle nothing after it. {named}"
    )
    print(words, file=sys.stderr)


def _can_pay_out(console: Console, bridge: str, kind: str, token: str) -> bool:
    """Return whether the bridge holds some of a token or mints it. Raises ChainError where it never can pay out."""
    token_contract.require_code(console, token)
    if require_state(console, bridge).mode_mint_burn:
        token_contract.require_mint_right(console, bridge, kind, token)
        return True
    return token_contract.holding(console, bridge, token) > 0


def _require_registrable(console: Console, bridge: str, token: str, counterpart: str) -> None:
    """Raise Refused where a token is registered otherwise or locked. Whose contract it is does not matter here."""
    state = _require(console, bridge, token)
    try:
        token_plan.register_token(state, state.owner, token, counterpart)
    except Refused as error:
        raise Refused(Message(f"chain {console.web3.eth.chain_id}: {error}")) from error


def _drain(direction: Direction, token: str, deadline: float) -> dict[str, Message | None]:
    """Wait until the transfers of a token that are requested by now, and can be paid, are handled.

    Return those that are not, and why each cannot be paid, or None. Those of coins and of other tokens do not count.
    """
    found: dict[int, Request] = {}

    def left() -> dict[str, Message | None]:
        nonces = open_nonces(direction, below=mark)
        found.update(find(direction, [nonce for nonce in nonces if nonce not in found]))
        unseen = [nonce for nonce in nonces if nonce not in found]
        concerned = [found[nonce] for nonce in nonces if nonce in found and found[nonce].token == token]
        return {f"request {nonce}, whose event is too far back to be looked at": None for nonce in unseen} | {
            str(one): why_unpayable(direction, one) for one in concerned
        }

    def probe() -> bool | str:
        waiting = [words for words, why in left().items() if not why]
        what = f"{len(waiting)} transfer(s) {direction.name} of a token that goes are not handled"
        return not waiting or f"{what}: {waiting[0]}"

    mark = requested(direction)
    with suppress(NotReady):
        wait_for(probe, deadline, interval=1)
    return left()


def _require(console: Console, bridge: str, token: str) -> TokenState:
    state = read_token(console, bridge, token)
    if state is None:
        msg = CONTRACT_MISSING(
            f"chain {console.web3.eth.chain_id}: no contract at {bridge}, where the bridge was; run `pulumi refresh`, "
            "then `pulumi up`"
        )
        raise ChainError(msg)
    return state


def _close(
    console: Console, signer: Signer, bridge: str, token: str, steps: Callable[[TokenState], list[Step]]
) -> None:
    close_gap(console, bridge, lambda: _require(console, bridge, token), steps, send_as(console, signer, bridge))
