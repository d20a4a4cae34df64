"""How a read tells what differs from what the state holds: one line a difference, in words, on standard error."""

import sys


def tell(chain_id: int, what: str, where: str = "") -> None:
    """Tell one difference on a chain. `where`: the contract that it was found in. Pulumi shows standard error."""
    contract = f", bridge {where}" if where else ""
    print(f"drift: chain {chain_id}{contract}: {what}", file=sys.stderr)
