"""Reading the council of a chain, and changing it by a vote of one of its validators."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from eth_utils.address import to_normalized_address

from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError, NotReady, Unreachable
from components.chain.peers.seats import council, living, node_address, read_seats
from components.chain.rpc.console import Console, connect, in_order
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import Waiting, wait_for
from components.chain.validators import admission
from components.chain.validators import validator_plan as plan
from components.chain.validators.admission import Candidate
from components.chain.validators.validator_plan import Vote
from components.domain.problems.chains import (
    FOREIGN_VALIDATOR,
    NO_OTHER_VALIDATOR,
    SEAT_IDLE,
    SEAT_TAKEN_BACK,
    VOTE_PENDING,
)
from components.domain.problems.problem import Message

VOTE_DEADLINE = 120.0
"""Seconds from a vote until it counts: it does when its voter next makes a block, and each missing validator delays by
10 s."""
PATIENCE = 120.0
"""Seconds for the reason of a refusal to pass: another node may be restarting, and its chain may need a minute to make
blocks again; a dead node counts as connected for 30 s."""
SILENCE = 20.0
"""Seconds without a node behind a seat until it is taken away: one that restarts is dialled again within them."""
LOOK_INTERVAL = 2.0

_one_vote = threading.Lock()
"""A node keeps one vote of a kind until it is in a block; a second one replaces it."""


def first_validators(console: Console) -> set[str]:
    """Return the addresses of the validators that the genesis names, in lower case."""
    return {to_normalized_address(str(address)) for address in console.call("istanbul_getValidators", "0x0")}


def votes_to_come(console: Console) -> set[tuple[str, str]]:
    """Return key and address of each vote on a validator that is not in a block yet. Raises ChainError."""
    kept = [vote for vote in console.call("governance_myVotes") or [] if not vote["Casted"]]
    return {(str(vote["Key"]), str(vote["Value"]).lower()) for vote in kept if vote["Key"] in (plan.ADD, plan.REMOVE)}


def admit(candidate: Candidate, voters: Sequence[Endpoint], chain_id: int, *, settled: bool = False) -> None:
    """Make a node a validator unless it is one, and wait until it takes part.

    Before the vote it is proven that it can (see `admission`). One that has a seat already, for which an earlier run
    may have voted, is checked in the same way unless it is known to be `settled`. A vote that leads to no working seat
    is withdrawn while the chain still makes blocks. Raises ChainError with the remedy.
    """
    address = candidate.address
    with connect([*voters, candidate.node], chain_id) as console:  # others first: an empty chain knows who was first
        if address in council(console):
            if settled or address in first_validators(console):
                return
            seated = True
        else:
            seated = False
    if seated:
        _look_after(candidate, voters, chain_id)
        return
    admission.prepare(candidate, voters, chain_id)

    def seat(voter: Console) -> ChainError | None:
        try:
            wait_for(lambda: address in council(voter) or _pending(voter), VOTE_DEADLINE)
            admission.hurry(candidate, voter)
            admission.wait_until_seated(candidate, voters, chain_id)
        except ChainError as error:
            return _withdraw(voter, candidate, error)
        return None

    _decide(voters, chain_id, address, lambda one: plan.admit(council(one), living(one), address), seat)


def _look_after(candidate: Candidate, voters: Sequence[Endpoint], chain_id: int) -> None:
    try:
        admission.wait_until_seated(candidate, voters, chain_id)
    except ChainError as error:
        rest = (
            ". It has a seat, and its chain waits for it: fix that and run again, with this SCN in "
            "serviceChain.nodes; or take it out of there, which takes its seat away while enough others live"
        )
        raise NotReady(SEAT_IDLE(Message(str(error)).extended(rest))) from error


def _withdraw(voter: Console, candidate: Candidate, error: ChainError) -> ChainError:
    """Take the seat of a node away that does not take part, and return the error to raise."""
    address, failed = candidate.address, Message(str(error))
    again = f"fix that and run again, with {candidate.node.node} in serviceChain.nodes"
    still_there = VOTE_PENDING(f"{voter.node}: its seat is still there")
    try:
        if address not in council(voter):
            return NotReady(VOTE_PENDING(failed.extended(f". The vote may still come into a block; {again}")))
        for vote in plan.vote_out(council(voter), living(voter), first_validators(voter), address):
            _cast(voter, vote)
            wait_for(lambda: address not in council(voter) or still_there, VOTE_DEADLINE)
    except (ChainError, Refused) as stuck:
        return NotReady(SEAT_IDLE(failed.extended(f". Its seat cannot be taken back ({stuck}); {again}")))
    rest = f". Its seat was taken back, so the council is the same as before; {again}"
    return NotReady(SEAT_TAKEN_BACK(failed.extended(rest)))


def _pending(voter: Console) -> Message:
    return VOTE_PENDING(f"{voter.node}: its vote is not in a block yet")


def vote_out(voters: Sequence[Endpoint], chain_id: int, address: str, deadline: float = VOTE_DEADLINE) -> None:
    """Take the seat of a validator away, whether its node runs or not; no-op if it has none. Raises ChainError.

    `deadline`: seconds until the vote has to count, and for the reason of a refusal to pass.
    """
    address = to_normalized_address(address)

    def missing(console: Console) -> list[Vote]:
        return plan.vote_out(council(console), living(console), first_validators(console), address)

    def wait(voter: Console) -> None:
        wait_for(lambda: address not in council(voter) or _pending(voter), deadline)

    _decide(voters, chain_id, address, missing, wait, deadline)


def vote_out_unknown(voters: Sequence[Endpoint], chain_id: int, addresses: Sequence[str]) -> None:
    """Take seats of unknown owners away once no node has been behind them for SILENCE seconds. Raises ChainError.

    A seat whose node comes back meanwhile is left alone, with a message.
    """
    if not addresses:
        return
    waiting = Waiting(SILENCE)
    quiet = {*addresses}
    while quiet and not waiting.over:
        waiting.pause(LOOK_INTERVAL)
        quiet -= read_seats(voters, chain_id).living
    for address in sorted({*addresses} - quiet):
        words = f"validator {address}: a node is behind it again; it is left alone"
        print(FOREIGN_VALIDATOR(words), file=sys.stderr)
    for address in sorted(quiet):
        vote_out(voters, chain_id, address)


def _decide(
    voters: Sequence[Endpoint],
    chain_id: int,
    address: str,
    missing: Callable[[Console], list[Vote]],
    wait: Callable[[Console], ChainError | None],
    patience: float = PATIENCE,
) -> None:
    """Have another validator cast the votes that are missing, and wait for their effect.

    A refusal is given some time: a dead validator, with which too few would stay, may be about to lose its seat as
    well, and one that was just started may be about to connect. What `wait` returns is raised at once: the vote was
    cast.
    """

    def probe() -> ChainError | bool | Message:
        with _one_vote, _voter(voters, chain_id, address) as console:
            try:
                votes = missing(console)
            except Refused as refused:
                return Message(str(refused))
            for vote in votes:
                _cast(console, vote)
                if failed := wait(console):
                    return failed
            return True

    outcome = wait_for(probe, patience, interval=1)
    if isinstance(outcome, ChainError):
        raise outcome


def _cast(console: Console, vote: Vote) -> None:
    print(f"{console.node} votes to {vote.annotation}", file=sys.stderr)
    console.call("governance_vote", vote.key, vote.address)


@contextmanager
def _voter(voters: Sequence[Endpoint], chain_id: int, address: str) -> Iterator[Console]:
    """Connect to the first node that is a validator other than the one that the vote is about, which would refuse.

    Nodes that are restarting come last: they have yet to find the others, and would count them as dead. Raises
    Unreachable when there is no voter, naming each node and why.
    """
    reasons: list[str] = []
    for endpoint in in_order(voters):
        with ExitStack() as stack:
            try:
                console = stack.enter_context(connect([endpoint], chain_id))
                own = node_address(console)
                if own == address or own not in council(console):
                    reasons.append(f"{endpoint.node}: is not a validator that could vote on {address}")
                    continue
            except ChainError as error:
                reasons.append(str(error))
                continue
            yield console
            return
    words = f"no other validator of chain {chain_id} can vote on {address}: {'; '.join(reasons) or 'it has none'}"
    raise Unreachable(NO_OTHER_VALIDATOR(words))
