"""What happens to transactions between sending and mining, each case by its name: lost, dropped, stuck, refused."""

from types import SimpleNamespace
from typing import cast

import pytest

from components.chain.accounts.signer import KeySigner, SigningAccount
from components.chain.errors import KeyUnavailable, NotMined, PriceLimit, Reverted, Unreachable
from components.chain.tx.batch import execute
from components.domain.problems.accounts import KMS_SILENT, NOT_MINED, PRICE_LIMIT, TRANSACTION_REFUSED
from components.domain.problems.chains import CONSOLE_LOST
from components.domain.units import GKEI
from tests.unit.fake_pool import KEY, SENDER, SIGNER, PoolChain, mined, pay
from tests.unit.fakes import console


def test_a_batch_is_mined(pool: PoolChain) -> None:
    receipts = execute(console(pool), SIGNER, [pay(1), pay(2)])
    assert [receipt["status"] for receipt in receipts] == [1, 1]
    assert mined(pool) == [(0, 1), (1, 2)]


def test_a_lost_answer_is_followed_by_hash_and_nothing_is_sent_twice(pool: PoolChain) -> None:
    pool.loses_answers = 2
    execute(console(pool), SIGNER, [pay(1), pay(2), pay(3)])
    assert mined(pool) == [(0, 1), (1, 2), (2, 3)]
    assert len(pool.arrivals) == 3


def test_a_dropped_transaction_is_sent_again_with_its_nonce(
    pool: PoolChain, capsys: pytest.CaptureFixture[str]
) -> None:
    pool.swallows = 1
    execute(console(pool), SIGNER, [pay(1), pay(2)])
    assert mined(pool) == [(0, 1), (1, 2)]
    assert [tx.nonce for tx in pool.arrivals] == [0, 1, 0]
    assert "pay 1: the node has lost transaction 0x" in capsys.readouterr().err


def test_a_stuck_transaction_is_offered_for_more_until_it_is_mined(
    pool: PoolChain, capsys: pytest.CaptureFixture[str]
) -> None:
    pool.halted = True

    def dearer() -> None:
        if pool.arrivals:
            pool.base_fee, pool.margin, pool.halted = 54 * GKEI, 1, False

    pool._clock.sleepers.insert(0, dearer)
    (receipt,) = execute(console(pool), SIGNER, [pay(1)])
    assert [tx.gas_price for tx in pool.arrivals] == [50 * GKEI, 55 * GKEI]
    assert mined(pool) == [(0, 1)]
    assert receipt["status"] == 1
    assert "(nonce 0) is stuck at 50 gkei; offering 55 gkei" in capsys.readouterr().err


