"""Why a node does not accept a transaction, by its error messages (blockchain/error.go, v1.0.3). Pure."""

from enum import Enum, auto

from web3.exceptions import Web3RPCError


class Refusal(Enum):
    """What a refusal means for the nonce."""

    KNOWN = auto()
    """The node has this very transaction: it is sent."""
    USED = auto()
    """A transaction with this nonce is mined."""
    TAKEN = auto()
    """Another one with this nonce is in the pool, and this one does not replace it."""
    CHEAP = auto()
    """It pays less than the base fee, or not the unit price of a chain before Magma."""
    FINAL = auto()
    """Anything else: insufficient funds, a full pool."""


_WORDS = {
    "known transaction": Refusal.KNOWN,
    "already known": Refusal.KNOWN,
    "nonce too low": Refusal.USED,
    "which has the same nonce": Refusal.TAKEN,
    "replacement transaction underpriced": Refusal.TAKEN,
    "greater than or equal to basefee": Refusal.CHEAP,
    "invalid unit price": Refusal.CHEAP,
    "transaction underpriced": Refusal.CHEAP,
}


def words_of(error: Web3RPCError) -> str:
    """Return the message of a node without what the library adds."""
    response = error.rpc_response or {}
    told = response.get("error")
    return str(told.get("message") if isinstance(told, dict) else told or error.message or error)


def sort(words: str) -> Refusal:
    """Return what a refusal in the node's words means."""
    lower = words.lower()
    return next((refusal for part, refusal in _WORDS.items() if part in lower), Refusal.FINAL)
