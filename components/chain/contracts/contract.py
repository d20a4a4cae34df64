"""The bridge contract as this program uses it: its interface, its state, its calls.

Only functions that both builds of the contract have are used: the node's v1.0.3 carries an older build than the audited
one, without the Operator* events. So an existing contract of either build works.
"""

from collections.abc import Sequence
from typing import Any

from eth_typing import ABIFunction
from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.contract import Contract

from components.chain.contracts.plan import BridgeState, Step
from components.chain.contracts.token_plan import TokenState
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx.batch import Created, Transaction
from components.domain.limits import CONFIGURATION, VALUE_TRANSFER
from components.domain.problems.bridge import CONTRACT_MISSING


def function(name: str, takes: Sequence[str] = (), gives: str = "", mutability: str = "nonpayable") -> ABIFunction:
    """Return the description of a function of a contract; one with a return value changes nothing."""
    return {
        "type": "function",
        "name": name,
        "stateMutability": "view" if gives else mutability,  # type: ignore[typeddict-item]
        "inputs": [{"name": f"a{i}", "type": kind} for i, kind in enumerate(takes)],
        "outputs": [{"name": "", "type": gives}] if gives else [],
    }


_ABI: list[ABIFunction] = [
    function("owner", gives="address"),
    function("modeMintBurn", gives="bool"),
    function("getOperatorList", gives="address[]"),
    function("operatorThresholds", ["uint8"], gives="uint8"),
    function("requestNonce", gives="uint64"),
    function("lowerHandleNonce", gives="uint64"),
    function("recoveryBlockNumber", gives="uint64"),
    function("handledRequestTx", ["bytes32"], gives="bool"),
    function("isRunning", gives="bool"),
    function("isLockedKLAY", gives="bool"),
    function("feeReceiver", gives="address"),
    function("feeOfKLAY", gives="uint256"),
    function("registerOperator", ["address"]),
    function("deregisterOperator", ["address"]),
    function("setOperatorThreshold", ["uint8", "uint8"]),
    function("chargeWithoutEvent", mutability="payable"),
    function("requestKLAYTransfer", ["address", "uint256", "bytes"], mutability="payable"),
    function("feeOfERC20", ["address"], gives="uint256"),
    function("getRegisteredTokenList", gives="address[]"),
    function("registeredTokens", ["address"], gives="address"),
    function("lockedTokens", ["address"], gives="bool"),
    function("registerToken", ["address", "address"]),
    function("lockToken", ["address"]),
    function("deregisterToken", ["address"]),
]

_CODEC: Contract = Web3().eth.contract(  # encodes calls; never connected
    abi=_ABI, address=to_checksum_address("0x" + "00" * 20)
)

_UNSIMULATED_GAS = 200_000
"""For a call to a contract that is created in the same block; registering costs about 93,000."""


def read_state(console: Console, address: str) -> BridgeState | None:
    """Read everything that the plans need, or None where there is no contract. Raises ChainError."""
    where = to_checksum_address(address)
    if not console.web3.eth.get_code(where):
        return None
    contract = view(console, where)
    return BridgeState(
        owner=contract.owner().call(),
        operators=tuple(contract.getOperatorList().call()),
        threshold=contract.operatorThresholds(VALUE_TRANSFER).call(),
        mode_mint_burn=contract.modeMintBurn().call(),
        request_nonce=contract.requestNonce().call(),
        lower_handle_nonce=contract.lowerHandleNonce().call(),
        configuration_threshold=contract.operatorThresholds(CONFIGURATION).call(),
    )


def require_state(console: Console, address: str) -> BridgeState:
    """Like read_state, but raises ChainError where there is no contract."""
    state = read_state(console, address)
    if state is None:
        msg = CONTRACT_MISSING(
            f"chain {console.web3.eth.chain_id}: no contract at {address}, as {console.node} sees it at block "
            f"{console.web3.eth.block_number}; if that is the chain's newest block, run `pulumi refresh` and then "
            "`pulumi up`, which begin with what is really there"
        )
        raise ChainError(msg)
    return state


def view(console: Console, address: str) -> Any:
    """Return the read functions of the bridge contract at that address, by name. Nothing is read yet."""
    return console.web3.eth.contract(address=to_checksum_address(address), abi=_ABI).functions


def read_token(console: Console, address: str, token: str) -> TokenState | None:
    """Read the registration of a token in the contract at that address; None without a contract. Raises ChainError."""
    where, what = to_checksum_address(address), to_checksum_address(token)
    if not console.web3.eth.get_code(where):
        return None
    contract = view(console, where)
    counterpart = str(contract.registeredTokens(what).call())
    return TokenState(
        bridge=where,
        owner=contract.owner().call(),
        counterpart=counterpart if int(counterpart, 16) else None,
        locked=contract.lockedTokens(what).call(),
    )


def transaction(address: str | Created, step: Step, *, simulate: bool = True) -> Transaction:
    """Turn a planned step into a transaction to the bridge contract at that address, or to the one being created."""
    arguments: Any = step.arguments
    return Transaction(
        annotation=step.annotation,
        to=address if isinstance(address, Created) else to_checksum_address(address),
        data=_CODEC.encode_abi(step.function, args=arguments),
        value=step.value,
        gas=None if simulate else _UNSIMULATED_GAS,
    )
