"""The proof that a bridge works in one direction: a transfer of its own, followed by its hash until it is paid out.

Counters prove nothing: others move them too. And no transfer is requested that cannot be paid out: it would stay in the
contract forever, hold lowerHandleNonce back, and have every operator pay for one more vote every few seconds.
"""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.contract import Contract

from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import function, read_token, require_state, view
from components.chain.errors import NotReady
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.chain.tokens.token_contract import holding
from components.chain.transfers.direction import Direction
from components.chain.tx.batch import Transaction, carry_out
from components.chain.voters.voters import why_unable
from components.domain.problems.bridge import TOO_FEW_VOTES
from components.domain.problems.problem import Message
from components.domain.problems.transfers import (
    COINS_LOCKED,
    CONTRACT_STOPPED,
    FEE_CHARGED,
    LIQUIDITY_MISSING,
    TRANSFER_NOT_PAID,
    VOTES_OF_OTHERS,
)
from components.domain.units import coins

DEADLINE = 180.0
"""Seconds for a transfer: one block on each chain, or a few round changes of 11 s."""
ATTEMPTS = 4
"""Transfers that are requested until enough of the operators that stay have voted: one that leaves may be faster."""
LATE_SECONDS = 8.0
"""How long to wait for votes that come after the deciding one."""
_FIRST = slice(8, 72)
"""Digits of the first argument in the data of a call, after the selector."""
_WITH_TRANSACTIONS = True
"""Second argument of getBlockByNumber."""
_INTERVAL = 0.5

_TOKEN: Contract = Web3().eth.contract(  # encodes calls; never connected
    abi=[function("requestValueTransfer", ["uint256", "address", "uint256", "bytes"])],
    address=to_checksum_address("0x" + "00" * 20),
)


@dataclass(frozen=True)
class PayoutConditions:
    """What decides whether a transfer of coins can be paid out in one direction."""

    running: bool
    """Of the contract where it is requested."""
    locked: bool
    """Whether that contract takes no coins."""
    fee: int
    """What that contract keeps of each transfer (peb)."""
    held: int
    """What the contract that pays it out holds (peb)."""
    threshold: int
    """Votes that it needs there."""
    voters: int
    """Operators registered there that are expected to vote."""


def payout_conditions(direction: Direction, voters: Sequence[str]) -> PayoutConditions:
    """Read them. `voters`: who is expected to vote on the target."""
    source = view(direction.source, direction.source_bridge)
    target = require_state(direction.target, direction.target_bridge)
    registered = {operator.lower() for operator in target.operators}
    return PayoutConditions(
        running=source.isRunning().call(),
        locked=source.isLockedKLAY().call(),
        fee=source.feeOfKLAY().call() if _takes_fees(source) else 0,
        held=direction.target.web3.eth.get_balance(to_checksum_address(direction.target_bridge)),
        threshold=target.threshold,
        voters=len(registered & {voter.lower() for voter in voters}),
    )


def obstacles(means: PayoutConditions, amount: int) -> list[Message]:
    """Return why a transfer of that amount (peb) could not be paid out; empty where it can."""
    found = []
    if not means.running:
        found.append(CONTRACT_STOPPED("the contract where it is requested is stopped"))
    if means.locked:
        found.append(COINS_LOCKED("the contract where it is requested takes no coins (lockKLAY)"))
    if means.fee:
        found.append(FEE_CHARGED(f"the contract where it is requested keeps {coins(means.fee)} coins of each transfer"))
    if means.held < amount:
        found.append(LIQUIDITY_MISSING(f"the contract that pays it out holds {coins(means.held)} coins"))
    if means.voters < means.threshold:
        words = f"it needs {means.threshold} votes, and {means.voters} operators are known that will vote"
        found.append(TOO_FEW_VOTES(words))
    return found


@dataclass(frozen=True)
class Arrival:
    """A transfer that has arrived."""

    tx: str
    """Hash of its request."""
    voters: tuple[str, ...]
    """Who voted for it, or for one of those that were requested before it."""


def transfer(
    direction: Direction, signer: Signer, request: Transaction, voters: Sequence[str], deadline: float, threshold: int
) -> Arrival:
    """Send the request of a transfer, repeatedly if needed, until one has arrived by the votes of `voters`.

    Only their votes count, up to the threshold: others may vote today and leave tomorrow. Raises NotReady after
    `deadline` seconds, with who has voted and who has not.
    """
    voted: set[str] = set()
    for _ in range(ATTEMPTS):
        since = direction.target.web3.eth.block_number
        (receipt,) = carry_out(direction.source, signer, lambda: [request])
        tx = receipt["transactionHash"].to_0x_hex()
        votes = RequestVotes(direction.target, direction.target_bridge, tx, voters, since)
        print(f"waiting for the transfer {tx} {direction.name}", file=sys.stderr)
        wait_for(partial(_paid, direction, tx, votes, threshold), deadline, _INTERVAL)
        with suppress(NotReady):
            wait_for(partial(_enough, votes, voted, threshold), LATE_SECONDS, _INTERVAL)
        voted |= votes.read()
        if len(voted) >= threshold:
            return Arrival(tx, tuple(sorted(voted)))
    missing = ", ".join(voter for voter in voters if voter not in voted)
    msg = VOTES_OF_OTHERS(
        f"{ATTEMPTS} transfers {direction.name} arrived, but by the votes of operators that are not in the settings: "
        f"{len(voted)} of the {threshold} votes that a transfer needs came from those that are, none from {missing}. "
        "See that their SCNs run, are connected to their ENs and have coins for gas, then run again"
    )
    raise NotReady(msg)


