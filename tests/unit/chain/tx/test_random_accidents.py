"""Any accidents in any order: no payment is made twice, and what is reported as done is done."""

import secrets

from hypothesis import given, settings
from hypothesis import strategies as st

from components.chain.errors import ChainError
from components.chain.tx.batch import execute
from components.domain.units import GKEI
from tests.unit.fake_node import Clock
from tests.unit.fake_pool import KEY, SENDER, SIGNER, PoolChain, only, pay
from tests.unit.fakes import console

ACCIDENTS = st.lists(
    st.tuples(
        st.sampled_from(["loses", "swallows", "elsewhere", "replaced", "dear", "cheap", "halt", "go", "drop"]),
        st.floats(0, 60),
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), ACCIDENTS)
def test_whatever_happens_no_payment_is_made_twice(batches: list[int], accidents: list[tuple[str, float]]) -> None:
    clock = Clock()
    pool = PoolChain(clock)
    agenda = sorted(accidents, key=lambda accident: accident[1])

    def happen() -> None:
        while agenda and clock.now >= 1000 + agenda[0][1]:
            _happen(pool, agenda.pop(0)[0])

    clock.sleepers.insert(0, happen)
    pool.before_send = happen
    done, tried = set(), 0
    with only(clock):
        for size in batches:
            amounts = list(range(100 + tried, 100 + tried + size))
            tried += size
            try:
                receipts = execute(console(pool), SIGNER, [pay(amount) for amount in amounts])
            except ChainError:
                continue
            assert len(receipts) == size
            done |= set(amounts)
    values = [tx.value for tx in pool.sent if tx.value >= 100]
    assert len(values) == len(set(values))
    assert done <= set(values)
    nonces = [tx.nonce for tx in pool.sent]
    assert len(nonces) == len(set(nonces))


def _happen(pool: PoolChain, accident: str) -> None:
    match accident:
        case "loses":
            pool.loses_answers += 1
        case "swallows":
            pool.swallows += 1
        case "elsewhere":
            pool.use_elsewhere(KEY, int(pool.eth_getTransactionCount(SENDER, "pending"), 16), 10**12)
        case "replaced":
            pool.use_elsewhere(KEY, pool._mined(SENDER), 10**12 + secrets.randbelow(9))
        case "dear":
            pool.base_fee = min(pool.base_fee * 2, 750 * GKEI)
        case "cheap":
            pool.base_fee = 25 * GKEI
        case "halt" | "go":
            pool.halted = accident == "halt"
        case "drop" if pool.pool:
            pool.pool.pop(next(iter(pool.pool)))
