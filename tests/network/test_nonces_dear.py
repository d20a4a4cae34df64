"""Nonces on a real chain on which gas gets dearer while transactions wait for being mined."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from components.chain.errors import PriceLimit
from components.chain.rpc.console import Console
from components.chain.tx import sender as senders
from components.chain.tx.batch import execute
from components.domain.problems.accounts import PRICE_LIMIT
from components.domain.units import GKEI
from components.hosts.local_preflight import missing
from tests.network.paying_chain import LIVELY, LoneChain, lone_chain, pay, tamper
from tests.run import lines

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]

WITHOUT_TRANSACTIONS = False


@pytest.fixture(scope="module")
def chain() -> Iterator[LoneChain]:
    """Yield a chain on which a few payments bring the base fee from 25 to 750 gkei."""
    with lone_chain(LIVELY) as chain:
        yield chain
    senders.forget()


def base_fee(console: Console) -> int:
    return int(console.call("eth_getBlockByNumber", "latest", WITHOUT_TRANSACTIONS)["baseFeePerGas"], 16)


def wait_until_cheap(console: Console) -> None:
    while base_fee(console) > 30 * GKEI:
        time.sleep(0.5)


@pytest.fixture
def crowd(chain: LoneChain) -> Iterator[threading.Event]:
    """Yield what has others pay for gas in every block, from when it is set on."""
    begin, end = threading.Event(), threading.Event()

    def pay_on() -> None:
        begin.wait()
        while not end.is_set():
            execute(chain.console(), chain.rich, [pay(1), pay(1)])

    thread = threading.Thread(target=pay_on)
    thread.start()
    yield begin
    end.set()
    begin.set()
    thread.join()


def test_twenty_threads_share_a_sender_while_gas_gets_dearer(chain: LoneChain) -> None:
    sender = chain.account()
    wait_until_cheap(chain.console())
    began = time.monotonic()
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda number: execute(chain.console(), sender, [pay(100 + number)]), range(20)))
    print(f"20 transactions of 20 threads in {time.monotonic() - began:.1f} s")
    mined = chain.sent(sender)
    assert [nonce for nonce, _ in mined] == list(range(20))
    assert sorted(amount for _, amount in mined) == list(range(100, 120))


def test_a_stuck_transaction_is_bumped_and_mined(
    chain: LoneChain, crowd: threading.Event, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first is lost, so the second waits behind its nonce, while others drive the base fee above its price."""
    console, sender = chain.console(), chain.account()
    wait_until_cheap(console)
    tamper(console, swallow=True)
    crowd.set()
    began = time.monotonic()
    receipts = execute(console, sender, [pay(1), pay(2)])
    said = capsys.readouterr().err
    print(f"{time.monotonic() - began:.1f} s; {said}")
    assert [receipt["status"] for receipt in receipts] == [1, 1]
    assert chain.sent(sender) == [(0, 1), (1, 2)]
    assert "the node has lost transaction" in said
    assert "(nonce 1) is stuck at" in said


def test_a_base_fee_above_the_limit_is_a_clear_stop(chain: LoneChain, crowd: threading.Event) -> None:
    sender = chain.account().model_copy(update={"max_gas_price": 30 * GKEI})
    crowd.set()
    while base_fee(chain.console()) < 100 * GKEI:
        time.sleep(0.2)
    with pytest.raises(PriceLimit) as caught:
        execute(chain.console(), sender, [pay(1)])
    print(caught.value)
    assert lines(str(caught.value), PRICE_LIMIT, " 30 gkei", "bridge.maxGasPrice", "not sent")
    assert chain.sent(sender) == []
