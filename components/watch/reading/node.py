"""What is read of one node: its chain, its half of a bridge, and its machine. Each is one message of its own.

Whether an SCN serves its contracts is read as chain.nodes.journal does it, which never asks
`subbridge_getBridgeInformation`; of its memory only the child contract is asked for here, because the question for that
on the parent chain would wait for the EN.
"""

import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from components.chain.nodes.journal import entry_of, is_subscribed
from components.chain.rpc.head import heads_of
from components.domain.forks import in_config
from components.domain.networks import SIDES, Side
from components.domain.ports import MAIN_BRIDGE_PORT
from components.domain.problems.bridge import CONTRACT_MISSING
from components.domain.problems.hosts import COMMAND_FAILED
from components.watch.reading.contract import AccountQuestions, ContractQuestions
from components.watch.reading.questions import Absent, Answer, Batch, Reach, number, there
from components.watch.readings import ChainReading, CountReading, MachineReading, Missing, Read, SubBridgeReading
from components.watch.targets import NodeTarget, Targets

T = TypeVar("T")
ValueT = TypeVar("ValueT")

_HASHES_ONLY = False
"""Second argument of getBlockBy...: no whole transactions."""

_KIB = 1024
_NONE = "-"
"""Printed in place of the time of a socket that is not there, or cannot be seen."""
_LINK = f":{MAIN_BRIDGE_PORT:04X} 01 "
"""In a line of /proc/net/tcp: the remote port, and that the connection is established (proc_net_tcp of the kernel)."""
_RETRANSMITS = 6
"""Where such a line has how often the oldest segment was sent again; 0 as soon as anything is acknowledged."""


def read_chain(reach: Reach, targets: Targets, node: NodeTarget, seconds: float) -> Read[ChainReading]:
    """Read what a node reports of its chain, of the contract there and of the operators. Raises Unreachable."""
    batch, target = Batch(node.endpoint), targets.contracts.get(node.side)
    chain_id = batch.ask(number, "eth_chainId")
    head = batch.ask(_header, "eth_getBlockByNumber", "latest", _HASHES_ONLY)
    peers = batch.ask(_peers, "admin_peers")
    version = batch.ask(str, "web3_clientVersion")
    forks = batch.ask(lambda told: in_config(told["protocols"]["istanbul"]["config"]), "admin_nodeInfo")
    snapshot = batch.ask(lambda told: _addresses(told["validators"]), "istanbul_getSnapshot", "latest")
    validators = batch.ask(_addresses, "istanbul_getValidators", "pending")  # v2 has no snapshots
    contract = ContractQuestions(batch, target) if target else None
    accounts = AccountQuestions(batch, targets.accounts(node.side))
    batch.send(reach, seconds)
    no_contract = Missing(CONTRACT_MISSING(f"{node.name}: the state of the stack has no contract on its chain yet"))
    try:
        height, block_hash, made = there(head)
        return ChainReading(
            chain_id=there(chain_id),
            head=height,
            hash=block_hash,
            age=time.time() - made,
            best=_mapped(peers, lambda told: max((count - 1 for count, _ in heads_of(told)), default=height)),
            peers=_mapped(peers, len),
            version=version.value,
            council=validators.value if isinstance(snapshot.value, Missing) else snapshot.value,
            contract=contract.answer if contract else no_contract,
            accounts=accounts.answers,
            forks=forks.value,
        )
    except Absent as error:
        return error.missing


def read_sub_bridge(reach: Reach, targets: Targets, node: NodeTarget, seconds: float) -> Read[SubBridgeReading]:
    """Read the half of a bridge that an SCN runs. Raises Unreachable."""
    batch, contracts = Batch(node.endpoint), targets.contracts
    peers = batch.ask(lambda told: tuple(str(peer["id"]) for peer in told or ()), "subbridge_peers")
    journal = batch.ask(_peers, "subbridge_listBridge")
    child = contracts["child"].address if "child" in contracts else "0x" + "00" * 20
    memory = batch.ask(_addresses, "subbridge_getRegisteredOperators", child)
    operators = batch.ask(_counts, "subbridge_getOperators")
    anchoring = batch.ask(bool, "subbridge_getAnchoring")
    period = batch.ask(number, "subbridge_getAnchoringPeriod")
    anchored = batch.ask(number, "subbridge_getLatestAnchoredBlockNumber")
    pending = batch.ask(number, "subbridge_txPendingCount")
    batch.send(reach, seconds)
    try:
        entry = entry_of(there(journal), {side: one.address for side, one in contracts.items()})
        return SubBridgeReading(
            peers=there(peers),
            registered=entry is not None,
            subscribed=is_subscribed(entry) and not isinstance(memory.value, Missing),
            anchoring=there(anchoring),
            period=there(period),
            anchored=there(anchored),
            pending=there(pending),
            operators=there(operators),
        )
    except Absent as error:
        return error.missing


def read_machine(reach: Reach, node: NodeTarget, seconds: float) -> MachineReading | Missing:
    """Read disk, clock and the age of the console of a node's machine, and of an SCN's its connection to the EN.

    A node creates its console socket at each start and does not touch it afterwards, so the age of the socket is the
    time since the last start. The start of the process would need the rights of the node's user (SO_PEERCRED), or a
    guess which process it is. Raises Unreachable.
    """
    command = f"df -Pk {shlex.quote(node.folder)} && date +%s.%N"
    command += f" && {{ stat -c %Y {shlex.quote(node.endpoint.ipc)} 2>/dev/null || echo {_NONE}; }}"
    if node.role == "scn":
        command += f" && {{ grep -h {_LINK!r} /proc/net/tcp /proc/net/tcp6 2>/dev/null || true; }}"
    begin = time.time()
    told = reach.run(node.endpoint, command, seconds)
    middle = (begin + time.time()) / 2
    try:
        _, disk, clock, made, *links = told.strip().splitlines()
        size, _, free = map(int, disk.split()[-5:-2])
        # An old connection may be left beside one that works.
        unanswered = min((int(link.split()[_RETRANSMITS], 16) for link in links), default=0)
        opened = _unseen(node) if made == _NONE else max(0.0, float(clock) - float(made))
        return MachineReading(free * _KIB, size * _KIB, float(clock) - middle, opened, unanswered)
    except (ValueError, IndexError):
        return Missing(COMMAND_FAILED(f"{node.name}: the output of df, date and stat cannot be understood"))


def _unseen(node: NodeTarget) -> Missing:
    return Missing(COMMAND_FAILED(f"{node.name}: stat does not see {node.endpoint.ipc}"))


def _header(block: Mapping[str, Any]) -> tuple[int, str, int]:
    """Return number, hash and time of a block."""
    return number(block["number"]), str(block["hash"]), number(block["timestamp"])


def _peers(told: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    return list(told or ())  # Go encodes an empty list as null


def _addresses(told: Sequence[str]) -> frozenset[str]:
    return frozenset(str(one).lower() for one in told)


def _counts(told: Mapping[str, Mapping[str, Any]]) -> dict[Side, CountReading]:
    return {side: _count(told[f"{side}Operator"]) for side in SIDES}


def _count(told: Mapping[str, Any]) -> CountReading:
    address, counted = str(told["address"]).lower(), number(told["nonce"])
    return CountReading(address, counted, bool(told["isNonceSynced"]), bool(told["isUnlocked"]))


def _mapped(answer: Answer[T], change: Callable[[T], ValueT]) -> Read[ValueT]:
    return answer.value if isinstance(answer.value, Missing) else change(answer.value)
