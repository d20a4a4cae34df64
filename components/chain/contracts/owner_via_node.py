"""Owner calls through the API of the SCN whose operator account owns a bridge contract.

The node's methods return a transaction hash also when the transaction reverts. So each call is simulated before it is
made, its receipt is followed, and the caller reads the state back. A node has no method for removing votes or for
registering tokens as the owner.

A call to the parent chain stays in the node until its EN is there, however long that takes. So nothing is planned while
one of an earlier run is under way: it would be made twice, and one of the two would revert.
"""

from collections.abc import Callable, Sequence
from contextlib import closing

from eth_typing import HexStr
from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.address import to_checksum_address
from web3.exceptions import TransactionNotFound, Web3Exception
from web3.types import TxParams, TxReceipt

from components.chain.accounts.owner import OwnerNode
from components.chain.contracts.contract import transaction
from components.chain.contracts.plan import Step
from components.chain.errors import ChainError, NotMined, NotReady, Reverted, Unreachable
from components.chain.rpc.console import Console, NodeError
from components.chain.rpc.waiting import wait_for
from components.chain.tx.outgoing import call_params, what
from components.chain.tx.revert_reasons import explain, why_mined
from components.domain.problems.bridge import (
    OWNER_NODE_LACKS_CALL,
    OWNER_NODE_NOT_MINED,
    OWNER_NODE_REFUSES,
    OWNER_NODE_REVERTS,
)
from components.domain.problems.problem import Message

METHODS = {
    "registerOperator": "subbridge_registerOperator",
    "setOperatorThreshold": "subbridge_setValueTransferOperatorThreshold",
}
"""Methods of the node's API, by the function of the contract that they call. Both take the contract and one value."""

SELECTORS = {
    function_signature_to_4byte_selector(signature).hex()
    for signature in ("registerOperator(address)", "setOperatorThreshold(uint8,uint8)")
}
"""First bytes of the data of these calls."""

DEADLINE = 120.0
"""Seconds until a transaction counts as not mined. One to the parent chain leaves with the next child block."""


def send_through(console: Console, owner: OwnerNode, bridge: str, steps: Callable[[], Sequence[Step]]) -> None:
    """Make the calls, one after the other, that are planned once all earlier ones are mined.

    `console` is connected to the chain of the contract. No-op without a plan, also where the node does not answer.
    Raises ChainError: before anything is sent where the node has no method for a call, its simulation fails, or earlier
    calls are not mined in time.
    """
    silent: Unreachable | None = None
    try:
        _settle(console, owner, bridge)
    except Unreachable as error:
        silent = error
    calls = [
        (step, _method(console, owner, bridge, step), _simulated(console, owner, bridge, step)) for step in steps()
    ]
    if not calls:
        return
    if silent is not None:  # what it has sent is not known
        raise silent
    with closing(Console(owner.node)) as scn:
        for step, method, params in calls:
            what_for = what(console.web3.eth.chain_id, transaction(bridge, step))
            try:
                hash_ = HexStr(str(scn.call(method, bridge, step.arguments[-1])))
            except NodeError as error:
                msg = OWNER_NODE_REFUSES(f"{what_for}: {error}{_advice(owner, str(error))}")
                raise ChainError(msg) from error
            _follow(console, owner, what_for, hash_, params)


def _settle(console: Console, owner: OwnerNode, bridge: str) -> None:
    """Wait until the calls to the contract that the node has sent are mined. Raises NotMined, Unreachable."""
    address, until = to_checksum_address(owner.address), _sent(owner, bridge)

    def probe() -> bool | Message:
        return console.web3.eth.get_transaction_count(address) >= until or OWNER_NODE_NOT_MINED(
            f"chain {console.web3.eth.chain_id}: {owner.node.node} has sent calls to {bridge} before, up to nonce "
            f"{until - 1} of {address}, which are not mined"
        )

    if until:
        try:
            wait_for(probe, DEADLINE)
        except NotReady as error:
            raise _not_mined(console, owner, error) from error


def _sent(owner: OwnerNode, bridge: str) -> int:
    """Return how many transactions of the operator are mined once all calls are that the node has sent; 0 for no calls.

    A node that has no sub bridge sends nothing. On its own chain transactions are mined within seconds, so there it is
    not asked which of them are calls. Raises Unreachable.
    """
    address = to_checksum_address(owner.address)
    try:
        with closing(Console(owner.node)) as scn:
            if owner.chain == "child":
                return int(scn.web3.eth.get_transaction_count(address, "pending"))
            pool = scn.call("subbridge_txPending") or {}
    except NodeError:
        return 0
    sent = [tx for sender, found in pool.items() if sender.lower() == address.lower() for tx in found or ()]
    there = [tx for tx in sent if str(tx.get("to")).lower() == bridge.lower()]  # an anchor goes to no address
    return max((int(tx["nonce"], 16) + 1 for tx in there if str(tx["input"])[2:10] in SELECTORS), default=0)


def _method(console: Console, owner: OwnerNode, bridge: str, step: Step) -> str:
    if step.function in METHODS:
        return METHODS[step.function]
    msg = OWNER_NODE_LACKS_CALL(
        f"{what(console.web3.eth.chain_id, transaction(bridge, step))}: the owner is {owner.address}, the operator of "
        f"{owner.node.node}, and a node's API has no call for that; have that account call transferOwnership with the "
        f"address of a key of its own, which no node holds, set bridge.{owner.chain}OwnerKey to that key instead of "
        f"{owner.setting}, then run again"
    )
    raise ChainError(msg)


def _simulated(console: Console, owner: OwnerNode, bridge: str, step: Step) -> TxParams:
    tx = transaction(bridge, step)
    params = call_params(owner.address, tx)
    try:
        console.web3.eth.call(params)
    except Web3Exception as error:
        why = explain(console, owner, bridge, error)
        msg = OWNER_NODE_REVERTS(f"{what(console.web3.eth.chain_id, tx)}: the simulation failed: {why}")
        raise Reverted(msg) from error
    return params


def _follow(console: Console, owner: OwnerNode, what_for: str, hash_: HexStr, params: TxParams) -> None:
    def probe() -> TxReceipt | Message:
        try:
            return console.web3.eth.get_transaction_receipt(hash_)
        except TransactionNotFound:
            return OWNER_NODE_NOT_MINED(f"{what_for}: transaction {hash_} of {owner.node.node} is not mined")

    try:
        receipt = wait_for(probe, DEADLINE)
    except NotReady as error:
        raise _not_mined(console, owner, error) from error
    if receipt["status"] != 1:
        why = why_mined(console, owner, params, receipt)
        words = f"{what_for}: transaction {hash_} of {owner.node.node} was mined and reverted: {why}"
        raise Reverted(OWNER_NODE_REVERTS(words))


def _not_mined(console: Console, owner: OwnerNode, error: NotReady) -> NotMined:
    held = console.web3.eth.get_balance(to_checksum_address(owner.address))
    advice = (
        f"; its sender {owner.address} holds {held} peb: send it some if that is too little for gas, see "
        f"that the EN of {owner.node.node} is connected and that both chains make blocks, then run again"
    )
    return NotMined(OWNER_NODE_NOT_MINED(Message(str(error)).extended(advice)))


def _advice(owner: OwnerNode, words: str) -> str:
    if "bridge information" in words:
        return f"; {owner.node.node} does not know the contract yet: its registration comes first, then run again"
    if "authentication needed" in words:
        return f"; the operator's key on {owner.node.node} is locked; restart the node, which unlocks it"
    return ""
