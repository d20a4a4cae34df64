"""Value transfers of the chain's coin over the bridge, and the proof that they arrive."""

from dataclasses import dataclass

from components.chain.bridge_contract import require_state, transaction
from components.chain.console import Console, wait_for
from components.chain.plan import Step
from components.chain.signer import Signer
from components.chain.transactions import carry_out


@dataclass(frozen=True)
class Direction:
    """One way over the bridge: a contract where transfers are requested and the one where they are handled."""

    name: str
    source: Console
    source_bridge: str
    target: Console
    target_bridge: str


def pending(direction: Direction) -> int:
    """Return how many requests of this direction are not handled yet.

    Requests are counted on the source and the handled ones on the target: the only two numbers which are
    authoritative (node-behaviour 4).
    """
    requested = require_state(direction.source, direction.source_bridge).request_nonce
    return requested - require_state(direction.target, direction.target_bridge).lower_handle_nonce


def requested(direction: Direction) -> int:
    """Return how many transfers were ever requested in this direction."""
    return require_state(direction.source, direction.source_bridge).request_nonce


def request(direction: Direction, signer: Signer, recipient: str, amount: int) -> str:
    """Send `amount` (peb) to a recipient on the other chain and return the hash of the request. Raises ChainError."""
    step = Step(
        "requestKLAYTransfer",
        (recipient, amount, b""),
        f"request a transfer of {amount} peb, {direction.name}",
        value=amount,
    )
    (receipt,) = carry_out(direction.source, signer, lambda: [transaction(direction.source_bridge, step)])
    return receipt["transactionHash"].to_0x_hex()


def wait_until_handled(direction: Direction, deadline: float) -> int:
    """Wait until all that was requested in this direction by now is handled; return how many that are.

    Others may go on requesting: a bridge in use is never without an open request. Raises NotReady after `deadline`
    seconds.
    """
    asked = requested(direction)

    def probe() -> int | str:
        open_requests = asked - require_state(direction.target, direction.target_bridge).lower_handle_nonce
        if open_requests <= 0:
            return asked
        return (
            f"{open_requests} transfer(s) {direction.name} requested and not handled: look for votes below the "
            f"threshold, for the balances of the bridge contract {direction.target_bridge} and of the operators, "
            "and in the logs of the SCNs"
        )

    return wait_for(probe, deadline)
