"""A network of seven nodes with a token and a monitor, whose alerts fire after ten seconds."""

import pytest

from tests.network.monitored.conftest import first_up, stack
from tests.network.monitored.monitor import Monitor
from tests.network.monitored.prometheus import Prometheus
from tests.network.network import Network
from tests.run import Run
from tests.stack import Stack

__all__ = ["first_up", "stack"]


@pytest.fixture(scope="package")
def network(stack: Stack, first_up: Run) -> Network:
    """Return the network, brought up from nothing, which its Prometheus has read."""
    assert first_up.changes.keys() == {"create"}
    network = Network(stack)
    Monitor(network).hasten()
    Prometheus(network.outputs["monitor"]["prometheus"]).wait_until_it_has_read(2)
    return network
