"""Value transfers of the chain's coin over the bridge, and the proof that they arrive."""

from components.chain.bridge_contract import require_state, transaction
from components.chain.console import wait_for
from components.chain.direction import Direction
from components.chain.open_requests import open_nonces
from components.chain.payout import payable
from components.chain.plan import Step
from components.chain.signer import Signer
from components.chain.transactions import Transaction, carry_out

__all__ = ["Direction", "coins_request", "pending", "request", "requested", "wait_until_handled"]


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


def wait_until_handled(direction: Direction, deadline: float) -> int:
    """Wait until all that was requested in this direction by now, and can be paid, is handled; return how many that is.

    Others may go on requesting: a bridge in use is never without an open request. What cannot be paid is none of this
    wait's: anybody can request that, and it stays open for ever. Raises NotReady after `deadline` seconds.
    """
    asked = requested(direction)

    def probe() -> int | str:
        left = open_nonces(direction, below=asked)
        if not left or not (waiting := payable(direction, left)):
            return asked - len(left)
        return (
            f"{len(waiting)} transfer(s) {direction.name} requested and not handled: look for votes below the "
            f"threshold, for the balances of the bridge contract {direction.target_bridge} and of the operators, "
            "and in the logs of the SCNs"
        )

    return wait_for(probe, deadline)
