"""Value transfers of the chain's coin over the bridge: requests, and how many are not handled yet."""

from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import require_state, transaction
from components.chain.contracts.plan import Step
from components.chain.transfers.direction import Direction
from components.chain.transfers.open_requests import open_nonces
from components.chain.tx.batch import Transaction, carry_out

__all__ = ["Direction", "coins_request", "pending", "request", "requested"]


def pending(direction: Direction) -> int:
    """Return how many requests of this direction are not handled yet."""
    return len(open_nonces(direction))


def requested(direction: Direction) -> int:
    """Return how many transfers were ever requested in this direction."""
    return require_state(direction.source, direction.source_bridge).request_nonce


def coins_request(direction: Direction, recipient: str, amount: int) -> Transaction:
    """Return the request of a transfer of coins (peb) to a recipient on the other chain."""
    words = f"request a transfer of {amount} peb, {direction.name}"
    step = Step("requestKLAYTransfer", (recipient, amount, b""), words, value=amount)
    return transaction(direction.source_bridge, step)


def request(direction: Direction, signer: Signer, recipient: str, amount: int) -> str:
    """Send `amount` (peb) to a recipient on the other chain and return the hash of the request. Raises ChainError."""
    (receipt,) = carry_out(direction.source, signer, lambda: [coins_request(direction, recipient, amount)])
    return receipt["transactionHash"].to_0x_hex()
