"""A network of seven nodes with a monitor that reads them every five seconds."""

from collections.abc import Iterator

import pytest

from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.monitored.prometheus import Prometheus
from tests.network.network import Network
from tests.network.running import first_up, network
from tests.stack import Stack, settings

__all__ = ["COINS", "INTERVAL", "first_up", "network", "prometheus", "stack"]

INTERVAL = 5
"""Seconds."""
COINS = 1000
"""Of each operator: with an anchor every 5 s, 100 last for less than the 6 days that an alert asks for."""


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a stack with nothing in it; at the end it is destroyed, and nothing of it may be left."""
    if missing(monitored=True):
        pytest.skip(" ".join(missing(monitored=True)))
    wanted = settings(
        monitoring={"interval": INTERVAL},
        bridge={"threshold": 1, "operatorBalance": COINS},
        tokens=[{"name": "gold", "kind": "erc20", "development": True}],
    )
    with make_stack(tmp_path_factory.mktemp("stack"), wanted) as stack:
        yield stack


@pytest.fixture(scope="package")
def prometheus(network: Network) -> Prometheus:
    """Return its Prometheus, which has read everything at least twice."""
    found = Prometheus(network.outputs["monitor"]["prometheus"])
    found.wait_until_it_has_read(2)
    return found
