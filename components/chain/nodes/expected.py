"""Is a node who it was computed to be? What was predicted before it existed is read back and compared."""

from dataclasses import dataclass

from components.chain.errors import ChainError, NotReady
from components.chain.nodes import registration
from components.chain.nodes.restart import begin_again
from components.chain.peers.handshake import greeting
from components.chain.peers.missing_peers import HINT, explain
from components.chain.peers.peers import node_id, wait_for_peers
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for

DEADLINE = 120.0
"""Seconds from the start of a node until it answers and its bridge is connected; seen: 2."""


@dataclass(frozen=True)
class Expected:
    """What was predicted of a node; None where it has no such thing."""

    chain_id: int
    kni: str | None = None
    parent_operator: str | None = None
    child_operator: str | None = None
    peer: str | None = None
    static_nodes: tuple[str, ...] = ()
    anchoring: bool | None = None
    anchoring_period: int | None = None
    others: tuple[Endpoint, ...] = ()
    """Consoles of nodes that it dials: both ends are compared when it does not find them."""
    begin: str | None = None
    """Command that has it begin its chain again, for one that holds nothing but its first block."""


class Mismatch(ChainError):
    """The node is somebody else than predicted. Waiting would not help."""


def wait_until_ready(endpoint: Endpoint, expected: Expected) -> str:
    """Wait until the node answers, has peers on its chain and its one bridge peer; return its version.

    Raises NotReady with what is missing, and Mismatch at once when chain id, KNI, operators or peer are not the
    predicted ones.
    """
    console = wait_for(lambda: Console(endpoint), DEADLINE)
    try:
        wait_for(lambda: _answers(console), DEADLINE)
        _compare(console, "chain id", expected.chain_id, console.web3.eth.chain_id)
        if expected.kni:
            _compare(console, "main bridge key", node_id(expected.kni), registration.main_bridge_id(console))
        if expected.parent_operator:
            parent, child = registration.operators(console)
            _compare(console, "parent operator", expected.parent_operator.lower(), parent.lower())
            _compare(console, "child operator", str(expected.child_operator).lower(), child.lower())
        if expected.static_nodes:
            _wait_for_chain(console, expected)
        if expected.peer:
            hint = (
                "check that the EN runs with SC_MAIN_BRIDGE=1, that this port is open to this SCN, and that no other "
                "SCN holds its only slot"
            )
            peers = wait_for_peers(console, "subbridge", [expected.peer], DEADLINE, enough=1, hint=hint)
            _compare(console, "main bridge peers", [node_id(expected.peer)], peers)
        return console.web3.client_version
    finally:
        console.close()


def _wait_for_chain(console: Console, expected: Expected) -> None:
    """Wait for peers; a node that holds nothing but its first block may need the genesis.json that was corrected."""
    try:
        wait_for_peers(console, "admin", expected.static_nodes, DEADLINE, enough=1, hint=HINT)
    except NotReady as error:
        before = greeting(console)
        if expected.begin and console.web3.eth.block_number == 0:
            begin_again(console.endpoint, console, expected.begin)
            if greeting(console) != before:
                wait_for_peers(console, "admin", expected.static_nodes, DEADLINE, enough=1, hint=HINT)
                return
        msg = f"{error}. {explain(console, expected.static_nodes, expected.others)}"
        raise NotReady(msg) from error


def _answers(console: Console) -> bool:
    console.call("eth_chainId", timeout=5)
    return True


def _compare(console: Console, what: str, expected: object, actual: object) -> None:
    if expected != actual:
        msg = f"{console.node}: the {what} is {actual}, computed was {expected}; is it the right machine and folder?"
        raise Mismatch(msg)
