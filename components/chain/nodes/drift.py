"""Whether a running node is as predicted: who it is, the peer of its bridge, and its anchoring.

Reading, comparing (pure) and repairing are separate. What a call can repair needs no restart.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from components.chain.errors import ChainError, HostUnreachable, NotListening, NotReady, Unreachable
from components.chain.nodes import registration
from components.chain.nodes.expected import Expected
from components.chain.nodes.restart import reinitialise
from components.chain.nodes.version import other_version
from components.chain.peers.handshake import chain_identity
from components.chain.peers.missing_peers import HINT, explain
from components.chain.peers.peers import peer_knis, peers, redial, wait_for_peers
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.domain.kni import node_id
from components.domain.problems.chains import PEER_KEPT
from components.domain.problems.nodes import (
    BRIDGE_OFF,
    CONSOLE_SILENT,
    NODE_DOWN,
    OTHER_FORKS,
    OTHER_IDENTITY,
    OTHER_VERSION,
    WRONG_ANCHORING,
    WRONG_BRIDGE_PEER,
)
from components.domain.problems.problem import Message, Problem

TIMEOUT = 10.0
"""Seconds for a call: all are answered from memory."""

DISCONNECT_SECONDS = 30.0
"""Seconds for a peer to disconnect after removePeer."""

REPAIRED_BY_CALLS = frozenset({"peer", "anchoring"})
"""Differences that need no restart."""

PROBLEMS = {
    "down": NODE_DOWN,
    "console": CONSOLE_SILENT,
    "version": OTHER_VERSION,
    "forks": OTHER_FORKS,
    "bridge": BRIDGE_OFF,
    "chain_id": OTHER_IDENTITY,
    "kni": OTHER_IDENTITY,
    "parent_operator": OTHER_IDENTITY,
    "child_operator": OTHER_IDENTITY,
    "peer": WRONG_BRIDGE_PEER,
    "anchoring": WRONG_ANCHORING,
    "anchoring_period": WRONG_ANCHORING,
}
"""What is wrong, by the name of the difference."""

READY_DEADLINE = 120.0
"""Seconds from the start of a node until it answers and its bridge is connected; seen: 2."""

AGAIN = 5.0
"""Seconds until a node that did not answer is asked once more: a deadlock stays, a moment of load does not."""


@dataclass(frozen=True)
class Actual:
    """What a node reports; None where it has no such thing, or was not asked."""

    chain_id: int
    main_bridge: str | None = None
    """Public key of an EN's main bridge."""
    parent_operator: str | None = None
    child_operator: str | None = None
    peers: tuple[str, ...] = ()
    """KNIs of the main bridges that are connected to the sub bridge, as they are reached."""
    anchoring: bool | None = None
    anchoring_period: int | None = None
    bridge: bool = True
    """Whether it runs the half of a bridge that it was asked about."""
    version: str | None = None
    """What it tells of its version."""


@dataclass(frozen=True)
class NodeDrift:
    """What differs, a sentence per name; and the version of a node that answers."""

    words: Mapping[str, str]
    version: str | None = None


def find_drift(endpoint: Endpoint, expected: Expected) -> NodeDrift:
    """Compare a node with what was predicted of it. Raises HostUnreachable when its state is unknown."""
    for last in (False, True):
        try:
            with closing(Console(endpoint)) as console:
                found = read(console, expected)
                found = replace(found, version=str(console.call("web3_clientVersion", timeout=TIMEOUT)))
                return NodeDrift(differences(expected, found), found.version)
        except HostUnreachable:
            raise
        except NotListening as error:
            return NodeDrift({"down": without_name(endpoint, error)})
        except Unreachable as error:
            if last:
                return NodeDrift({"console": f"its console does not answer ({without_name(endpoint, error)})"})
            time.sleep(AGAIN)
    raise AssertionError


def without_name(endpoint: Endpoint, error: Exception) -> str:
    """Return the error without the node's name and its code, for messages that have both already."""
    return Message(str(error).removeprefix(f"{endpoint.node}: ")).words


def messages(words: Mapping[str, str]) -> dict[str, Message]:
    """Return a message for each difference, by its name."""
    return {name: PROBLEMS[name](sentence) for name, sentence in words.items()}


def remedy(name: str) -> str:
    """Return what the next `up` does about a difference."""
    if name == "down":
        return "starts it"
    return "repairs it" if name in REPAIRED_BY_CALLS else "restarts the node"


def read(console: Console, expected: Expected) -> Actual:
    """Read from the node what was predicted of it. Raises ChainError when it does not answer."""
    chain_id = int(console.call("eth_chainId", timeout=TIMEOUT), 16)
    try:
        if expected.kni:
            return Actual(chain_id, main_bridge=registration.main_bridge_id(console))
        if expected.parent_operator or expected.peer:
            return _sub_bridge(console, chain_id)
    except NodeError as error:
        if "does not exist" not in str(error):
            raise
        return Actual(chain_id, bridge=False)
    return Actual(chain_id)


def _sub_bridge(console: Console, chain_id: int) -> Actual:
    # It reads the node's journal, on which a node in the known deadlock waits forever.
    console.call("subbridge_listBridge", timeout=TIMEOUT)
    parent, child = registration.operators(console)
    return Actual(
        chain_id,
        parent_operator=parent,
        child_operator=child,
        peers=tuple(peer_knis(console, "subbridge")),
        anchoring=bool(console.call("subbridge_getAnchoring", timeout=TIMEOUT)),
        anchoring_period=int(console.call("subbridge_getAnchoringPeriod", timeout=TIMEOUT)),
    )


