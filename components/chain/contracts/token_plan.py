"""Which calls close the gap between what is wanted of a token in a bridge contract and what it is. Pure functions.

A removal has two steps, because a request that the contract has taken and no SCN has handled yet is lost with the
registration: an SCN that does not know the token asks the contract, gets nothing, and from then on handles nothing that
came after it (handleRequestValueTransferEvent in node/sc/bridge_manager.go of the node's module). So: lock the token,
which stops requests, wait until all are handled, and then deregister it, which removes the lock too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.chain.contracts.plan import Refused, Step
from components.domain.problems.bridge import FOREIGN_OWNER
from components.domain.problems.transfers import TOKEN_COUNTERPART, TOKEN_LOCKED, TOKEN_REQUESTS_OPEN

NAMED = 5
"""How many open requests an error names."""


@dataclass(frozen=True)
class TokenState:
    """A token in a bridge contract, read from its chain. Addresses are checksummed."""

    bridge: str
    owner: str
    """Of the bridge contract: who may register tokens."""
    counterpart: str | None
    """The token on the other chain; None where the token is not registered."""
    locked: bool
    """Whether the contract refuses requests of transfers of it."""


def register_token(state: TokenState, account: str, token: str, counterpart: str) -> list[Step]:
    """Register a token, as `account`. Raises Refused when another counterpart is registered, or it is locked."""
    if state.counterpart is None:
        words = f"register token {token} with its counterpart {counterpart}"
        _require_owner(state, account, words)
        return [Step("registerToken", (token, counterpart), words)]
    if state.counterpart != counterpart:
        msg = TOKEN_COUNTERPART(
            f"token {token} cannot be registered: the bridge {state.bridge} has it with the counterpart "
            f"{state.counterpart}, not {counterpart}; have its owner {state.owner} call deregisterToken({token}), "
            "and restart the SCNs, which remember counterparts until then"
        )
        raise Refused(msg)
    if state.locked:
        msg = TOKEN_LOCKED(
            f"token {token} is locked in the bridge {state.bridge}, by hand or by a removal that did not finish: no "
            f"transfer of it can be requested; have its owner {state.owner} call unlockToken({token}), or take the "
            "token out of the settings"
        )
        raise Refused(msg)
    return []


def lock_token(state: TokenState, account: str, token: str, counterpart: str) -> list[Step]:
    """Stop requests of transfers of a token that is to go. Raises Refused when `account` is not the owner."""
    if state.counterpart != counterpart or state.locked:
        return []
    words = f"lock token {token} before it is deregistered"
    _require_owner(state, account, words)
    return [Step("lockToken", (token,), words)]


def deregister_token(
    state: TokenState, account: str, token: str, counterpart: str, open_requests: Sequence[str] = ()
) -> list[Step]:
    """Undo the registration; one with another counterpart is left alone.

    Raises Refused while requests from before the lock are not handled, or when `account` is not the owner.
    """
    if state.counterpart != counterpart:
        return []
    words = f"deregister token {token}"
    _require_owner(state, account, words)
    if open_requests:
        named, more = "; ".join(open_requests[:NAMED]), len(open_requests) - NAMED
        msg = TOKEN_REQUESTS_OPEN(
            f"token {token} cannot be deregistered: {len(open_requests)} transfer(s) of it requested on the bridge "
            f"{state.bridge} are not handled yet, and SCNs that do not find a token they need handle nothing that came "
            f"after it; it is locked now, so have these paid and run again: {named}"
            + (f"; and {more} more" if more > 0 else "")
        )
        raise Refused(msg)
    return [Step("deregisterToken", (token,), words)]


def _require_owner(state: TokenState, account: str, words: str) -> None:
    if state.owner != account:
        msg = FOREIGN_OWNER(
            f"{words}: the owner of the bridge {state.bridge} is {state.owner}, and the configured key is that of "
            f"{account}; configure the owner's key"
        )
        raise Refused(msg)
