"""Limits and vote types of the bridge contract (BridgeOperator.sol). Pure."""

MAX_OPERATORS = 12
"""MAX_OPERATOR of the contract (BridgeOperator.sol)."""


LOWEST_THRESHOLD = 1
"""What the constructor sets, and the least that the contract takes (BridgeOperator.sol)."""


VALUE_TRANSFER, CONFIGURATION = 0, 1
"""Vote types, each with a threshold of its own (BridgeOperator.sol). Configuration is the fees of transfers."""


VOTES = {VALUE_TRANSFER: "value transfers", CONFIGURATION: "configuration votes"}
"""What they are called in sentences."""
