"""What transactions of a bridge cost on the parent chain. Gas was measured on v1.0.3. Pure data."""

LOWEST_BASE_FEE = 25
HIGHEST_BASE_FEE = 750
"""gkei: bounds of the base fee on the public networks, unless governance moves them. A node offers the upper bound for
its own transactions. Since the fork Kaia, which the public networks have, it also pays that; before, as on a private
chain of ours, it pays the base fee, which is the lower bound while blocks are not full."""

CHILD_BLOCKS_PER_DAY = 86_400
"""A child chain makes one block per second."""

ANCHOR = 38_500
"""Gas of an anchor."""
VOTE = 144_000
"""Gas that each further vote adds to a transfer."""
DECIDING_VOTE = 246_000
"""Gas of a vote that decides and pays out coins to a new account; one that mints a token uses more."""
LATE_VOTE = 52_000
"""Gas of a vote that comes too late and reverts."""

PROOF_AMOUNT = 1
"""peb that a proof transfers: its payer, or the owner on the other chain, receives it."""

OPERATOR_GAS_LIMIT = 10_000_000
"""The node's own gas limit for each transaction of an operator."""
PUBLIC_OPERATOR_GAS_LIMIT = 1_000_000
"""Enough for every call of the bridge, at a tenth of the coins that an operator must hold."""
LOWEST_OPERATOR_GAS_LIMIT = 500_000
HIGHEST_OPERATOR_GAS_LIMIT = 100_000_000
"""More than any call of the bridge uses, and more than an operator should ever have to hold coins for."""
