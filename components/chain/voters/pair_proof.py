"""The proof that a pair works after its nodes were updated: a transfer each way with its own vote, and an anchor.

The next pair is updated only after that. A node that answers, and is connected and subscribed, may still not vote.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass

from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import require_state
from components.chain.errors import ChainError, NotReady
from components.chain.nodes.journal import journal
from components.chain.nodes.registration import operators
from components.chain.rpc.console import Console, connect
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.chain.transfers.direction import Direction
from components.chain.transfers.requests import coins_request
from components.chain.voters.proof import DEADLINE, obstacles, payout_conditions, transfer
from components.domain.gas import PROOF_AMOUNT
from components.domain.networks import Side, direction_from
from components.domain.problems.nodes import NOT_ANCHORED, PAIR_UNPROVEN
from components.domain.problems.problem import Message
from components.domain.problems.transfers import NOTHING_REQUESTED

GAS_MARGIN = 10**18
"""peb. A payer with less is not asked to pay for a proof."""
LONGEST_PERIOD = 120
"""Blocks. An anchor of a longer period is not waited for; a ServiceChain makes a block every second."""
ANCHOR_MARGIN = 90.0
"""Seconds more than two periods until an anchor has its receipt; measured: below 5."""
TIMEOUT = 10.0
"""Seconds for a call: all are answered from memory."""
UNKNOWN = -1
"""In place of the last anchored block: the SCN does not answer before the update."""


@dataclass(frozen=True)
class PairProof:
    """A pair, and who pays for its proof."""

    name: str
    en: Endpoint
    scn: Endpoint
    chain_ids: Mapping[Side, int]
    payers: Mapping[Side, Signer]

    def last_anchor(self) -> int | None:
        """Return the last child block whose anchor is mined, 0 if there is none, before the pair is updated.

        None if the SCN answers and serves no bridge yet: then there is nothing to prove. UNKNOWN if it does not answer:
        what hung before the update may not vote after it.
        """
        try:
            with closing(Console(self.scn)) as scn:
                return _last_anchor(scn) if _bridges(scn) else None
        except ChainError:
            return UNKNOWN

    def prove(self, anchored: int) -> None:
        """Wait for both transfers and an anchor of a later block than that, or than the last one now if it is UNKNOWN.

        No-op if it is UNKNOWN and the SCN serves no bridge yet. Raises NotReady, which stops the update of all nodes
        behind.
        """
        with ExitStack() as stack:
            en = stack.enter_context(connect([self.en], self.chain_ids["parent"]))
            scn = stack.enter_context(connect([self.scn], self.chain_ids["child"]))
            try:
                if anchored == UNKNOWN:
                    if not _bridges(scn):
                        return
                    anchored = _last_anchor(scn)
                told = [*self._transfers(en, scn), *_anchor(scn, anchored)]
            except ChainError as error:
                msg = Message(f"pair {self.name} runs and does not prove itself: {error}")
                raise NotReady(PAIR_UNPROVEN(msg.extended("; no other node is restarted until it does"))) from error
        print(f"pair {self.name}: {'; '.join(told)}", file=sys.stderr)

    def _transfers(self, en: Console, scn: Console) -> Iterator[str]:
        parent_operator, child_operator = operators(scn)
        for child_bridge, parent_bridge in _bridges(scn):
            down = Direction(direction_from("parent"), en, parent_bridge, scn, child_bridge)
            up = Direction(direction_from("child"), scn, child_bridge, en, parent_bridge)
            yield self._transfer("child", up, parent_operator)
            yield self._transfer("parent", down, child_operator)

    def _transfer(self, source: Side, direction: Direction, operator: str) -> str:
        payer = self.payers[source]
        if wrong := _obstacles(direction, payer, operator):
            words = f"no transfer was requested {direction.name}: {', '.join(wrong)}"
            print(f"pair {self.name}: {NOTHING_REQUESTED(words)}", file=sys.stderr)
            return f"{direction.name} not tried"
        request = coins_request(direction, payer.account().address, PROOF_AMOUNT)
        arrival = transfer(direction, payer, request, [operator], DEADLINE, 1)
        return f"the transfer {arrival.tx} {direction.name} arrived with its vote"


def _obstacles(direction: Direction, payer: Signer, operator: str) -> list[Message | str]:
    """Return why no transfer can be requested as a proof: also that the payer has too few coins."""
    registered = require_state(direction.target, direction.target_bridge).operators
    found: list[Message | str] = [*obstacles(payout_conditions(direction, registered), PROOF_AMOUNT)]
    if operator.lower() not in {one.lower() for one in registered}:
        found.append(f"{operator} has no vote")
    address = payer.account().address
    if direction.source.web3.eth.get_balance(address) < GAS_MARGIN:
        found.append(f"{address} has too few coins")
    return found


def _bridges(scn: Console) -> list[tuple[str, str]]:
    """Return the child and parent contract of each bridge that the SCN serves."""
    found = journal(scn) or []
    return [(str(one["childAddress"]), str(one["parentAddress"])) for one in found if one["subscribed"]]


def _last_anchor(scn: Console) -> int:
    return int(scn.call("subbridge_getLatestAnchoredBlockNumber", timeout=TIMEOUT))


def _anchor(scn: Console, anchored: int) -> Iterator[str]:
    if not scn.call("subbridge_getAnchoring", timeout=TIMEOUT):
        return
    period = int(scn.call("subbridge_getAnchoringPeriod", timeout=TIMEOUT))
    if period > LONGEST_PERIOD:
        yield f"its next anchor is due within {period} blocks, and is not waited for"
        return
    missing = NOT_ANCHORED(f"{scn.node}: no block has been anchored since {anchored}")
    wait_for(lambda: _last_anchor(scn) > anchored or missing, 2 * period + ANCHOR_MARGIN)
    yield f"block {_last_anchor(scn)} is anchored"
