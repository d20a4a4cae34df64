"""Deploying a bridge contract once, and finding again what an earlier run deployed.

Which contracts of an owner belong to this stack is decided by what is on chain: operators, history, and the counterpart
on the other chain. Both contracts of a bridge are looked for at the same time, each on its own chain, and have to come
to the same answer: a pair of counterparts with a history is preferred to one without, and the newest to older ones. A
contract with a history and no counterpart is abandoned: a new one replaces it.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from web3.exceptions import Web3Exception

from components.chain.accounts.signer import Signer
from components.chain.contracts.artifact import Artifact
from components.chain.contracts.contract import read_state, require_state, transaction
from components.chain.contracts.pairing import ContractPlace, counterpart_of
from components.chain.contracts.plan import BridgeState, deregister_deployer, others_of, register_operators
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.rpc.head import wait_until_caught_up
from components.chain.tx.batch import CREATED, Transaction, carry_out
from components.chain.tx.created import TooFarBack, created_by
from components.domain.networks import Side
from components.domain.problems.bridge import (
    COINS_REMAIN,
    COUNTERPART_GONE,
    FOREIGN_BRIDGE,
    FOREIGN_CONTRACT,
    OWNER_HISTORY_TOO_LONG,
)
from components.domain.problems.problem import Message
from components.domain.units import coins


@dataclass(frozen=True)
class OtherSide:
    """The other chain of the bridge."""

    connect: Callable[[], AbstractContextManager[Console]]
    """Called only where an old contract has to be judged."""
    owner: str
    """Of the contract there."""


class UsedBy(Enum):
    """Who votes in a contract of our owner."""

    OURS = auto()
    """An operator of this stack."""
    NOBODY = auto()
    """Nobody but its deployer: a run was cut off, or the bridge was taken down."""
    OTHERS = auto()
    """Others: another stack, or somebody who uses the same owner."""


def used_by(state: BridgeState, operators: Sequence[str]) -> UsedBy:
    """Return who votes in a contract. `operators`: those of this stack; if empty, every voter counts as ours."""
    voters = set(others_of(state, [state.owner]))
    if voters and set(others_of(state, [*operators, state.owner])) == voters and operators:
        return UsedBy.OTHERS
    return UsedBy.OURS if voters else UsedBy.NOBODY


def has_history(state: BridgeState) -> bool:
    """Return whether a contract was ever used."""
    return state.request_nonce > 0 or state.lower_handle_nonce > 0


def ensure_deployed(
    console: Console,
    signer: Signer,
    artifact: Path,
    known_address: str | None,
    *,
    mode_mint_burn: bool,
    operators: Sequence[str] = (),
    other: OtherSide | None = None,
) -> str:
    """Return the address of the stack's bridge contract, in which the owner holds no vote; deploy it if there is none.

    The deployment, the call that removes the deployer's vote and the registration of the stack's operators are sent
    together with consecutive nonces: no contract of ours ever has the deployer's vote at the end of a block, and
    another stack with the same owner sees to which stack it belongs. Raises ChainError.
    """
    owner = signer.account().address
    address: str | None = known_address

    def plan() -> list[Transaction]:
        nonlocal address
        address = address or find_deployed(console, owner, operators, mode_mint_burn=mode_mint_burn, other=other)
        if address is not None:
            steps = deregister_deployer(require_state(console, address).operators, owner)
            return [transaction(address, step) for step in steps]
        fresh = BridgeState(owner, (), 1, mode_mint_burn, 0, 0)
        first = [
            *deregister_deployer((owner,), owner),
            *register_operators(fresh, list(map(to_checksum_address, operators))),
        ]
        creation = Transaction(
            annotation="deploy the bridge contract",
            data=Artifact.load(artifact).creation(mode_mint_burn=mode_mint_burn),
        )
        return [creation, *(transaction(CREATED, step, simulate=False) for step in first)]

    receipts = carry_out(console, signer, plan)
    if address is None:
        address = str(receipts[0]["contractAddress"])
        require_state(console, address)
    return address


def find_deployed(
    console: Console,
    owner: ChecksumAddress,
    operators: Sequence[str],
    *,
    mode_mint_burn: bool,
    other: OtherSide | None = None,
) -> ChecksumAddress | None:
    """Return the stack's contract among those that the owner has deployed, if one of them can still be used.

    Raises ChainError for a bridge between the same two chains that somebody else runs with this owner, and where the
    owner has sent more transactions than are looked at.
    """
    side: Side = "child" if mode_mint_burn else "parent"
    unused: ChecksumAddress | None = None
    try:
        for address in created_by(console, owner, "bridge contract"):
            state = bridge_at(console, address)
            if state is None or state.owner != owner or state.mode_mint_burn != mode_mint_burn:
                continue
            user, mine = used_by(state, operators), ContractPlace(console, address, side)
            if not has_history(state):
                unused = unused or (None if user is UsedBy.OTHERS else address)
                continue
            if other is None:
                if user is not UsedBy.OTHERS:
                    return address
                continue
            counterpart = _counterpart(mine, state, other, own=user is UsedBy.OURS)
            if user is UsedBy.OTHERS:
                _leave_to_others(mine, state, counterpart)
            elif counterpart is not None:
                return address
            else:
                _abandon(mine, state)
    except TooFarBack as error:
        if unused is None:
            msg = OWNER_HISTORY_TOO_LONG(
                f"{error} (bridge.{side}Owner or bridge.{side}OwnerKey); or, if the bridge exists, write both of its "
                "contracts as bridge.parentBridge and bridge.childBridge"
            )
            raise TooFarBack(msg) from error
    return unused


def find_ours(
    console: Console, owner: ChecksumAddress, operators: Sequence[str], *, mode_mint_burn: bool
) -> ChecksumAddress | None:
    """Return the newest contract in which this stack votes, or in which nobody votes and that has no history.

    For what has to be known before the other chain can be asked. Raises TooFarBack.
    """
    for address in created_by(console, owner, "bridge contract"):
        state = bridge_at(console, address)
        if state is None or state.owner != owner or state.mode_mint_burn != mode_mint_burn:
            continue
        user = used_by(state, operators)
        if user is UsedBy.OURS or (user is UsedBy.NOBODY and not has_history(state)):
            return address
    return None


def bridge_at(console: Console, address: str) -> BridgeState | None:
    """Return the state of a bridge contract, or None where there is none or something else."""
    try:
        return read_state(console, address)
    except (Web3Exception, ValueError):  # the code there does not answer like a bridge contract
        return None


def _counterpart(mine: ContractPlace, state: BridgeState, other: OtherSide, *, own: bool) -> str | None:
    """Look for the counterpart on the other chain, through a node that is in sync.

    `own`: whether this stack votes in the contract. One in which nobody votes any more may be of a bridge that was
    taken down, whose requests were paid on a chain that is gone.
    """
    with other.connect() as there:
        wait_until_caught_up(there)
        owner = to_checksum_address(other.owner)
        return counterpart_of(mine, state, there, lambda: created_by(there, owner, "bridge contract"), own=own)


def _leave_to_others(mine: ContractPlace, state: BridgeState, counterpart: str | None) -> None:
    """Report who uses a contract. Raises ChainError for a bridge between the same two chains."""
    what = (
        f"chain {mine.console.web3.eth.chain_id}: the bridge contract {mine.address} has the same owner "
        f"{state.owner} and belongs to somebody else: its operators are {', '.join(state.operators)}, none of this "
        f"stack, and it has {state.request_nonce} requests"
    )
    if counterpart is None:
        print(FOREIGN_CONTRACT(f"{what}; it is left alone"), file=sys.stderr)
        return
    parent, child = (counterpart, mine.address) if mine.side == "child" else (mine.address, counterpart)
    msg = FOREIGN_BRIDGE(
        f"{what}. Its counterpart is {counterpart}, between the same two chains. Nothing was sent. To take that bridge "
        f"over write bridge.parentBridge: {parent} and bridge.childBridge: {child} with the owners' keys; to run a "
        "second bridge beside it give the stack owner keys of its own"
    )
    raise ChainError(msg)


def _abandon(mine: ContractPlace, state: BridgeState) -> None:
    """Report a contract that is not used again, and what it holds."""
    left = remains(mine.console, mine.address, state)
    message = COUNTERPART_GONE(
        f"chain {mine.console.web3.eth.chain_id}: the bridge contract {mine.address} of an earlier life of this "
        f"stack has no counterpart on the other chain ({state.request_nonce} requests made, "
        f"{state.lower_handle_nonce} handled), so it is not used again" + (f"; {left}" if left else "")
    )
    print(message, file=sys.stderr)


def remains(console: Console, address: str, state: BridgeState) -> Message | None:
    """Return what a contract holds and how to get it back; None where it holds nothing."""
    held = console.web3.eth.get_balance(to_checksum_address(address))
    if not held:
        return None
    threshold = "" if state.threshold == 1 else "setOperatorThreshold(0, 1), "
    return COINS_REMAIN(
        f"it holds {coins(held)} coins; its owner {state.owner} gets them back with these calls: "
        f"registerOperator({state.owner}), {threshold}handleKLAYTransfer(0x and 64 digits of your own, {state.owner}, "
        f"the recipient, {held}, {state.lower_handle_nonce}, 1, 0x), deregisterOperator({state.owner}); "
        "see docs/contracts.md"
    )
