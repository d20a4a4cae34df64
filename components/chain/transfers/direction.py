"""Direction: one way over the bridge."""

from dataclasses import dataclass

from components.chain.rpc.console import Console


@dataclass(frozen=True)
class Direction:
    """One way over the bridge: a contract where transfers are requested and the one where they are handled."""

    name: str
    source: Console
    source_bridge: str
    target: Console
    target_bridge: str
