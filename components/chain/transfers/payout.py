"""Whether a request can be paid: the votes of operators of the target bridge are simulated, which changes nothing."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import ContractLogicError, Web3Exception, Web3RPCError
from web3.types import TxParams, Wei

from components.chain.contracts.contract import function, read_token, require_state
from components.chain.contracts.plan import BridgeState
from components.chain.rpc.console import Console, NodeError
from components.chain.transfers.direction import Direction
from components.chain.transfers.requests import Request, find, open_nonces
from components.chain.tx.pool_rejections import words_of
from components.chain.tx.revert_reasons import reason
from components.domain.limits import STALLED, VALUE_TRANSFER
from components.domain.problems.bridge import VOTES_CHANGED
from components.domain.problems.problem import Message
from components.domain.problems.transfers import (
    LIQUIDITY_MISSING,
    RECIPIENT_REFUSES,
    REQUEST_NOT_FOUND,
    REQUEST_REVERTS,
    REQUEST_WITHOUT_TOKEN,
    TOKEN_NOT_PAYABLE,
)

GAS = 10_000_000
"""What an operator's transaction may use unless the node is configured otherwise (DefaultBridgeTxGasLimit, node/sc)."""

LOOK_BACK = 200
"""How many of the last requests a restart waits for."""

BRIEF = 5.0
"""Seconds for looking up requests of the last minutes."""

NAMED = 20
"""How many requests a message names."""

_HEAD, _TAIL = ("bytes32", "address", "address"), ("uint256", "uint64", "uint64")
_BRIDGE: Contract = Web3().eth.contract(  # encodes calls; never connected
    abi=[
        function("operatorThresholds", ["uint8"], gives="uint8"),
        function("handleKLAYTransfer", [*_HEAD, *_TAIL, "bytes"]),
        function("handleERC20Transfer", [*_HEAD, "address", *_TAIL, "bytes"]),
        function("handleERC721Transfer", [*_HEAD, "address", *_TAIL, "string", "bytes"]),
    ],
    address=to_checksum_address("0x" + "00" * 20),
)

_PLACES = 64
"""Storage slots of the contract among which the thresholds are looked for; both builds have them in slot 13."""
_MARK = 0x7F


def unpayable(direction: Direction) -> list[Message]:
    """Return a sentence for each open request of a direction that cannot be paid, with the reason; at most NAMED.

    Raises ChainError.
    """
    nonces = open_nonces(direction)
    found = find(direction, nonces)
    said: list[Message] = []
    for nonce in nonces:
        if len(said) == NAMED:
            break
        if nonce not in found:
            words = f"request {nonce} is not handled, and its event is too far back to be looked at"
            said.append(REQUEST_NOT_FOUND(words))
        elif why := why_unpayable(direction, found[nonce]):
            said.append(Message(f"{found[nonce]} cannot be paid: {why}"))
    return said


def still_to_handle(direction: Direction, below: int, moment: float) -> list[int]:
    """Return the nonces of the requests `below` one that a bridge which worked at a moment (Unix time) has to handle.

    Requests that cannot be paid are left out, and so are those that were open for STALLED seconds by then: they had
    been skipped. When such a request can be paid and nothing after it is handled, this direction was stuck before, and
    has to handle nothing.
    """
    nonces = open_nonces(direction, since=below - LOOK_BACK, below=below)
    if not nonces:
        return []
    found = find(direction, nonces, patience=BRIEF)
    can = {nonce for nonce, one in found.items() if not why_unpayable(direction, one)}
    fresh = {nonce for nonce, one in found.items() if _made(direction, one) >= moment - STALLED}
    last = [nonce for i, nonce in enumerate(nonces) if below - nonce == len(nonces) - i]
    if any(nonce in can and nonce not in fresh for nonce in last):
        return []
    return sorted(can & fresh)


def _made(direction: Direction, request: Request) -> float:
    """Return when a request was made (Unix time)."""
    return float(direction.source.web3.eth.get_block(request.block)["timestamp"])


