"""Which validators have a seat, and whose nodes are connected, from all nodes of the chain that answer."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass

from eth_utils.address import to_normalized_address
from eth_utils.crypto import keccak

from components.chain.errors import ChainError, Unreachable
from components.chain.peers.peers import peers
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.chains import CHAIN_UNREADABLE

LOOK_SECONDS = 15.0
"""For asking all nodes at once: a dead machine costs 10 s."""


@dataclass(frozen=True)
class Seats:
    """Addresses in lower case."""

    council: frozenset[str]
    """As the node with the newest block reports it."""
    living: frozenset[str]
    """Nodes that answer, and those that they are connected to."""


def council(console: Console) -> set[str]:
    """Return the addresses of all validators that have to agree on the next block, in lower case.

    `istanbul_getValidators` of the newest block names those that made it, and misses a vote in that block.
    """
    try:
        found = console.call("istanbul_getSnapshot", "latest")["validators"]
    except NodeError as error:
        if "does not exist" not in str(error):
            raise
        found = console.call("istanbul_getValidators", "pending")  # v2, which has no snapshots
    return {to_normalized_address(str(address)) for address in found}


def node_address(console: Console) -> str:
    """Return the address of a node's own key, in lower case."""
    return to_normalized_address(str(console.call("governance_nodeAddress")))


def living(console: Console) -> set[str]:
    """Return the addresses of a node and of those that it is connected to, in lower case."""
    return {node_address(console), *(address_of(peer) for peer in peers(console, "admin"))}


def address_of(public_key: str) -> str:
    """Return the address of a node's key, in lower case, from the 128 hex digits of its KNI."""
    return to_normalized_address(keccak(hexstr=public_key)[-20:])


def read_seats(endpoints: Sequence[Endpoint], chain_id: int) -> Seats:
    """Ask all nodes at once. Raises Unreachable when no node answers, naming each."""
    answers = list(_answers(endpoints, chain_id))
    views = [answer for answer in answers if not isinstance(answer, str)]
    if not views:
        reasons = "; ".join(answer for answer in answers if isinstance(answer, str))
        raise Unreachable(CHAIN_UNREADABLE(f"no node of chain {chain_id} reports its validators: {reasons}"))
    _, newest, _ = max(views, key=lambda view: view[0])
    return Seats(frozenset(newest), frozenset(address for _, _, alive in views for address in alive))


_View = tuple[int, Collection[str], Collection[str]]


def _answers(endpoints: Sequence[Endpoint], chain_id: int) -> Iterator[_View | str]:
    pool = ThreadPoolExecutor(max(1, len(endpoints)))
    waiting = {pool.submit(_view, one, chain_id): one for one in endpoints}
    try:
        for done in as_completed(waiting, timeout=LOOK_SECONDS):
            yield done.result()
    except TimeoutError:
        late = [one.node for future, one in waiting.items() if not future.done()]
        yield f"{', '.join(late)}: no answer in {LOOK_SECONDS:g} s"
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _view(endpoint: Endpoint, chain_id: int) -> _View | str:
    try:
        with closing(Console(endpoint)) as console:
            if (actual := int(console.call("eth_chainId", timeout=5), 16)) != chain_id:
                return f"{endpoint.node}: is on chain {actual}, not {chain_id}"
            return console.web3.eth.block_number, council(console), living(console)
    except ChainError as error:
        return str(error)
