"""Whether an SCN can serve a bridge yet, and how it leaves one: what surrounds its registration.

An SCN counts the transactions of its operators in memory: those of the child operator from its own chain at its start,
those of the parent operator from what its EN reports when they connect. A rebuilt machine starts with an empty chain,
so it counts from 0, and would sign with used nonces until it is restarted.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import closing

from eth_utils.address import to_checksum_address

from components.chain.errors import ChainError, NotReady, Unreachable
from components.chain.nodes.journal import has_sub_bridge, read_registration
from components.chain.nodes.registration import deregister, en_is_away, one_peer
from components.chain.nodes.restart import restart
from components.chain.peers.peers import peer_knis
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.head import wait_until_caught_up
from components.chain.rpc.waiting import wait_for
from components.domain.problems.nodes import MISCOUNTED
from components.domain.problems.problem import Message

CONNECT_DEADLINE = 90.0
"""Seconds until an SCN is connected to its EN; it dials every 30 s, and keeps a dead connection for as long."""
COUNT_DEADLINE = 10.0
"""Seconds for the answer of the EN from which an SCN counts."""


def wait_until_able(
    scn: Console, en: Console, command: str, *, siblings: Sequence[Endpoint] = (), why: str = ""
) -> None:
    """Wait until both nodes of a pair are in sync, and the SCN counts its transactions from there.

    If it does not, or if there is another reason `why`, it is restarted (`command`, on its host), provided that its
    `siblings`, the other SCNs, are healthy. Raises ChainError.
    """
    for console in (en, scn):
        wait_until_caught_up(console)
    if not why:
        why = miscounts(scn, "child", scn)  # which nothing but a restart changes
    if not why:
        wait_for(lambda: one_peer(scn), CONNECT_DEADLINE)
        try:
            wait_for(lambda: miscounts(scn, "parent", en) or True, COUNT_DEADLINE)
        except NotReady as error:
            why = Message(str(error)).words
        else:
            return
    peer = next(iter(peer_knis(scn, "subbridge")), None)
    restart(scn.endpoint, "scn", command, why, siblings=siblings, peer=peer, en=en.endpoint)
    wait_for(lambda: one_peer(scn), CONNECT_DEADLINE)
    wait_for(lambda: _counts_right(scn, en), CONNECT_DEADLINE)


def _counts_right(scn: Console, en: Console) -> bool | Message:
    words = miscounts(scn, "child", scn) or miscounts(scn, "parent", en)
    return MISCOUNTED(f"{scn.node}: {words}") if words else True


def miscount(scn: Console, en: Endpoint) -> str:
    """Return that an SCN counts too few transactions of an operator, so that it does not vote any more; or "".

    It has to stay so for COUNT_DEADLINE: one look may be wrong. Without its EN the count of the parent operator is
    unknown. Raises ChainError when the SCN does not answer.
    """
    if wrong := _settled(lambda: miscounts(scn, "child", scn)):
        return wrong
    try:
        console = Console(en)
    except Unreachable:
        return ""
    with closing(console):
        return _settled(lambda: miscounts(scn, "parent", console) if one_peer(scn) is True else "")


def _settled(question: Callable[[], str]) -> str:
    """Return the answer that stays, or "" as soon as it is ""."""
    try:
        wait_for(lambda: question() or True, COUNT_DEADLINE)
    except NotReady:
        return question()
    return ""


def began_behind(endpoint: Endpoint) -> str:
    """Return that a started SCN counts its child operator from fewer blocks than its chain has by now; or "".

    So it is with data of an earlier time, such as a copy or a backup: what it signs has used nonces. Waits until the
    SCN has all blocks. Raises ChainError.
    """
    with closing(Console(endpoint)) as scn:
        if not has_sub_bridge(scn):
            return ""
        wait_until_caught_up(scn)
        return _settled(lambda: miscounts(scn, "child", scn))


def miscounts(scn: Console, chain: str, console: Console) -> str:
    """Return that an SCN counts too few transactions of its operator on a chain; "" if it counts right.

    What is mined is read first: what the node signs meanwhile it counts before it is mined.
    """
    address = to_checksum_address(scn.call("subbridge_getOperators")[f"{chain}Operator"]["address"])
    mined = console.web3.eth.get_transaction_count(address)
    operator = scn.call("subbridge_getOperators")[f"{chain}Operator"]
    if not operator["isNonceSynced"]:
        return f"it does not know yet how many transactions its {chain} operator has sent"
    if int(operator["nonce"]) < mined:
        return f"it counts {operator['nonce']} transactions of its {chain} operator, and {mined} are mined"
    return ""


def leave_pair(endpoint: Endpoint, child: str, parent: str, command: str) -> None:
    """Have an SCN release a pair of contracts, and restart it (`command`, on its host) with the conf that it has now.

    Without its EN, as when that machine is dead, the SCN cannot deregister; if its sub bridge is off after the restart,
    it does not have to. Where it has deregistered and still runs its sub bridge, an earlier run was cut off between the
    two steps: it is restarted. Raises NotReady where it still has both.
    """
    with closing(Console(endpoint)) as scn:
        if not has_sub_bridge(scn):
            return
        connected = peer_knis(scn, "subbridge")
        if connected and read_registration(scn, child, parent).registered:
            try:
                deregister(scn, child, parent)
            except ChainError as error:  # an EN that died a moment ago still counts as connected
                print(Message(f"{scn.node}: {error}"), file=sys.stderr)
    # As a validator: without a bridge it has no bridge numbers to reach again.
    restart(endpoint, "validator", command, "it lets its bridge go", peer=next(iter(connected), None))
    with closing(Console(endpoint)) as scn:
        if read_registration(scn, child, parent).registered:
            raise en_is_away(scn)