def token_request(direction: Direction, token: str, recipient: str, amount: int = 1) -> Transaction:
    """Return the request of a transfer of an ERC-20 token of our own. `amount`: in its smallest unit."""
    words = f"request a transfer of {amount} of token {token}, {direction.name}"
    data = _TOKEN.encode_abi("requestValueTransfer", args=[amount, to_checksum_address(recipient), 0, b""])
    return Transaction(words, to_checksum_address(token), data)


def token_obstacles(direction: Direction, token: str, owner: str) -> list[str]:
    """Return why a transfer of an ERC-20 token of `owner` could not be paid out; empty where it can.

    These are parts of another message.
    """
    here = read_token(direction.source, direction.source_bridge, token)
    if here is None or here.counterpart is None:
        return [f"token {token} is not registered"]
    found = [f"token {token} is locked"] if here.locked else []
    source = view(direction.source, direction.source_bridge)
    fee = source.feeOfERC20(to_checksum_address(token)).call() if _takes_fees(source) else 0
    there = read_token(direction.target, direction.target_bridge, here.counterpart)
    if there is None or there.counterpart != to_checksum_address(token):
        found.append(f"its counterpart {here.counterpart} is not registered")
    elif not view(direction.target, direction.target_bridge).modeMintBurn().call() and not holding(
        direction.target, direction.target_bridge, here.counterpart
    ):
        found.append(f"the contract that pays it out holds nothing of token {here.counterpart}")
    if not source.isRunning().call():
        found.append("the contract where it is requested is stopped")
    if fee:
        found.append(f"the contract where it is requested keeps {fee} units of each transfer of token {token}")
    if not holding(direction.source, owner, token):
        found.append(f"{owner} holds nothing of token {token}")
    return found


def _takes_fees(contract: Any) -> bool:
    return int(str(contract.feeReceiver().call()), 16) != 0


def is_paid(direction: Direction, tx: str) -> bool:
    """Return whether the request of that hash is paid out on the other chain."""
    return bool(view(direction.target, direction.target_bridge).handledRequestTx(bytes.fromhex(tx[2:])).call())


def _paid(direction: Direction, tx: str, votes: "RequestVotes", threshold: int) -> bool | Message:
    if is_paid(direction, tx):
        return True
    voted = votes.read()
    missing = ", ".join(voter for voter in votes.operators if voter not in voted)
    held = direction.target.web3.eth.get_balance(to_checksum_address(direction.target_bridge))
    return TRANSFER_NOT_PAID(
        f"the transfer {tx} {direction.name} is not paid out: {len(voted)} of {threshold} votes have come"
        + (f", none from {missing}" if missing else "")
        + f"; the contract {direction.target_bridge} holds {coins(held)} coins. See the logs of the SCNs"
    )


def _enough(votes: "RequestVotes", before: set[str], threshold: int) -> bool | str:
    return len(before | votes.read()) >= threshold or f"votes that came late: {len(before | votes.read())}"


class RequestVotes:
    """Who has voted for one request, read from the blocks of the chain where it is paid out.

    The contract has no function for that, but each vote is a transaction of the operator with the hash of the request
    as its first argument, also one that came late and was refused.
    """

    def __init__(self, console: Console, bridge: str, request: str, operators: Sequence[str], since: int) -> None:
        """`since`: the last block before the request."""
        self.operators = operators
        self._console, self._next = console, since + 1
        self._bridge, self._request = bridge.lower(), f"0x{request.removeprefix('0x').lower()}"
        self._names = {operator.lower(): operator for operator in operators}
        self._voted: set[str] = set()

    def read(self) -> set[str]:
        """Return which of the operators have voted up to now."""
        head = self._console.web3.eth.block_number
        for number in range(self._next, head + 1):
            block = self._console.call("eth_getBlockByNumber", hex(number), _WITH_TRANSACTIONS)
            if block is None:  # not there yet
                break
            self._voted |= {self._names[tx["from"].lower()] for tx in block["transactions"] if self._is_vote(tx)}
            self._next = number + 1
        return set(self._voted)

    def _is_vote(self, tx: dict[str, Any]) -> bool:
        return tx["from"].lower() in self._names and voted_for(tx, self._bridge) == self._request


def voted_for(tx: Mapping[str, Any], bridge: str) -> str | None:
    """Return the hash, in lower case, of the request that a transaction votes for; None if it is no vote. Pure.

    `tx`: as a node returns it.
    """
    to, data = str(tx.get("to") or "").lower(), str(tx.get("input", "")).removeprefix("0x").lower()
    return f"0x{data[_FIRST]}" if to == bridge.lower() and len(data) >= _FIRST.stop else None


READY_SECONDS = 60.0
"""How long an SCN that was just restarted may take to be ready."""


def require_able_scns(scns: Sequence[Endpoint], child: str, parent: str, needed: int) -> str:
    """Wait until `needed` SCNs can vote; return how many can. Raises NotReady, with the reasons of the others."""

    def probe() -> tuple[int] | Message:
        unable = why_unable({scn.node: (scn, None) for scn in scns}, child, parent)
        ready = len(scns) - len(unable)
        if ready >= needed:
            return (ready,)
        return TOO_FEW_VOTES(f"{ready} of {len(scns)} SCNs can vote: {'; '.join(unable.values())}")

    (ready,) = wait_for(probe, READY_SECONDS, _INTERVAL)
    return f"{ready} of {len(scns)} SCNs are connected to their ENs and serve the bridge"


def stale(direction: Direction, voters: Sequence[str], threshold: int) -> list[str]:
    """Return what has changed on the contracts since a proof, so that it does not hold any more."""
    state = require_state(direction.target, direction.target_bridge)
    registered = {operator.lower() for operator in state.operators}
    found = [f"operator {one} is not registered" for one in voters if one.lower() not in registered]
    if state.threshold != threshold:
        found.append(f"the threshold of value transfers is {state.threshold}, not {threshold}")
    return found
