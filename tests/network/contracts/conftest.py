"""The network whose contracts change hands and rules."""

from tests.network.running import first_up, network, stack

__all__ = ["first_up", "network", "stack"]
