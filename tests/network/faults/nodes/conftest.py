"""What the tests of this folder share: a chain of one node, and a network of two pairs."""

from tests.network.conftest import chain
from tests.network.running import first_up, network, stack

__all__ = ["chain", "first_up", "network", "stack"]
