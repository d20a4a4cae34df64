"""One network of two pairs and a token for all tests of this folder."""

from collections.abc import Iterator

import pytest

from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.network import Network
from tests.stack import Stack, settings

GOLD = {"name": "gold", "kind": "erc20", "development": True}
SETTINGS = settings(tokens=[GOLD])


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield the stack, up."""
    if missing():
        pytest.skip(" ".join(missing()))
    with make_stack(tmp_path_factory.mktemp("stack"), SETTINGS) as stack:
        stack.up()
        yield stack


@pytest.fixture(scope="package")
def network(stack: Stack) -> Network:
    """Return the network."""
    return Network(stack)
