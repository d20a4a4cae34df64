"""The network that is used and looked at."""

from tests.network.running import first_up, network, stack

__all__ = ["first_up", "network", "stack"]
