"""A chain of two validators, to which others are added."""

from collections.abc import Iterator

import pytest

from components.hosts.local_preflight import missing
from tests.network.faults.validators.child_chain import ChildChain, child_chain

FIRST = ("alpha-scn", "beta-scn")


@pytest.fixture(scope="package")
def chain() -> Iterator[ChildChain]:
    """Yield the chain."""
    if missing():
        pytest.skip(" ".join(missing()))
    with child_chain(FIRST) as chain:
        yield chain
