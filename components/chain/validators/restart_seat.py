"""The seat of a validator that is restarted: given up before, and taken again once the node answers.

A validator that is down makes each block of its turn 10 s late (the round timeout of Istanbul); one without a seat has
no turn. Without a seat a node is not connected to any validator (see `block_import`), so it takes its seat again before
anything else is expected of it.
"""

import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError, NotReady
from components.chain.nodes.drift import READY_DEADLINE
from components.chain.peers.seats import node_address, read_seats
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.chain.validators import validator_plan as plan
from components.chain.validators.admission import Candidate
from components.chain.validators.validator_votes import VOTE_DEADLINE, admit, first_validators, vote_out, votes_to_come
from components.domain.problems.chains import SEAT_KEPT, SEAT_NOT_REGAINED, VOTE_PENDING
from components.domain.problems.problem import Message

GIVE_UP_SECONDS = 60.0
"""Until the vote that removes the seat counts: the SCN that casts it has to make a block, and SCNs take turns."""


@dataclass
class RestartSeat:
    """The seat of a node that is restarted once."""

    node: Endpoint
    siblings: tuple[Endpoint, ...]
    """The other nodes of its chain; those with a seat vote."""
    chain_id: int
    dials: tuple[str, ...] = ()
    """KNIs of the nodes that it dials."""
    _may_still_go: bool = field(default=False, init=False)
    """Whether the vote that takes the seat away may be cast and not have counted."""

    def give_up(self) -> None:
        """Vote the running node out if the others can do without it; else it keeps its seat, with no error."""
        name = self.node.node
        try:
            seats = read_seats(self.siblings, self.chain_id)
            with closing(Console(self.node)) as own:
                address, first = node_address(own), first_validators(own)
            if plan.gives_seat_up(seats.council, seats.living, first, address):
                print(f"{name}: it gives its seat up, so that no block waits for it", file=sys.stderr)
                vote_out(self.siblings, self.chain_id, address, GIVE_UP_SECONDS)
        except ChainError as error:
            self._may_still_go = True
            words = Message(str(error)).extended(f"; {name} is restarted with its seat")
            print(SEAT_KEPT(words), file=sys.stderr)

    def take_again(self) -> None:
        """Vote the node in if it has no seat, and wait until it takes part; no-op if it has one.

        A vote that has not counted cannot be taken back, so it is waited for first. Where no other node answers, nobody
        can vote, and nothing is done. Raises NotReady.
        """
        with closing(wait_for(lambda: Console(self.node), READY_DEADLINE)) as own:
            wait_for(lambda: bool(own.call("eth_chainId", timeout=5)), READY_DEADLINE)
            address = node_address(own)
        if self._may_still_go:
            wait_for(lambda: next(self._to_come(address), True), VOTE_DEADLINE)
        try:
            seats = read_seats(self.siblings, self.chain_id)
        except ChainError:
            return
        if address in seats.council:
            return
        try:
            admit(Candidate(self.node, address, self.dials), self.siblings, self.chain_id)
        except (ChainError, Refused) as error:
            words = f"; {self.node.node} has no seat, and the next up votes it in"
            raise NotReady(SEAT_NOT_REGAINED(Message(str(error)).extended(words))) from error

    def _to_come(self, address: str) -> Iterator[Message]:
        """Name the nodes that are still to vote it out."""
        for one in self.siblings:
            with suppress(ChainError), closing(Console(one)) as console:
                if (plan.REMOVE, address) in votes_to_come(console):
                    yield VOTE_PENDING(f"{one.node}: its vote on {self.node.node} is not in a block yet")