def why_unpayable(direction: Direction, request: Request) -> Message | None:
    """Return why a request cannot be paid now; None where it can.

    The vote of each operator is simulated with a threshold of 1: whether enough operators vote is another question. A
    recipient may be a contract that takes coins for one operator's vote, or for another price of gas, and refuses them
    when others vote: anybody can make such a request, which is never paid. Raises ChainError.
    """
    target, bridge = direction.target, to_checksum_address(direction.target_bridge)
    state = require_state(target, bridge)
    if not state.operators:
        return VOTES_CHANGED(f"the bridge {bridge} has no operators")
    token = ""
    if request.kind != "coin":
        known = read_token(direction.source, direction.source_bridge, request.token)
        token = (known and known.counterpart) or ""
        if not token:
            return REQUEST_WITHOUT_TOKEN(
                f"token {request.token} is not registered on the bridge {direction.source_bridge}, and SCNs that "
                "come to this request handle nothing after it; register the token again"
            )
    call: TxParams = {"to": bridge, "data": HexStr(vote(request, token)), "gas": GAS}
    override = _one_vote(target, bridge, state)
    try:
        for how in _votes(target, state):
            target.web3.eth.call({**call, **how}, "latest", override)
    except Web3Exception as error:
        return _explained(target, bridge, request, token, error)
    return None


def _votes(target: Console, state: BridgeState) -> Iterator[TxParams]:
    """Yield sender and gas price of each vote: the price that a node assumes if none is given, and that of SCNs."""
    prices: list[TxParams] = [{}]
    with suppress(NodeError):
        prices.append({"gasPrice": Wei(int(target.call("eth_upperBoundGasPrice"), 16))})
    for operator in state.operators:
        for price in prices:
            yield {"from": to_checksum_address(operator), **price}


def vote(request: Request, token: str) -> str:
    """Return the call by which an operator votes for a request; `token`: on the target chain, not used for coins."""
    head = (HexStr(request.transaction), request.sender, request.recipient)
    tail = (request.amount, request.nonce, request.block)
    if request.kind == "coin":
        return str(_BRIDGE.encode_abi("handleKLAYTransfer", args=[*head, *tail, request.extra]))
    if request.kind == "erc20":
        return str(_BRIDGE.encode_abi("handleERC20Transfer", args=[*head, token, *tail, request.extra]))
    return str(_BRIDGE.encode_abi("handleERC721Transfer", args=[*head, token, *tail, request.uri, request.extra]))


def _one_vote(console: Console, bridge: ChecksumAddress, state: BridgeState) -> Any:
    """Return the state override for a simulation in which one vote decides; None where it does so already.

    Without the vote of an operator nothing is paid, and what others have voted for cannot be read.
    """
    if state.threshold == 1:
        return None
    call: TxParams = {"to": bridge, "data": HexStr(_BRIDGE.encode_abi("operatorThresholds", args=[VALUE_TRANSFER]))}
    for place in range(_PLACES):
        slot = Web3.solidity_keccak(["uint256", "uint256"], [VALUE_TRANSFER, place]).to_0x_hex()
        trial: Any = {bridge: {"stateDiff": {slot: f"0x{_MARK:064x}"}}}
        if int.from_bytes(console.web3.eth.call(call, "latest", trial)) == _MARK:
            return {bridge: {"stateDiff": {slot: f"0x{1:064x}"}}}
    return None  # not one of the known contracts: only the vote itself is simulated


def _explained(
    console: Console, bridge: ChecksumAddress, request: Request, token: str, error: Web3Exception
) -> Message:
    data = error.data if isinstance(error, ContractLogicError) else None
    message = words_of(error) if isinstance(error, Web3RPCError) else str(getattr(error, "message", None) or error)
    why = reason(data, message)
    if request.kind != "coin":
        what = f"token {token} does not let the bridge {bridge} pay it out"
        needs = "give the bridge what it needs: mint rights, a balance, or an allowed recipient"
        return TOKEN_NOT_PAYABLE(f"{what} ({why}); {needs}")
    held = console.web3.eth.get_balance(bridge)
    if held < request.amount:
        return LIQUIDITY_MISSING(f"the bridge {bridge} holds {held} peb; fill it up (bridge.liquidity)")
    if console.web3.eth.get_code(to_checksum_address(request.recipient)):
        return RECIPIENT_REFUSES(f"its recipient is a contract that refuses coins ({why}); nothing else waits for it")
    return REQUEST_REVERTS(why)
