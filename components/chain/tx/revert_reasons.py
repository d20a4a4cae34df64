"""Why a contract refuses a call, and what to do about it."""

from collections.abc import Mapping
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from web3.exceptions import ContractLogicError, Web3Exception, Web3RPCError
from web3.types import TxParams, TxReceipt

from components.chain.accounts.owner import Owner, OwnerNode, address_of
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx.pool_rejections import words_of
from components.domain.limits import MAX_OPERATORS
from components.domain.problems.bridge import FOREIGN_OWNER
from components.domain.problems.problem import Message

_ERROR, _PANIC = "08c379a0", "4e487b71"
"""Selectors of Error(string) and Panic(uint256), which Solidity defines (docs.soliditylang.org, control structures)."""

_OWNER = HexStr("0x8da5cb5b")
"""owner()"""

_NOT_OWNER = "Ownable: caller is not the owner"

PANICS: Mapping[int, str] = {
    0x01: "an assertion failed",
    0x11: "a number overflowed",
    0x12: "a division by zero",
    0x21: "a value that the enumeration does not have",
    0x22: "a damaged byte array in storage",
    0x31: "pop() of an empty array",
    0x32: "an index beyond the end of an array",
    0x41: "too much memory was asked for",
    0x51: "a call of a function that was never set",
}

SENTENCES: Mapping[str, str] = {
    "max operator limit": f"the contract holds {MAX_OPERATORS} operators, and that is its limit; remove a pair, or an "
    "operator that no pair owns, first",
    "exist operator": "the account is an operator already; run again: what holds already is not sent again",
    "zero threshold": "without a vote needed every transfer would pass; set bridge.threshold to 1 or more",
    "bigger than num of operators": "the contract has fewer operators than the threshold asks for; list more pairs, or "
    "lower bridge.threshold",
    "closed vote": "this transfer is handled already; nothing is left to do",
    "locked": "transfers of coins are locked in this contract; have its owner call unlockKLAY(), then run again",
    "stopped bridge": "this contract takes no requests; have its owner call start(true), then run again",
    "insufficient feeLimit": "this contract takes a fee for a transfer, and this one offers none; have the operators "
    "vote the fee to 0 (setKLAYFee), then run again",
    "allowed token": "the token is registered already; run again: what holds already is not sent again",
    "not allowed token": "the token is not registered; run `pulumi refresh`, then `pulumi up`",
    "locked token": "the token is locked; have the owner call unlockToken with it, then run again",
}
"""What the bridge contract says (BridgeOperator.sol, BridgeTransferKLAY.sol, BridgeFee.sol, BridgeTokens.sol of the
node's module), and what it means."""


def reason(data: object, message: str = "") -> str:
    """Return why a call reverted: from the data that it returned, or else from the node's message.

    It is part of another message.
    """
    digits = data.removeprefix("0x") if isinstance(data, str) else ""
    try:
        arguments = bytes.fromhex(digits)[4:]
        if digits.startswith(_ERROR):
            return str(decode(["string"], arguments)[0])
        if digits.startswith(_PANIC):
            (code,) = decode(["uint256"], arguments)
            return f"panic 0x{code:02x}: {PANICS.get(code, 'of a kind that Solidity does not document')}"
    except (ValueError, DecodingError):  # not what its selector says
        digits = ""
    text = message.removeprefix("evm: ").removeprefix("execution reverted").removeprefix(":").strip()
    if text:
        return text
    return f"an error of the contract's own, 0x{digits}" if digits else "no reason given"


def not_owner(signer: Owner, contract: str, owner: str) -> Message:
    """Return the message for a key, or an SCN, that does not own the contract."""
    if isinstance(signer, OwnerNode):
        return FOREIGN_OWNER(
            f"the owner of the {signer.chain} bridge {contract} is {owner}, and the operator of {signer.node.node} is "
            f"{signer.address}; set {signer.setting} to the SCN whose operator owns it, or "
            f"bridge.{signer.chain}OwnerKey to the owner's key"
        )
    whose = f"{signer.chain} bridge" if signer.chain else "bridge"
    remedy = f"set {signer.setting} to the owner's key" if signer.chain else "configure the owner's key"
    key = signer.account().address
    words = f"the owner of the {whose} {contract} is {owner}, and the configured key is that of {key}; {remedy}"
    return FOREIGN_OWNER(words)


def explain(console: Console, signer: Owner, contract: str | None, error: Web3Exception) -> str:
    """Return why a simulation or a call failed, with the next step where it is known; it is part of another message."""
    message = words_of(error) if isinstance(error, Web3RPCError) else str(getattr(error, "message", None) or error)
    why = reason(error.data if isinstance(error, ContractLogicError) else None, message)
    if why == _NOT_OWNER and contract is not None and (owner := _owner(console, contract)):
        return f"{why}: {not_owner(signer, contract, owner)}"
    return f"{why}: {SENTENCES[why]}" if why in SENTENCES else why


def why_mined(console: Console, signer: Owner, params: TxParams, receipt: TxReceipt) -> str:
    """Return why a transaction was mined and reverted, by calling it again on the state after its block.

    It is part of another message.
    """
    if receipt.get("gasUsed") == params.get("gas"):
        return f"it used up all of its {params['gas']} gas"
    call: Any = {name: params[name] for name in ("to", "data", "value", "gas") if name in params}
    call["from"] = address_of(signer)
    try:
        console.web3.eth.call(call, receipt["blockNumber"])
    except Web3Exception as error:
        return explain(console, signer, str(params["to"]) if "to" in params else None, error)
    return "the reason does not show again after its block; run again, which looks at the chain first"


def _owner(console: Console, contract: str) -> ChecksumAddress | None:
    try:
        answer = console.web3.eth.call({"to": to_checksum_address(contract), "data": _OWNER})
        return to_checksum_address(decode(["address"], bytes(answer))[0])
    except (ChainError, Web3Exception, DecodingError):  # the reason is reported without it
        return None
