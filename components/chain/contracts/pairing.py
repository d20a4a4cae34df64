"""Reading two bridge contracts on their chains, to find out whether they are counterparts.

A contract remembers in which block of the other chain the request was made that it handled last (recoveryBlockNumber,
BridgeTransfer.sol), and the transaction of every request that it handled (handledRequestTx). So a request in that block
shows whose requests a contract handles, at the cost of two reads and whoever owns the contracts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3.exceptions import Web3Exception

from components.chain.contracts.contract import require_state, view
from components.chain.contracts.counterparts import Counts, faults, numbers
from components.chain.contracts.plan import BridgeState
from components.chain.errors import ChainError, NotReady
from components.chain.rpc.console import Console
from components.chain.rpc.head import is_caught_up
from components.chain.rpc.waiting import wait_for
from components.domain.networks import Side
from components.domain.problems.bridge import NOT_COUNTERPARTS
from components.domain.problems.problem import Message

_PLAIN = "uint8,address,address,address,uint256,uint64,uint256,bytes"
REQUESTS = [
    f"0x{keccak(text=f'RequestValueTransfer({_PLAIN})').hex()}",
    f"0x{keccak(text=f'RequestValueTransferEncoded({_PLAIN},uint8,bytes)').hex()}",
]
"""Topics of the events of a request; requestNonce is the third value in the data of both."""

PATIENCE = 15.0
"""Seconds for an EN that is some blocks behind its chain, so that a request seems not to exist."""


@dataclass(frozen=True)
class LastRequest:
    """A request of a transfer, found on the chain where it was made."""

    contract: ChecksumAddress
    nonce: int
    tx: str
    """Hash of its transaction, 0x and hex."""


@dataclass(frozen=True)
class ContractPlace:
    """A contract on a chain."""

    console: Console
    address: str
    side: Side

    def __str__(self) -> str:
        return f"{self.address} on the {self.side} chain {self.console.web3.eth.chain_id}"


def last_handled(handler: ContractPlace, source: Console) -> list[LastRequest]:
    """Return the events that may be the request that a contract handled last, without gaps, found on the other chain.

    Anybody can have a contract of their own emit such an event in the transaction of a request, so there may be several
    and only one is the request. None where the other chain has no such request in that block, or nothing has been
    handled.
    """
    contract = view(handler.console, handler.address)
    for _ in range(2):  # the three values are of one block only if the first stays
        handled = int(contract.lowerHandleNonce().call())
        block = int(contract.recoveryBlockNumber().call())
        if handled == int(contract.lowerHandleNonce().call()):
            break
    if not handled or block > source.web3.eth.block_number:
        return []
    same = [found for found in _requests(source, block) if found.nonce == handled - 1]
    ours = {tx for tx in {found.tx for found in same} if contract.handledRequestTx(bytes.fromhex(tx[2:])).call()}
    return [found for found in same if found.tx in ours]


def handles_requests_of(handler: ContractPlace, source: Console) -> bool | None:
    """Return whether the requests that a contract handles are made on the chain of `source`.

    None where that is unknown: nothing has been handled, or this node of the other chain is behind that block.
    """
    contract = view(handler.console, handler.address)
    if not contract.lowerHandleNonce().call():
        return None
    if last_handled(handler, source):
        return True
    behind = int(contract.recoveryBlockNumber().call()) > source.web3.eth.block_number
    if behind and not is_caught_up(source):
        return None
    return bool(last_handled(handler, source))  # it may have handled more in between


def read_counts(child: ContractPlace, parent: ContractPlace) -> tuple[Counts, Counts]:
    """Read both directions. Raises ChainError where a contract is missing.

    What is handled is read before what is requested: on a bridge in use it could seem more otherwise.
    """
    before = require_state(child.console, child.address)
    there = require_state(parent.console, parent.address)
    here = require_state(child.console, child.address)
    return (
        Counts("child", here.request_nonce, there.lower_handle_nonce, _known(parent, child)),
        Counts("parent", there.request_nonce, before.lower_handle_nonce, _known(child, parent)),
    )


def require_counterparts(
    child: ContractPlace, parent: ContractPlace, advice: str, patience: float = PATIENCE, *, own: bool = False
) -> None:
    """Raise ChainError when two contracts are not counterparts, with both numbers of both directions.

    `own`: see faults.
    """

    def probe() -> bool | Message:
        ways = read_counts(child, parent)
        wrong = faults(ways, own=own)
        return not wrong or NOT_COUNTERPARTS(
            f"the bridge contracts {child} and {parent} are not counterparts: {', and '.join(wrong)} ({numbers(ways)})"
        )

    try:
        wait_for(probe, patience)
    except NotReady as error:
        msg = NOT_COUNTERPARTS(Message(str(error)).extended(f". Nothing was sent to them; {advice}"))
        raise ChainError(msg) from error


def counterpart_of(
    mine: ContractPlace,
    state: BridgeState,
    other: Console,
    candidates: Callable[[], Iterable[ChecksumAddress]],
    *,
    own: bool = False,
) -> str | None:
    """Return the contract on the other chain whose counterpart a contract of ours is, if there is one.

    `candidates` are tried where the contract has not handled anything that identifies it. `own`: see faults.
    """
    side: Side = "parent" if mine.side == "child" else "child"
    handled = last_handled(mine, other)
    if state.lower_handle_nonce and not handled:
        return None
    for address in dict.fromkeys(one.contract for one in handled) or candidates():
        theirs = ContractPlace(other, address, side)
        pair = (mine, theirs) if mine.side == "child" else (theirs, mine)
        try:
            if not faults(read_counts(*pair), own=own):
                return address
        except (ChainError, Web3Exception, ValueError):  # what is there does not answer like a bridge contract
            continue
    return None


def _known(handler: ContractPlace, source: ContractPlace) -> bool | None:
    try:
        if not view(handler.console, handler.address).lowerHandleNonce().call():
            return None
        found = last_handled(handler, source.console)
    except (Web3Exception, ValueError):  # a contract older than these functions; only its nonces are known
        return None
    return to_checksum_address(source.address) in {one.contract for one in found}


def _requests(console: Console, block: int) -> list[LastRequest]:
    asked: Any = {"fromBlock": block, "toBlock": block, "topics": [REQUESTS]}
    return [
        LastRequest(log["address"], int.from_bytes(bytes(log["data"])[64:96]), log["transactionHash"].to_0x_hex())
        for log in console.web3.eth.get_logs(asked)
    ]
