"""A hostile operator: it votes for requests that nobody made. At threshold 2 nothing may be paid.

Its SCN counts the transactions of its operators in memory, and so cannot vote any more after such a vote. In the end it
is restarted, which makes it read them again; it is not killed, because a node that lacks the block of the vote at its
start counts wrongly from then on (seen). The votes are for the next requests, which are made later: those have to be
paid in spite of them.
"""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import Signer
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.tokens.token_contract import holding
from components.chain.transfers.direction import Direction
from components.chain.transfers.payout import vote
from components.chain.transfers.requests import Request, requested
from components.chain.tx.batch import Transaction, carry_out
from components.chain.voters.calls import balance
from components.chain.voters.proof import is_paid
from components.domain.networks import OTHER_SIDE, SIDES, Side
from components.domain.problems.operations.drills import INVENTED_PAID
from components.domain.problems.problem import Message
from components.watch.reading.open_requests import direction
from components.watch.targets import TokenTarget
from toolchain.ops.drill.acts import Act
from toolchain.ops.drill.fault import Fault
from toolchain.ops.drill.scene import Scene

AMOUNT = 10**15
"""Of an invented request, in peb or in the smallest unit of a token."""


@dataclass(frozen=True)
class Invented:
    """A request that nobody made, and that an operator has voted for."""

    source: Side
    request: Request
    token: str
    """On the target chain; empty for coins."""


@dataclass
class HostileVotes:
    """The fault."""

    scene: Scene
    fault: Fault
    restarting: Act
    """Restarts the SCN in the end."""
    invented: list[Invented] = field(default_factory=list)

    def obstacle(self) -> Message | None:
        """Return nothing: the plan has looked at thresholds and keys."""
        return None

    def begin(self) -> None:
        """Vote on both chains. Raises ChainError."""
        with ExitStack() as stack:
            for source in SIDES:
                way = direction(stack, self.scene.targets, source, self._views())
                for one in self._inventions(source, way):
                    self._vote(one, way, self.scene.operators[self.fault.subject][OTHER_SIDE[source]])
                    self.invented.append(one)

    def _inventions(self, source: Side, way: Direction) -> Iterator[Invented]:
        nonce = requested(way)
        yield Invented(source, _request(way, nonce, None), "")
        for token in self._tokens(source)[:1]:
            yield Invented(source, _request(way, nonce + 1, token), token.counterpart)

    def _tokens(self, source: Side) -> list[TokenTarget]:
        return [token for token in self.scene.targets.contracts[source].tokens if token.kind == "erc20"]

    @staticmethod
    def _vote(one: Invented, way: Direction, operator: Signer) -> None:
        words = f"vote for an invented request {one.request.nonce}, {way.name}"
        data = vote(one.request, to_checksum_address(one.token) if one.token else "")
        where = to_checksum_address(way.target_bridge)
        carry_out(way.target, operator, lambda: [Transaction(words, where, data)])

    def undo(self) -> list[Message]:
        """Restart the SCN."""
        return self.restarting.undo()

    def check(self) -> list[Message]:
        """Return which of the invented requests were paid. Raises ChainError."""
        with ExitStack() as stack:
            ways = {source: direction(stack, self.scene.targets, source, self._views()) for source in SIDES}
            return [
                INVENTED_PAID(f"{self.fault.name}: {one.request} was paid {ways[one.source].name}")
                for one in self.invented
                if is_paid(ways[one.source], one.request.transaction) or _held(ways[one.source].target, one)
            ]

    def _views(self) -> dict[Side, Endpoint]:
        return {side: node.endpoint for side, node in self.scene.views(self.fault.nodes).items()}


def _request(way: Direction, nonce: int, token: TokenTarget | None) -> Request:
    return Request(
        nonce=nonce,
        kind="erc20" if token else "coin",
        sender=_account(),
        recipient=_account(),
        token=to_checksum_address(token.address) if token else "0x" + "00" * 20,
        amount=AMOUNT,
        transaction="0x" + secrets.token_hex(32),
        block=way.source.web3.eth.block_number,
    )


def _held(target: Console, one: Invented) -> int:
    recipient = one.request.recipient
    return holding(target, recipient, one.token) if one.token else balance(target, recipient)


def _account() -> str:
    return to_checksum_address(secrets.token_hex(20))
