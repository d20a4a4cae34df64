"""The chains that a bridge connects, and the public networks of Kaia. Pure."""

from typing import Literal

Side = Literal["parent", "child"]
"""One of the two chains of a bridge."""
SIDES: tuple[Side, Side] = ("parent", "child")
OTHER_SIDE: dict[Side, Side] = {"parent": "child", "child": "parent"}


def direction_from(source: Side) -> str:
    """Return the name of the direction of transfers that are requested on a chain."""
    return f"from the {source} chain to the {OTHER_SIDE[source]} chain"


Network = Literal["private", "kairos", "mainnet"]
"""What a parent chain is: private, or one of the public networks."""
PRIVATE: Network = "private"
KAIROS: Network = "kairos"
MAINNET: Network = "mainnet"
PublicNetwork = Literal["kairos", "mainnet"]
"""A network that everybody can join. Its forks come at blocks that its users do not choose."""

CHAIN_IDS: dict[str, int] = {"kairos": 1001, "mainnet": 8217}
"""Chain ids of the public networks."""
