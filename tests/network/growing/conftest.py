"""The network that grows, shrinks, and has its machines rebuilt and its nodes upgraded."""

from tests.network.running import first_up, network, stack

__all__ = ["first_up", "network", "stack"]
