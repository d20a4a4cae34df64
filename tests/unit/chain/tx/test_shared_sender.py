"""Transactions of our sender that this run did not send: of a run that was killed, or of somebody else."""

import pytest

from components.chain.errors import NotMined, SenderShared
from components.chain.tx.batch import execute
from components.domain.problems.accounts import EARLIER_NOT_MINED, SENDER_SHARED
from components.domain.units import GKEI
from tests.unit.fake_pool import KEY, SENDER, SIGNER, PoolChain, mined, pay
from tests.unit.fakes import console


def test_a_nonce_that_somebody_else_took_before_us_is_left_to_him(
    pool: PoolChain, capsys: pytest.CaptureFixture[str]
) -> None:
    nonces = iter((0, 1))

    def take() -> None:
        if (nonce := next(nonces, None)) is not None:
            pool.use_elsewhere(KEY, nonce)

    pool.before_send = take
    execute(console(pool), SIGNER, [pay(1), pay(2)])
    assert mined(pool) == [(0, 7), (1, 7), (2, 1), (3, 2)]
    said = capsys.readouterr().err
    assert f"nonce 0 of {SENDER} is somebody else's" in said
    assert SENDER_SHARED.code in said


def test_somebody_who_is_faster_every_time_is_a_reason_to_stop(pool: PoolChain) -> None:
    pool.before_send = lambda: pool.use_elsewhere(KEY, pool._mined(SENDER), mined=True)
    with pytest.raises(SenderShared, match=f"nonce 4 of {SENDER} is used, .*{SENDER_SHARED.code}"):
        execute(console(pool), SIGNER, [pay(1)])
    assert {value for _, value in mined(pool)} == {7}


def test_a_transaction_that_somebody_else_replaced_is_reported(pool: PoolChain) -> None:
    def replace() -> None:
        if len(pool.arrivals) == 2:
            pool.use_elsewhere(KEY, 0)

    pool._clock.sleepers.insert(0, replace)
    with pytest.raises(SenderShared) as caught:
        execute(console(pool), SIGNER, [pay(1), pay(2)])
    text = str(caught.value)
    assert text.startswith(f"chain 3000: pay 1: nonce 0 of {SENDER} is used,")
    assert "bridge.parentOwnerKey" in text
    assert ". Of the 2 transactions of this batch 1 were mined: pay 2 (0x" in text
    assert text.endswith(f" [{SENDER_SHARED.code}]")
    assert mined(pool) == [(0, 7), (1, 2)]


def test_what_a_killed_run_has_sent_is_waited_for(pool: PoolChain, capsys: pytest.CaptureFixture[str]) -> None:
    pool.halted = True
    pool.use_elsewhere(KEY, 0, 50 * GKEI)

    def resume() -> None:
        pool.halted = pool._clock.now < 1030

    pool._clock.sleepers.insert(0, resume)
    execute(console(pool), SIGNER, [pay(1)])
    assert mined(pool) == [(0, 7), (1, 1)]
    assert "1 transaction from before this run (nonce 0) not mined yet" in capsys.readouterr().err


def test_what_is_not_ours_is_not_replaced_however_long_it_takes(pool: PoolChain) -> None:
    pool.use_elsewhere(KEY, 0, 1)
    with pytest.raises(NotMined, match=rf"\(nonce 0\) .* 120 s: .*{EARLIER_NOT_MINED.code}"):
        execute(console(pool), SIGNER, [pay(1)])
    assert pool.arrivals == []


def test_a_sender_that_is_never_quiet_is_reported(pool: PoolChain) -> None:
    pool._clock.sleepers.append(lambda: pool.use_elsewhere(KEY, pool._mined(SENDER)))
    pool.use_elsewhere(KEY, 0)
    with pytest.raises(SenderShared, match=rf"ever new .*bridge\.parentOwnerKey.*{SENDER_SHARED.code}"):
        execute(console(pool), SIGNER, [pay(1)])
