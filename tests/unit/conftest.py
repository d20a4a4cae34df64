"""What all unit tests share: no pairs of another test, a clock on which nobody waits, a pool of transactions."""

from collections.abc import Iterator

import pytest

from components.chain.rpc import waiting
from components.chain.voters import roster
from tests.unit.fake_node import Clock
from tests.unit.fake_pool import PoolChain, only


@pytest.fixture(autouse=True)
def _no_pairs() -> Iterator[None]:
    """Have no test know the pairs that another one declared."""
    roster.forget()
    yield
    roster.forget()


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