def differences(expected: Expected, actual: Actual) -> dict[str, str]:
    """Return a sentence per difference, by its name, without the subject (the node)."""
    found: dict[str, str] = {}
    if other := other_version(expected.package_version, actual.version):
        found["version"] = f"its version is {other}, not {expected.package_version}"
    if not actual.bridge:
        half = "main" if expected.kni else "sub"
        return {**found, "bridge": f"its {half} bridge is off, but on in its files"}
    if actual.chain_id != expected.chain_id:
        found["chain_id"] = f"it is on chain {actual.chain_id}, not on chain {expected.chain_id}"
    if expected.kni and actual.main_bridge != node_id(expected.kni):
        found["kni"] = f"the key of its main bridge is {actual.main_bridge}, not {node_id(expected.kni)}"
    for chain, wanted, is_ in (
        ("parent", expected.parent_operator, actual.parent_operator),
        ("child", expected.child_operator, actual.child_operator),
    ):
        if wanted and str(is_).lower() != wanted.lower():
            found[f"{chain}_operator"] = f"its {chain} operator is {is_}, not {wanted}"
    if expected.peer and (words := _peers(expected.peer, actual.peers)):
        found["peer"] = words
    if expected.anchoring is not None and actual.anchoring != expected.anchoring:
        state = ("off", "on") if expected.anchoring else ("on", "off")
        found["anchoring"] = f"anchoring is {state[0]}, but {state[1]} in its conf"
    if expected.anchoring_period is not None and actual.anchoring_period != expected.anchoring_period:
        found["anchoring_period"] = (
            f"it anchors every {actual.anchoring_period} blocks, but in its conf every {expected.anchoring_period}"
        )
    return found


def _peers(wanted: str, connected: Sequence[str]) -> str | None:
    """Compare by public keys: the addresses may differ on the way."""
    own = node_id(wanted)
    others = [_place(kni) for kni in connected if node_id(kni) != own]
    if others:
        return f"its bridge peer is the main bridge at {', '.join(others)}, not that of its EN at {_place(wanted)}"
    if not connected:
        return f"it has no bridge peer: the main bridge of its EN at {_place(wanted)} is not connected"
    return None


def _place(kni: str) -> str:
    return kni.split("@", 1)[1].split("?", 1)[0]


def repair(console: Console, expected: Expected, actual: Actual) -> None:
    """Repair what calls can: disconnect a wrong bridge peer, dial the right one, switch anchoring. Raises NotReady."""
    found = differences(expected, actual)
    if "peer" in found and expected.peer:
        connected = {node_id(kni): kni for kni in actual.peers}
        missing = connected.pop(node_id(expected.peer), None) is None
        for kni in connected.values():
            console.call("subbridge_removePeer", kni, timeout=TIMEOUT)
        wait_for(lambda: _disconnected(console, connected), DISCONNECT_SECONDS)
        if missing:
            redial(console, "subbridge", expected.peer)
    if "anchoring" in found:
        console.call("subbridge_anchoring", expected.anchoring, timeout=TIMEOUT)


def _disconnected(console: Console, others: Mapping[str, str]) -> bool | Message:
    left = [others[id_] for id_ in peers(console, "subbridge") if id_ in others]
    return not left or PEER_KEPT(
        f"{console.node}: still connected to the main bridge at {', '.join(map(_place, left))}"
    )


class Mismatch(ChainError):
    """The node is not the one that was predicted. Waiting would not help."""


def wait_until_ready(endpoint: Endpoint, expected: Expected) -> str:
    """Wait until the node answers, has peers on its chain and its one bridge peer; return its version.

    Raises NotReady with what is missing, and Mismatch at once when chain id, KNI, operators or peer differ from the
    prediction.
    """
    console = wait_for(lambda: Console(endpoint), READY_DEADLINE)
    try:
        wait_for(lambda: _answers(console), READY_DEADLINE)
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
            peers = wait_for_peers(console, "subbridge", [expected.peer], READY_DEADLINE, enough=1, hint=hint)
            _compare(console, "main bridge peers", [node_id(expected.peer)], peers, WRONG_BRIDGE_PEER)
        return console.web3.client_version
    finally:
        console.close()


def _wait_for_chain(console: Console, expected: Expected) -> None:
    """Wait for peers. A node with nothing but its first block is reinitialised once: its genesis.json may be new."""
    try:
        wait_for_peers(console, "admin", expected.static_nodes, READY_DEADLINE, enough=1, hint=HINT)
    except NotReady as error:
        before = chain_identity(console)
        if expected.begin and console.web3.eth.block_number == 0:
            reinitialise(console.endpoint, console, expected.begin)
            if chain_identity(console) != before:
                wait_for_peers(console, "admin", expected.static_nodes, READY_DEADLINE, enough=1, hint=HINT)
                return
        why = explain(console, expected.static_nodes, expected.others)
        raise NotReady(Message(str(error)).extended(f". {why}")) from error


def _answers(console: Console) -> bool:
    console.call("eth_chainId", timeout=5)
    return True


def _compare(console: Console, what: str, expected: object, actual: object, problem: Problem = OTHER_IDENTITY) -> None:
    if expected != actual:
        msg = f"{console.node}: the {what} is {actual}, computed was {expected}; is it the right machine and folder?"
        raise Mismatch(problem(msg))
