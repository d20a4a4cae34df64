"""What has to hold before a node is voted into the council, and what makes its seat a working one.

A validator that cannot take part counts for the quorum all the same: each of its blocks is delayed by 10 s, and a chain
of two halts permanently. On a halted chain a vote cannot be undone, so everything that can keep the node from taking
part is checked before.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass

from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError, NotReady, Unreachable
from components.chain.nodes.health import is_down
from components.chain.nodes.restart import ANSWER_DEADLINE, reinitialise
from components.chain.peers.handshake import ChainIdentity, chain_identity, why_incompatible
from components.chain.peers.missing_peers import HINT, explain, why_unreachable
from components.chain.peers.peers import redial, wait_for_peers
from components.chain.peers.seats import address_of, council, living, node_address
from components.chain.rpc.console import Console, in_order
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.head import wait_until_caught_up
from components.chain.rpc.ipc_stream import RESTART_TIMEOUT, run_on_host
from components.chain.rpc.node_locks import in_use
from components.chain.rpc.waiting import wait_for
from components.chain.validators.block_import import import_blocks
from components.domain.kni import node_id
from components.domain.problems.chains import CHAIN_HALTED, CHAINS_DIFFER, NO_OTHER_VALIDATOR, PORT_CLOSED
from components.domain.problems.problem import Message

REACH_SECONDS = 30.0
"""For ports to answer: another node may be starting."""
SEAT_SECONDS = 120.0
"""From the vote until the node is connected to another validator."""
PORTS = "open their port to one another, 22323 unless a conf says otherwise"


@dataclass(frozen=True)
class Candidate:
    """A node that is to become a validator, or that has a seat and has to work."""

    node: Endpoint
    address: str
    """Of its key, in lower case."""
    dials: tuple[str, ...] = ()
    """KNIs of the nodes that it dials."""
    kni: str | None = None
    """Where others dial it."""
    start: str | None = None
    """Command on its host that starts it, stopping it first where it runs."""
    begin: str | None = None
    """Command on its host that has it begin its chain again, with the genesis.json that is there now."""


def prepare(candidate: Candidate, voters: Sequence[Endpoint], chain_id: int) -> None:
    """Check that a node can take part, and give it the blocks that it lacks; nothing is changed on the chain.

    Raises Refused with what differs or is unreachable, naming both nodes, and Unreachable when no validator answers.
    """
    with _validators(voters, chain_id) as known, closing(running(candidate)) as own:
        if not known:
            words = f"no validator of chain {chain_id} answers, so {candidate.node.node} cannot be compared with one"
            raise Unreachable(NO_OTHER_VALIDATOR(words))
        if why := _why_incompatible(own, known, candidate):
            words = f"{candidate.node.node}: it cannot become a validator: {why}; {_CORRECT}"
            raise Refused(CHAINS_DIFFER(words))
        _require_reach(candidate, known)
        _import_blocks([one.console for one in known], own)


_CORRECT = (
    "name the genesis.json of the chain as serviceChain.genesis, and write its network id as serviceChain.networkId"
)


def wait_until_seated(candidate: Candidate, voters: Sequence[Endpoint], chain_id: int) -> None:
    """Wait until a node that has a seat takes part: it is connected to others and has the newest block.

    It is started where it is down, and reinitialised where it holds only the first block of another chain. Raises
    NotReady with what is missing, and with what differs between the nodes if that is the cause.
    """
    with closing(running(candidate)) as own:
        with _validators(voters, chain_id) as known:
            if why := _why_incompatible(own, known, candidate):
                words = f"{candidate.node.node}: it has a seat but does not take part: {why}; {_CORRECT}"
                raise NotReady(CHAINS_DIFFER(words))
            dials = _living(candidate, known)
        try:  # all of them: with too few connections it does not hear of new blocks
            wait_for_peers(own, "admin", dials, SEAT_SECONDS, enough=len(dials), hint=HINT)
        except NotReady as error:
            raise NotReady(Message(str(error)).extended(f". {explain(own, dials, voters)}")) from error
        wait_until_caught_up(own)
        since = own.web3.eth.block_number
        halted = CHAIN_HALTED(f"{candidate.node.node}: no new block since {since}")
        wait_for(lambda: own.web3.eth.block_number > since or halted, SEAT_SECONDS)


def hurry(candidate: Candidate, voter: Console) -> None:
    """Have a node that has just got its seat connect at once, and give it the newest blocks: its turn may be next.

    By itself it dials again after up to 30 s, and with fewer than five peers fetches blocks only after the next one,
    which may be its own, or after 10 s (minDesiredPeerCount and forceSyncCycle in node/cn/sync.go).
    """
    with suppress(ChainError), closing(_answering(candidate.node)) as own:
        for kni in candidate.dials:
            redial(own, "admin", kni)
        import_blocks(voter, own, enough=0)


def running(candidate: Candidate) -> Console:
    """Return a console of the node, which is started where it is down. Raises ChainError."""
    if candidate.start and is_down(candidate.node):
        print(f"{candidate.node.node}: starting it, because it does not answer", file=sys.stderr)
        run_on_host(candidate.node, candidate.start, timeout=RESTART_TIMEOUT)
    return wait_for(lambda: _answering(candidate.node), ANSWER_DEADLINE)


@dataclass(frozen=True)
class _Validator:
    """One that has a seat, and what it answered."""

    console: Console
    identity: ChainIdentity
    living: frozenset[str]
    """Validators that it is connected to, and itself, by address."""


def _import_blocks(sources: Sequence[Console], own: Console) -> None:
    """Take the blocks from the first source that gives them all: another one may be restarting."""
    reasons = []
    for source in sources:
        with in_use(source.endpoint):
            try:
                import_blocks(source, own)
            except Unreachable as error:
                reasons.append(str(error))
            else:
                return
    raise Unreachable(Message("; ".join(reasons)))


def _why_incompatible(own: Console, known: Sequence[_Validator], candidate: Candidate) -> str | None:
    """Compare with all validators; where they differ, once more after the node was reinitialised."""
    said, others = chain_identity(own), [one.identity for one in known]
    other_block = any(one.first_block != said.first_block for one in others)
    if other_block and candidate.begin and own.web3.eth.block_number == 0:
        reinitialise(candidate.node, own, candidate.begin)
        said = chain_identity(own)
    return why_incompatible(said, others)


def _require_reach(candidate: Candidate, known: Sequence[_Validator]) -> None:
    dialled = _living(candidate, known)

    def probe() -> bool | Message:
        there = (why_unreachable(one.console.endpoint, candidate.kni) for one in known if candidate.kni)
        back = (why_unreachable(candidate.node, kni) for kni in dialled)
        found = [words for words in (*there, *back) if words]
        words = f"{candidate.node.node}: it cannot become a validator: {'; '.join(found)}; {PORTS}"
        return not found or PORT_CLOSED(words)

    try:
        wait_for(probe, REACH_SECONDS, interval=2)
    except NotReady as error:
        raise Refused(Message(str(error))) from error


def _living(candidate: Candidate, known: Sequence[_Validator]) -> list[str]:
    """Return the KNIs of the running validators that it dials."""
    alive = {address for one in known for address in one.living}
    return [kni for kni in candidate.dials if address_of(node_id(kni)) in alive]


@contextmanager
def _validators(voters: Sequence[Endpoint], chain_id: int) -> Iterator[list[_Validator]]:
    """Connect to all of these that answer and have a seat on the chain of that id."""
    with ExitStack() as stack:
        found: list[_Validator] = []
        for endpoint in in_order(voters):
            try:
                console = _answering(endpoint)
                stack.callback(console.close)
                seats = council(console)
                if console.web3.eth.chain_id == chain_id and node_address(console) in seats:
                    found.append(_Validator(console, chain_identity(console), frozenset(living(console) & seats)))
            except ChainError:  # it does not answer, which the quorum takes into account
                continue
        yield found


def _answering(endpoint: Endpoint) -> Console:
    console = Console(endpoint)
    try:
        console.call("eth_chainId", timeout=5)
    except ChainError:
        console.close()
        raise
    return console
