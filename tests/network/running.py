"""A network of seven real nodes, brought up once for all tests of a folder whose conftest imports these fixtures."""

from collections.abc import Iterator

import pytest

from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.network import Network
from tests.stack import Run, Stack, settings

SETTINGS = settings()
"""Of the network."""


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a stack with nothing in it; at the end it is destroyed, and nothing of it may be left."""
    if missing():
        pytest.skip(" ".join(missing()))
    with make_stack(tmp_path_factory.mktemp("stack"), SETTINGS) as stack:
        yield stack


@pytest.fixture(scope="package")
def first_up(stack: Stack) -> Run:
    """Return the run that brought the network up from nothing."""
    return stack.up()


@pytest.fixture(scope="package")
def network(stack: Stack, first_up: Run) -> Network:
    """Return the network."""
    assert first_up.changes.keys() == {"create"}
    return Network(stack)
