"""The bridge of a node: what an EN and an SCN report of themselves, and the registration of contracts on an SCN.

Methods are called by their JSON-RPC names, which differ from those of the node's JavaScript console.
"""

import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing, suppress
from functools import partial

from eth_utils.address import to_checksum_address

from components.chain.errors import ChainError, NotReady
from components.chain.nodes.health import answers
from components.chain.nodes.journal import has_sub_bridge, is_in_memory, is_live, read_registration
from components.chain.nodes.restart import restart
from components.chain.peers.peers import peer_knis, peers
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.waiting import wait_for
from components.domain.kni import node_id
from components.domain.problems.nodes import CONTRACT_UNSEEN, EN_AWAY, NO_SINGLE_EN, NOT_REGISTERED
from components.domain.problems.problem import Message

REGISTER_TIMEOUT = 20.0
"""Seconds for registerBridge or subscribeBridge: calls to the parent chain that have no limit of their own."""


def main_bridge_id(console: Console) -> str:
    """Return the public key under which the EN's main bridge answers on port 50505."""
    return node_id(str(console.call("mainbridge_nodeInfo")["kni"]))


def operators(console: Console) -> tuple[str, str]:
    """Return the SCN's (parent operator, child operator)."""
    return str(console.call("subbridge_getParentOperatorAddr")), str(console.call("subbridge_getChildOperatorAddr"))


CODE_DEADLINE = 120.0
"""Seconds until a node that follows the chain has a new contract; an EN may need 10 s to begin to sync."""


def register(
    scn: Console, en: Console, child: str, parent: str, command: str, siblings: Sequence[Endpoint] = ()
) -> None:
    """Register and subscribe the pair of contracts on this SCN, sending nothing that holds already.

    The order (child, parent) matters: swapped, the node's handler crashes and locks its journal. After an error
    of registerBridge the node is half-registered until it restarts, so `command` restarts it, once, if its `siblings`,
    the other SCNs, are healthy. Nothing is registered before the SCN is connected and both nodes see code at the
    addresses. Raises ChainError.
    """
    wait_for_contracts(scn, en, child, parent)
    wait_for(lambda: one_peer(scn), deadline=60)
    read_registration(scn, child, parent)  # raises for another counterpart, where a restart would not help
    try:
        _register_once(scn, child, parent)
    except ChainError as error:
        peer = next(iter(peer_knis(scn, "subbridge")), None)
        why = f"registering failed: {Message(str(error)).words}"
        restart(scn.endpoint, "scn", command, why, siblings=siblings, peer=peer)
        _register_once(wait_for(lambda: Console(scn.endpoint), deadline=60), child, parent)


def wait_for_contracts(scn: Console, en: Console, child: str, parent: str) -> None:
    """Wait until both nodes of a pair have the contracts of their chains. Raises NotReady."""
    for console, bridge in ((scn, child), (en, parent)):
        wait_for(partial(_has_code, console, bridge), deadline=CODE_DEADLINE)


def _register_once(scn: Console, child: str, parent: str) -> None:
    wait_for(lambda: one_peer(scn), deadline=60)
    if not read_registration(scn, child, parent).registered:
        scn.call("subbridge_registerBridge", child, parent, timeout=REGISTER_TIMEOUT)
    # In memory, and not only in the journal: after a restart the node restores it within some seconds.
    wait_for(lambda: _is_known(scn, child, parent), deadline=60)
    if not read_registration(scn, child, parent).live:
        scn.call("subbridge_subscribeBridge", child, parent, timeout=REGISTER_TIMEOUT)
    wait_for(lambda: is_live(scn, child, parent), deadline=60)


def _has_code(console: Console, bridge: str) -> bool | Message:
    if console.web3.eth.get_code(to_checksum_address(bridge)):
        return True
    head = console.web3.eth.block_number
    return CONTRACT_UNSEEN(f"{console.node}: sees no contract at {bridge} yet, its head is block {head}; is it synced?")


def _is_known(scn: Console, child: str, parent: str) -> bool | Message:
    for bridge in (child, parent):
        if not is_in_memory(scn, bridge):
            return NOT_REGISTERED(f"{scn.node}: the bridge contract {bridge} is not in its memory")
    return True


def one_peer(console: Console) -> bool | Message:
    """Return True when an SCN is connected to its EN, else a sentence with what is wrong."""
    connected = peers(console, "subbridge")
    if len(connected) == 1:
        return True
    return NO_SINGLE_EN(
        f"{console.node}: the sub bridge has {len(connected)} main bridges connected and needs one; is its EN "
        "running, with 50505 open to it?"
    )


def en_is_away(console: Console) -> NotReady:
    """Return the error of an SCN that has to release its contracts and has no EN to do so."""
    return NotReady(
        EN_AWAY(
            f"{console.node}: cannot deregister the bridge while its EN is away, the call would hang; "
            "bring the EN back, or remove the SCN's machine with it"
        )
    )


def deregister(console: Console, child: str, parent: str) -> None:
    """Release the pair of contracts; no-op if not registered.

    Raises NotReady when the SCN has no main bridge connected: the call would hang and lock the journal.
    """
    if not read_registration(console, child, parent).registered:
        return
    if not peers(console, "subbridge"):
        raise en_is_away(console)
    console.call("subbridge_deregisterBridge", child, parent, timeout=REGISTER_TIMEOUT)


AWAY_SECONDS = 45.0
"""Seconds until an EN that does not answer counts as away: an SCN keeps a dead connection for 30."""


def _has_en(scn: Console, en: Endpoint) -> bool:
    """Return whether an SCN is connected to an EN that answers. One that it is connected to may be silent a moment."""
    with suppress(NotReady):
        wait_for(lambda: not peers(scn, "subbridge") or answers(en) or f"{en.node}: it is silent", AWAY_SECONDS)
    return bool(peers(scn, "subbridge")) and answers(en)


_nodes: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def forget_tokens(scn: Console, en: Endpoint, child: str, parent: str, command: str) -> None:
    """Have an SCN forget the counterparts of tokens that it remembers, by registering the pair of contracts again.

    Where the pair is not registered, an earlier run was cut off between the two steps: the second one is done. Without
    its EN, which may be dead, neither is possible: a restart (`command`, on its host) makes it forget too.

    An SCN asks the contract for a token at the first transfer of it, and never again while it runs and the pair is
    registered (BridgeInfo.counterpartToken in node/sc/bridge_manager.go): once a token has another counterpart, the SCN
    would have the former one paid out. What is requested meanwhile is found by the node's recovery. Its own
    registerToken and deregisterToken do not help: they send transactions of the operator, which is not the owner of the
    contract, and they keep the token under the chain on which its transfers are not requested (doRegisterToken in
    node/sc/api_bridge.go). Raises ChainError.
    """
    with _nodes[scn.node]:
        if not has_sub_bridge(scn):
            return
        registered = read_registration(scn, child, parent).registered
        if not _has_en(scn, en):
            if registered:
                why = f"it has to forget a token, and its EN {en.node} is away"
                restart(scn.endpoint, "validator", command, why)
            return
        with closing(Console(en)) as other:
            if registered:
                deregister(scn, child, parent)
            register(scn, other, child, parent, command)
