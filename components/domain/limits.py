"""Limits and vote types of the bridge contract (BridgeOperator.sol); when transfers and coins are reported. Pure."""

MAX_OPERATORS = 12
"""MAX_OPERATOR of the contract (BridgeOperator.sol)."""


LOWEST_THRESHOLD = 1
"""What the constructor sets, and the lowest that the contract accepts (BridgeOperator.sol)."""


VALUE_TRANSFER, CONFIGURATION = 0, 1
"""Vote types, each with its own threshold (BridgeOperator.sol). Configuration is the fees of transfers."""


VOTES = {VALUE_TRANSFER: "value transfers", CONFIGURATION: "configuration votes"}
"""Their names in messages."""


STALLED = 60.0
"""Seconds after which an open request counts as skipped: normal are two, and 25 when a validator is away."""


FEW_DAYS, EARLY_DAYS = 2.0, 6.0
"""An operator whose coins last for fewer days is reported: as running dry, and as an early warning."""
