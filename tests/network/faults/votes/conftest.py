"""A network of three pairs, of which two have to vote."""

from collections.abc import Iterator

import pytest

from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.network import Network
from tests.stack import Settings, settings

NAMES = ("alpha", "beta", "gamma")


def declared(*names: str, threshold: int = 2) -> Settings:
    """Return settings with the pairs of these names."""
    pairs = [{"name": name, "scn": f"scn-{NAMES.index(name) + 1}"} for name in names]
    return settings(pairs=pairs, bridge={"threshold": threshold})


@pytest.fixture(scope="package")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Yield the network; at the end it is destroyed, and nothing of it may be left."""
    if missing():
        pytest.skip(" ".join(missing()))
    with make_stack(tmp_path_factory.mktemp("stack"), declared(*NAMES)) as stack:
        stack.up()
        yield Network(stack)
