"""The series of our exporter about the bridge contract of a chain: every node of the chain has them. Pure data."""

from typing import Final

from components.watch.metrics.series import PREFIX, SeriesOf, all_in

RECENT: Final = 16
"""How many of the newest requests of a chain are exported, in slots with the label `back`."""

_contract = SeriesOf("nodes of a chain with a bridge contract", PREFIX)
_VIEW = "the contract: "
_STALE = "It is what this node knows: a node that is behind reports old values. Take the max over the nodes of a chain."


REQUESTED: Final = _contract(
    "bridge_requested",
    "Requests that were made on this chain (requestNonce).",
    _VIEW + "requestNonce()",
    pitfall=_STALE,
)
HANDLED: Final = _contract(
    "bridge_handled",
    "All requests of the other chain below this nonce are handled here (lowerHandleNonce).",
    _VIEW + "lowerHandleNonce()",
    pitfall="One request that cannot be paid holds it permanently, while later ones are paid.",
)
HIGHEST_HANDLED: Final = _contract(
    "bridge_highest_handled",
    "The highest nonce of a request of the other chain that is handled here (upperHandleNonce).",
    _VIEW + "upperHandleNonce()",
    pitfall="It is 0 before the first request, and after request 0.",
)
THRESHOLD: Final = _contract(
    "bridge_threshold", "Votes of operators that a transfer needs.", _VIEW + "operatorThresholds(0)"
)
CONFIGURATION_THRESHOLD: Final = _contract(
    "bridge_configuration_threshold",
    "Votes of operators that a change of fees needs.",
    _VIEW + "operatorThresholds(1)",
)
OPERATORS: Final = _contract("bridge_operators", "Operators that are registered.", _VIEW + "getOperatorList()")
RUNNING: Final = _contract("bridge_running", "Whether the contract takes requests (1).", _VIEW + "isRunning()")
COINS_LOCKED: Final = _contract(
    "bridge_coins_locked", "Whether requests of coins are refused (1).", _VIEW + "isLockedKLAY()"
)
BALANCE: Final = _contract(
    "bridge_balance_coins", "Coins that the contract holds and can pay out.", "eth_getBalance", unit="coins"
)
MINIMUM: Final = _contract(
    "bridge_minimum_coins",
    "Coins that the contract has to hold, as declared.",
    "settings of the stack",
    unit="coins",
    pitfall="It is missing where no minimum is declared.",
)
COIN_FEE: Final = _contract(
    "bridge_coin_fee_coins",
    "Fee of a transfer of coins.",
    _VIEW + "feeOfKLAY()",
    unit="coins",
    pitfall="It is charged only where the contract has a receiver of fees.",
)
TOKEN_LOCKED: Final = _contract(
    "bridge_token_locked", "Whether requests of a token are refused (1).", _VIEW + "lockedTokens(address)", "token"
)
TOKEN_BALANCE: Final = _contract(
    "bridge_token_balance",
    "What the contract holds of a token; of an ERC-721 token, how many.",
    "the token: balanceOf(address)",
    "token",
    unit="smallest units of the token",
    pitfall="A contract that mints what arrives needs none: see servicechain_bridge_mints.",
)
TOKEN_REGISTERED: Final = _contract(
    "bridge_token_registered",
    "Whether a token is registered with the counterpart that is declared (1).",
    _VIEW + "registeredTokens(address)",
    "token",
)
MINTS: Final = _contract(
    "bridge_mints",
    "Whether the contract mints the tokens that arrive (1).",
    _VIEW + "modeMintBurn()",
    pitfall="It is 1 on both chains with the contracts of the known scripts; it is about tokens, not about coins.",
)
UNEXPECTED_OPERATORS: Final = _contract(
    "bridge_unexpected_operators",
    "Registered operators that belong to no pair and are not declared.",
    _VIEW + "getOperatorList()",
)
OPERATOR_REGISTERED: Final = _contract(
    "bridge_operator_registered",
    "Whether the operator of a pair is registered (1).",
    _VIEW + "getOperatorList()",
    "operator",
)
OWNER_AS_DECLARED: Final = _contract(
    "bridge_owner_as_declared", "Whether the owner of the contract is the declared one (1).", _VIEW + "owner()"
)
THRESHOLDS_AS_DECLARED: Final = _contract(
    "bridge_thresholds_as_declared",
    "Whether both thresholds are as declared (1).",
    _VIEW + "operatorThresholds(uint8)",
    pitfall="It is missing where none is declared.",
)
FEES_AS_DECLARED: Final = _contract(
    "bridge_fees_as_declared",
    "Whether the receiver of fees and all fees are as declared (1).",
    _VIEW + "feeReceiver(), feeOfKLAY(), feeOfERC20(address)",
    pitfall="It is missing where none are declared.",
)
OPERATOR_BALANCE: Final = _contract(
    "operator_balance_coins",
    "Coins of the operator of a pair on this chain.",
    "eth_getBalance",
    "operator",
    unit="coins",
)
OPERATOR_MINIMUM: Final = _contract(
    "operator_minimum_coins",
    "Coins that the operator of a pair has to hold on this chain, as declared.",
    "settings of the stack",
    "operator",
    unit="coins",
    pitfall="It is missing where no minimum is declared.",
)
OPERATOR_MINED: Final = _contract(
    "operator_transactions_mined",
    "Transactions of the operator of a pair in blocks of this chain.",
    "eth_getTransactionCount",
    "operator",
)
_LATE = "Slots are missing while fewer requests were made, or while the search for old ones goes on."
RECENT_NONCE: Final = _contract(
    "recent_request_nonce",
    f"Nonce of one of the {RECENT} newest requests made on this chain; back 0 is the newest.",
    "eth_getLogs: RequestValueTransfer, RequestValueTransferEncoded",
    "back",
    pitfall=_LATE,
)
RECENT_TIME: Final = _contract(
    "recent_request_timestamp_seconds",
    "Time of the block of that request (Unix time).",
    "eth_getBlockByNumber",
    "back",
    unit="seconds",
    pitfall=_LATE,
)
RECENT_AMOUNT: Final = _contract(
    "recent_request_amount",
    "What was asked for: coins, smallest units of a token, or 1 for an ERC-721 token.",
    "eth_getLogs: RequestValueTransfer, RequestValueTransferEncoded",
    "back",
    "asset",
    pitfall=f"asset is coins, the name of a token, or the address of one that is not in the settings. {_LATE}",
)

ALL: Final = all_in(globals())
"""In the order of this module."""