def test_a_whole_batch_that_is_stuck_is_bumped_one_after_another(pool: PoolChain) -> None:
    def dearer() -> None:
        if len(pool.arrivals) == 3:
            pool.base_fee, pool.margin = 60 * GKEI, 1

    pool._clock.sleepers.insert(0, dearer)
    execute(console(pool), SIGNER, [pay(1), pay(2), pay(3)])
    assert mined(pool) == [(0, 1), (1, 2), (2, 3)]
    assert [tx.gas_price // GKEI for tx in pool.sent] == [60, 60, 60]


def test_a_stuck_transaction_at_the_limit_is_a_clear_stop(pool: PoolChain) -> None:
    signer = SIGNER.model_copy(update={"max_gas_price": 52 * GKEI})

    def dearer() -> None:
        pool.base_fee = 100 * GKEI

    pool._clock.sleepers.insert(0, dearer)
    with pytest.raises(PriceLimit) as caught:
        execute(console(pool), signer, [pay(1)])
    (hash_, _) = pool.pool[SENDER, 0]
    assert str(caught.value) == (
        f"chain 3000: pay 1: transaction {hash_} (nonce 0 of {SENDER}) was not mined in 120 s: it offers 50 gkei, and "
        "more would be above the limit of 52 gkei, which bridge.maxGasPrice raises; the node suggests 200 gkei; "
        f"it may be mined later: the next run waits for it before it sends anything [{PRICE_LIMIT.code}]"
    )
    assert len(pool.arrivals) == 1


def test_a_price_below_the_base_fee_is_not_sent_and_reported(pool: PoolChain) -> None:
    signer = SIGNER.model_copy(update={"max_gas_price": 20 * GKEI})
    with pytest.raises(PriceLimit, match=rf"20 gkei .* 50 gkei; .* 20 gkei, .*{PRICE_LIMIT.code}"):
        execute(console(pool), signer, [pay(1)])
    assert mined(pool) == []


def test_a_base_fee_that_rises_between_asking_and_sending_is_paid(pool: PoolChain) -> None:
    def dearer() -> None:
        pool.base_fee = 60 * GKEI

    pool.before_send = dearer
    execute(console(pool), SIGNER, [pay(1)])
    assert [tx.gas_price // GKEI for tx in pool.sent] == [100]  # the limit: twice the first suggestion


def test_on_a_chain_that_replaces_nothing_it_is_waited_for(pool: PoolChain, capsys: pytest.CaptureFixture[str]) -> None:
    pool.magma = False

    def dearer() -> None:
        pool.base_fee = (30 if pool._clock.now < 1060 else 25) * GKEI if pool.arrivals else 25 * GKEI

    pool._clock.sleepers.insert(0, dearer)
    execute(console(pool), SIGNER, [pay(1)])
    assert [tx.gas_price // GKEI for tx in pool.sent] == [25]
    assert "either this chain replaces no transaction, or" in capsys.readouterr().err


def test_on_a_chain_that_stands_still_nothing_is_bumped(pool: PoolChain) -> None:
    pool.halted = True
    with pytest.raises(NotMined, match=f"chain 3000: pay 1: .* 120 s; .*{NOT_MINED.code}"):
        execute(console(pool), SIGNER, [pay(1)])
    assert len(pool.arrivals) == 1


def test_a_variant_that_was_mined_after_all_counts(pool: PoolChain) -> None:
    """The first one is mined while the bump is under way."""
    pool.halted = True
    first: list[str] = []

    def dearer() -> None:
        if pool.arrivals:
            pool.base_fee, pool.halted = 60 * GKEI, False

    def mine_the_first() -> None:
        if pool.pool:
            first.append(pool.pool[SENDER, 0][0])
            pool.seal(*pool.pool.pop((SENDER, 0)))

    pool._clock.sleepers.insert(0, dearer)
    pool.before_send = mine_the_first
    (receipt,) = execute(console(pool), SIGNER, [pay(1)])
    assert receipt["transactionHash"].to_0x_hex() == first[0]
    assert mined(pool) == [(0, 1)]


def test_a_node_that_refuses_half_way_leaves_the_others_mined_and_reported(pool: PoolChain) -> None:
    pool.refuses, pool.takes = "txpool is full: 4096", 2
    with pytest.raises(Reverted) as caught:
        execute(console(pool), SIGNER, [pay(1), pay(2), pay(3), pay(4)])
    text = str(caught.value)
    assert text.startswith("chain 3000: pay 3: en-1 refuses the transaction: txpool is full: 4096. Of the 4 transact")
    assert "2 were mined: pay 1 (0x" in text
    assert text.endswith(f"; 2 were not sent [{TRANSACTION_REFUSED.code}]")
    assert mined(pool) == [(0, 1), (1, 2)]


class Locked(KeySigner):
    """A signer that a service holds, which does not answer some of the times."""

    fails: set[int]
    """Numbers of the signatures that fail, from 0 on."""

    def account(self) -> SigningAccount:
        """Return the account."""
        account = super().account()

        def sign(params: dict[str, object]) -> object:
            asked.append(params["nonce"])
            if len(asked) - 1 in self.fails:
                raise KeyUnavailable(KMS_SILENT("no answer"))
            return account.sign_transaction(params)  # type: ignore[arg-type]

        return cast("SigningAccount", SimpleNamespace(address=account.address, sign_transaction=sign))


asked: list[object] = []
"""Nonces for which a signature was asked."""


@pytest.fixture
def locked() -> Locked:
    asked.clear()
    return Locked(private_key=KEY, chain="parent", fails=set())


def test_a_signature_that_fails_leaves_its_nonce_free(pool: PoolChain, locked: Locked) -> None:
    """A gap would hold all that follows, and the next run would send it once more."""
    locked.fails.add(1)
    with pytest.raises(KeyUnavailable, match=rf"1 were mined: pay 1 .*; 2 were not sent.*{KMS_SILENT.code}"):
        execute(console(pool), locked, [pay(1), pay(2), pay(3)])
    execute(console(pool), locked, [pay(2), pay(3)])
    assert mined(pool) == [(0, 1), (1, 2), (2, 3)]
    assert asked == [0, 1, 1, 2]


def test_a_node_that_goes_before_anything_was_sent_leaves_the_nonce_free(
    pool: PoolChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> str:
        raise Unreachable(CONSOLE_LOST("en-1: gone"))

    with monkeypatch.context() as patch:
        patch.setattr(pool, "eth_blockNumber", gone)
        with pytest.raises(Unreachable):
            execute(console(pool), SIGNER, [pay(1)])
    execute(console(pool), SIGNER, [pay(1)])
    assert mined(pool) == [(0, 1)]


def test_what_was_sent_is_followed_while_no_higher_price_can_be_signed(
    pool: PoolChain, locked: Locked, capsys: pytest.CaptureFixture[str]
) -> None:
    pool.halted = True

    def dearer() -> None:
        if pool.arrivals:
            pool.base_fee, pool.margin, pool.halted = 54 * GKEI, 1, False

    locked.fails.add(1)
    pool._clock.sleepers.insert(0, dearer)
    execute(console(pool), locked, [pay(1)])
    assert [tx.gas_price for tx in pool.arrivals] == [50 * GKEI, 55 * GKEI]
    assert asked == [0, 0, 0]
    assert KMS_SILENT.code in capsys.readouterr().err
