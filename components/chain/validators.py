"""Reading the council of a chain, and changing it by a vote of one of its validators."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from eth_utils.address import to_normalized_address
from eth_utils.crypto import keccak

from components.chain import council as plan
from components.chain.catching_up import wait_until_caught_up
from components.chain.console import Console, connect, in_order, wait_for
from components.chain.council import Vote
from components.chain.endpoint import Endpoint
from components.chain.errors import ChainError, Unreachable
from components.chain.peering import peers, wait_for_peers
from components.chain.plan import Refused

VOTE_DEADLINE = 120.0
"""Seconds from a vote until it counts: it does when its voter next makes a block, and turns of the dead cost 10 s."""
PATIENCE = 120.0
"""Seconds for what a vote is refused for to change: another node is being restarted, and its chain may need a minute to
make blocks again; a dead node counts as connected for 30 s."""

_GENESIS = "0x0"

_one_vote = threading.Lock()
"""A node keeps one vote of a kind until it is in a block, and a further one takes its place."""


def council(console: Console, block: str = "latest") -> set[str]:
    """Return the addresses of all validators, in lower case."""
    return {to_normalized_address(str(address)) for address in console.call("istanbul_getValidators", block)}


def node_address(console: Console) -> str:
    """Return the address of a node's own key, in lower case."""
    return to_normalized_address(str(console.call("governance_nodeAddress")))


def living(console: Console) -> set[str]:
    """Return the addresses of a node and of those that it is connected to, in lower case."""
    return {node_address(console), *(address_of(peer) for peer in peers(console, "admin"))}


def address_of(public_key: str) -> str:
    """Return the address of a node's key, in lower case, from the 128 hex digits of its KNI."""
    return to_normalized_address(keccak(hexstr=public_key)[-20:])


def let_in(node: Endpoint, knis: Sequence[str], voters: Sequence[Endpoint], chain_id: int, address: str) -> None:
    """Make a node a validator unless it is one, and wait until it has caught up with its chain.

    `knis`: the nodes that it dials. Raises ChainError.
    """
    address = to_normalized_address(address)
    with connect([*voters, node], chain_id) as console:  # the others first: an empty chain knows only who was first
        if address in council(console):
            return

    def catch_up(voter: Console) -> None:
        with connect([node], chain_id) as own:
            hint = "check that its port and theirs are open to one another"
            wait_for_peers(own, "admin", knis, VOTE_DEADLINE, enough=1, hint=hint)
            wait_until_caught_up(own)
        # One that was connected all the time has caught up before the vote counts.
        wait_for(lambda: address in council(voter) or f"{voter.node}: its vote is in no block yet", VOTE_DEADLINE)

    _decide(voters, chain_id, address, lambda one: plan.let_in(council(one), living(one), address), catch_up)


def vote_out(voters: Sequence[Endpoint], chain_id: int, address: str) -> None:
    """Take the seat of a validator away unless it has none, be its node alive or not. Raises ChainError."""
    address = to_normalized_address(address)

    def missing(console: Console) -> list[Vote]:
        return plan.vote_out(council(console), living(console), council(console, _GENESIS), address)

    def wait(voter: Console) -> None:
        wait_for(lambda: not missing(voter) or f"{voter.node}: its vote is in no block yet", VOTE_DEADLINE)

    _decide(voters, chain_id, address, missing, wait)


def _decide(
    voters: Sequence[Endpoint],
    chain_id: int,
    address: str,
    missing: Callable[[Console], list[Vote]],
    wait: Callable[[Console], None],
) -> None:
    """Have another validator cast the votes that are missing, and wait until they have done what they are for.

    A refusal is given some time: a dead validator, with which too few would stay, may be on its way out as well, and
    one that was just started may be about to connect.
    """

    def probe() -> bool | str:
        with _one_vote, _voter(voters, chain_id, address) as console:
            try:
                votes = missing(console)
            except Refused as refused:
                return str(refused)
            for vote in votes:
                print(f"{console.node} votes to {vote.annotation}", file=sys.stderr)
                console.call("governance_vote", vote.key, vote.address)
                wait(console)
            return True

    wait_for(probe, PATIENCE, interval=1)


@contextmanager
def _voter(voters: Sequence[Endpoint], chain_id: int, address: str) -> Iterator[Console]:
    """Connect to the first node that is a validator, and not the one that the vote is about: it would refuse.

    One that is being restarted comes last: it has yet to find the others, and would count them as dead.

    Raises Unreachable when there is none, naming each node and why.
    """
    reasons: list[str] = []
    for endpoint in in_order(voters):
        with ExitStack() as stack:
            try:
                console = stack.enter_context(connect([endpoint], chain_id))
                own = node_address(console)
                if own == address or own not in council(console):
                    reasons.append(f"{endpoint.node}: is no validator that could vote on {address}")
                    continue
            except ChainError as error:
                reasons.append(str(error))
                continue
            yield console
            return
    msg = f"no other validator of chain {chain_id} can vote on {address}: {'; '.join(reasons) or 'it has none'}"
    raise Unreachable(msg)
