"""The nodes that people made, and transfers over their one pair during every test."""

from collections.abc import Iterator

import pytest

from components.hosts.local_preflight import missing
from tests.network.brownfield import Brownfield, brownfield
from tests.network.traffic_flow import Flow


@pytest.fixture(scope="package")
def field() -> Iterator[Brownfield]:
    """Yield nodes that people made, with one pair in use; at the end nothing of them may be left."""
    if missing():
        pytest.skip(" ".join(missing()))
    with brownfield() as field:
        yield field


@pytest.fixture(autouse=True)
def flowing(field: Brownfield) -> Iterator[None]:
    """Have transfers go both ways over the first pair during each test, and all of them arrive."""
    parent, child = field.bridges["parent"], field.bridges["child"]
    up, down = field.endpoint("alpha-en"), field.endpoint("alpha-scn")
    flows = [
        Flow(up, down, (parent, child), field.signer("user"), "from parent to child"),
        Flow(down, up, (child, parent), field.signer("user"), "from child to parent"),
    ]
    yield
    for flow in flows:
        assert flow.close(120) > 0
