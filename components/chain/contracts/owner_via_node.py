"""Owner calls through the API of the SCN whose operator account owns a bridge contract.

The node's methods return a transaction hash also when the transaction reverts. So each call is simulated before it is
made, its receipt is followed, and the caller reads the state back. A node has no method for removing votes or for
registering tokens as the owner.
"""

from collections.abc import Sequence
from contextlib import closing

from eth_typing import HexStr
from eth_utils.address import to_checksum_address
from web3.exceptions import TransactionNotFound, Web3Exception
from web3.types import TxParams, TxReceipt

from components.chain.accounts.owner import OwnerNode
from components.chain.contracts.contract import transaction
from components.chain.contracts.plan import Step
from components.chain.errors import ChainError, NotMined, NotReady, Reverted
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

DEADLINE = 120.0
"""Seconds until a transaction counts as not mined. One to the parent chain leaves with the next child block."""


def send_through(console: Console, owner: OwnerNode, bridge: str, steps: Sequence[Step]) -> None:
    """Make the calls, one after the other. `console` is connected to the chain of the contract.

    Raises ChainError: before anything is sent where the node has no method for a call, or its simulation fails.
    """
    calls = [(step, _method(console, owner, bridge, step), _simulated(console, owner, bridge, step)) for step in steps]
    if not calls:
        return
    with closing(Console(owner.node)) as scn:
        for step, method, params in calls:
            what_for = what(console.web3.eth.chain_id, transaction(bridge, step))
            try:
                hash_ = HexStr(str(scn.call(method, bridge, step.arguments[-1])))
            except NodeError as error:
                msg = OWNER_NODE_REFUSES(f"{what_for}: {error}{_advice(owner, str(error))}")
                raise ChainError(msg) from error
            _follow(console, owner, what_for, hash_, params)


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
        held = console.web3.eth.get_balance(to_checksum_address(owner.address))
        advice = (
            f"; its sender {owner.address} holds {held} peb: send it some if that is too little for gas, see "
            f"that the EN of {owner.node.node} is connected and that both chains make blocks, then run again"
        )
        raise NotMined(OWNER_NODE_NOT_MINED(Message(str(error)).extended(advice))) from error
    if receipt["status"] != 1:
        why = why_mined(console, owner, params, receipt)
        words = f"{what_for}: transaction {hash_} of {owner.node.node} was mined and reverted: {why}"
        raise Reverted(OWNER_NODE_REVERTS(words))


def _advice(owner: OwnerNode, words: str) -> str:
    if "bridge information" in words:
        return f"; {owner.node.node} does not know the contract yet: its registration comes first, then run again"
    if "authentication needed" in words:
        return f"; the operator's key on {owner.node.node} is locked; restart the node, which unlocks it"
    return ""
