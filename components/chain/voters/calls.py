"""What the resources of a bridge do on one contract: read, plan, send, read back."""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence

from eth_utils.address import to_checksum_address

from components.chain.accounts.funding import Need, require
from components.chain.accounts.owner import Owner, OwnerNode, address_of
from components.chain.accounts.signer import Signer
from components.chain.contracts import plan
from components.chain.contracts.contract import read_state, require_state, transaction
from components.chain.contracts.gap import Send, close_gap, send_as
from components.chain.contracts.owner_via_node import send_through
from components.chain.contracts.plan import BridgeState, Step
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx.batch import Transaction, carry_out
from components.chain.tx.revert_reasons import not_owner
from components.chain.voters.roster import Roster, roster_of
from components.chain.voters.voter_plan import removed_first
from components.chain.voters.voters import require_voters, require_voters_for
from components.domain.limits import LOWEST_THRESHOLD, MAX_OPERATORS, VALUE_TRANSFER
from components.domain.problems.bridge import FOREIGN_OWNER
from components.domain.problems.problem import Message

_contracts: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def register_operators(console: Console, signer: Owner, bridge: str, operators: Sequence[str]) -> None:
    """Make these accounts operators of the bridge contract, all in one block.

    Where the contract is full, operators that are to be removed anyway are removed first. Raises ChainError, Refused.
    """
    roster = roster_of(bridge)
    if roster is not None:
        _close(console, signer, bridge, lambda state: _make_room(bridge, state, roster, operators))
    _close(console, signer, bridge, lambda state: plan.register_operators(state, operators))


def deregister_operator(console: Console, signer: Owner, bridge: str, operator: str) -> None:
    """Take the vote of `operator` away; no-op without a contract. Raises ChainError, Refused."""

    def steps(state: BridgeState) -> list[Step]:
        planned = plan.deregister_operator(state, operator)
        if planned:
            require_voters(bridge, state, [operator], planned[0].annotation)
        return planned

    if read_state(console, bridge):
        _close(console, signer, bridge, steps)


def _make_room(bridge: str, state: BridgeState, roster: Roster, wanted: Sequence[str]) -> list[Step]:
    """Remove operators that are to be removed anyway before others come, where the contract is full."""
    may_go = [*roster.leaving, *(plan.others_of(state, wanted) if roster.removes_others else ())]
    going = removed_first(state.operators, wanted, may_go, MAX_OPERATORS)
    if not going:
        return []
    require_voters(bridge, state, going, f"making room for {len(going)} operator(s) in a full contract")
    return plan.deregister_operators(state, going)


def set_threshold(
    console: Console, signer: Owner, bridge: str, threshold: int, vote_type: int = VALUE_TRANSFER
) -> None:
    """Set the votes that a value transfer needs, or a configuration vote.

    Raises ChainError, and Refused also where transfers would need more votes than the pairs can give now.
    """

    def steps(state: BridgeState) -> list[Step]:
        planned = plan.set_threshold(state, vote_type, threshold)
        if planned and vote_type == VALUE_TRANSFER and threshold > state.threshold:
            require_voters_for(bridge, state, threshold, planned[0].annotation)
        return planned

    _close(console, signer, bridge, steps)


def reset_threshold(
    console: Console,
    signer: Owner,
    bridge: str,
    threshold: int = LOWEST_THRESHOLD,
    leaving: Sequence[str] = (),
    vote_type: int = VALUE_TRANSFER,
) -> None:
    """Set the votes that a type needs back to what they were; no-op without a contract.

    At most the number of those who stay when the operators `leaving` go. Raises ChainError.
    """
    if read_state(console, bridge):
        _close(console, signer, bridge, lambda state: plan.reset_threshold(state, vote_type, threshold, leaving))


def remove_other_operators(console: Console, signer: Owner, bridge: str, known: Sequence[str]) -> None:
    """Remove all operators except those known. Raises ChainError, Refused."""

    def steps(state: BridgeState) -> list[Step]:
        planned = plan.remove_others(state, known)
        if planned:
            require_voters(bridge, state, plan.others_of(state, known), planned[0].annotation)
        return planned

    _close(console, signer, bridge, steps)


def _close(console: Console, signer: Owner, bridge: str, steps: Callable[[BridgeState], list[Step]]) -> None:
    """Close a gap as the owner, one at a time per contract: two plans on the same state would not fit each other."""

    def plan_steps(state: BridgeState) -> list[Step]:
        try:
            planned = steps(state)
        except plan.Refused as error:
            raise plan.Refused(_placed(console, bridge, error)) from error
        if planned and state.owner.lower() != address_of(signer).lower():
            msg = FOREIGN_OWNER(
                f"chain {console.web3.eth.chain_id}: {planned[0].annotation}: {not_owner(signer, bridge, state.owner)}"
            )
            raise ChainError(msg)
        return planned

    send = _through(console, signer, bridge) if isinstance(signer, OwnerNode) else send_as(console, signer, bridge)
    with _contracts[bridge]:
        close_gap(console, bridge, lambda: require_state(console, bridge), plan_steps, send)


def _placed(console: Console, bridge: str, error: plan.Refused) -> Message:
    """Return the message of a plan with chain and address, which a plan does not know."""
    return Message(f"chain {console.web3.eth.chain_id}, bridge {bridge}: {error}")


def _through(console: Console, owner: OwnerNode, bridge: str) -> Send:
    return lambda steps: send_through(console, owner, bridge, steps)


def fill_account(console: Console, signer: Signer, account: str, minimum: int, target: int) -> None:
    """Send coin (peb) to an account that holds less than `minimum`. Raises ChainError."""
    where = to_checksum_address(account)

    def payment() -> list[Transaction]:
        missing = plan.missing_amount(console.web3.eth.get_balance(where), minimum, target)
        if not missing:
            return []
        require(console, signer, [Need(missing, f"balance of {where}, from which it pays gas")])
        return [Transaction(f"fund {where} with {missing} peb", where, value=missing)]

    carry_out(console, signer, payment)


def fill_bridge(console: Console, signer: Signer, bridge: str, minimum: int, target: int) -> None:
    """Add coin (peb) to a bridge contract which holds less than `minimum` to pay transfers out. Raises ChainError."""

    def payment() -> list[Transaction]:
        missing = plan.missing_amount(console.web3.eth.get_balance(to_checksum_address(bridge)), minimum, target)
        if not missing:
            return []
        require_state(console, bridge)  # an address without a contract takes coins too, and they are lost
        require(console, signer, [Need(missing, f"liquidity of {bridge}, from which it pays transfers out")])
        return [
            transaction(bridge, Step("chargeWithoutEvent", (), f"add {missing} peb of liquidity to {bridge}", missing))
        ]

    carry_out(console, signer, payment)


def balance(console: Console, account: str) -> int:
    """Return the balance of an account or contract (peb)."""
    return console.web3.eth.get_balance(to_checksum_address(account))
