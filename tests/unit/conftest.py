"""What all unit tests share: nothing that others declared, a clock on which nobody waits, a pool of transactions."""

from collections.abc import Iterator

import pytest

from components.chain.rpc import waiting
from components.chain.voters import roster
from components.dynamic import renamed
from tests.unit.fake_node import Clock
from tests.unit.fake_pool import PoolChain, only


@pytest.fixture(autouse=True)
def _nothing_declared() -> Iterator[None]:
    """Have no test know the pairs and the resources that another one declared."""
    roster.forget()
    renamed.forget()
    yield
    roster.forget()
    renamed.forget()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of all waits, on which time passes only while somebody sleeps."""
    clock = Clock()
    monkeypatch.setattr(waiting, "time", clock)
    return clock


@pytest.fixture
def pool() -> Iterator[PoolChain]:
    """Yield a chain with a pool, on which time passes only while somebody sleeps."""
    clock = Clock()
    with only(clock):
        yield PoolChain(clock)
