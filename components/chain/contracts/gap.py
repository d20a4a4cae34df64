"""The gap between what is wanted of a bridge contract and what it is: read, plan, send, and read again as the proof.

A plan is empty where the contract is as wanted, so that a run which finds nothing to do sends nothing.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import transaction
from components.chain.contracts.plan import Step
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx.batch import carry_out
from components.domain.problems.bridge import OWNER_KEY_SHARED

StateT = TypeVar("StateT")

Plan = Callable[[StateT], list[Step]]
Send = Callable[[Callable[[], Sequence[Step]]], None]
"""Sends the steps that it asks for, once nothing of an earlier run is under way on the chain."""


def close_gap(console: Console, bridge: str, read: Callable[[], StateT], plan: Plan[StateT], send: Send) -> None:
    """Send what the plan finds missing, then plan again on the new state of the chain: nothing may be left.

    Raises ChainError when something is, and what `read`, `plan` and `send` raise.
    """
    planned: list[Step] = []

    def steps() -> list[Step]:
        planned[:] = plan(read())
        return planned

    send(steps)
    if planned and (left := plan(read())):
        msg = OWNER_KEY_SHARED(
            f"chain {console.web3.eth.chain_id}, bridge {bridge}: {left[0].annotation}: was mined, but the contract "
            "does not show it; somebody else changes it with the owner's key at this moment: stop that, then run again"
        )
        raise ChainError(msg)


def send_as(console: Console, signer: Signer, bridge: str) -> Send:
    """Return what sends steps to the contract as transactions of a signer."""

    def send(steps: Callable[[], Sequence[Step]]) -> None:
        carry_out(console, signer, lambda: [transaction(bridge, step) for step in steps()])

    return send
