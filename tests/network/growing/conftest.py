"""The network that grows, shrinks and is made anew."""

from tests.network.running import first_up, network, stack

__all__ = ["first_up", "network", "stack"]
