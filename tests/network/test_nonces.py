"""Nonces on a real chain: senders that are shared, lost answers, dropped and stuck transactions, killed runs."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from components.chain.accounts.signer import Signer
from components.chain.errors import SenderShared
from components.chain.rpc.console import Console
from components.chain.tx import sender as senders
from components.chain.tx.batch import execute
from components.domain.problems.accounts import SENDER_SHARED
from components.domain.units import GKEI
from components.hosts.local_preflight import missing
from tests.network.lone_chain import CHAIN_ID
from tests.network.paying_chain import SINK, LoneChain, lone_chain, pay, tamper
from tests.run import lines

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def chain() -> Iterator[LoneChain]:
    """Yield a chain on which gas costs the same all the time."""
    with lone_chain() as chain:
        yield chain


@pytest.fixture
def sender(chain: LoneChain) -> Iterator[Signer]:
    """Yield an account with coins that has sent nothing."""
    yield chain.account()
    senders.forget()


def test_twenty_threads_share_a_sender(chain: LoneChain, sender: Signer) -> None:
    def one(number: int) -> None:
        execute(chain.console(), sender, [pay(1000 + 3 * number + i) for i in range(3)])

    began = time.monotonic()
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(one, range(20)))
    print(f"60 transactions of 20 threads in {time.monotonic() - began:.1f} s")
    mined = chain.sent(sender)
    assert [nonce for nonce, _ in mined] == list(range(60))
    assert sorted(amount for _, amount in mined) == list(range(1000, 1060))


def send_blindly(console: Console, signer: Signer, nonce: int) -> None:
    """Pay 7 peb as somebody else does who has the key."""
    fields: dict[str, Any] = {"nonce": nonce, "gasPrice": 1500 * GKEI, "gas": 21_000, "to": SINK, "value": 7}
    signed = signer.account().sign_transaction({**fields, "data": b"", "chainId": CHAIN_ID})
    console.web3.eth.send_raw_transaction(signed.raw_transaction)


def test_a_second_process_with_the_same_key_is_survived_or_told(chain: LoneChain, sender: Signer) -> None:
    """Somebody else sends 30 payments with our key, each with whatever nonce is next, as scripts do."""
    theirs = 0
    stop = threading.Event()

    def somebody() -> None:
        nonlocal theirs
        console, account = chain.console(), sender.account()
        while not stop.is_set() and theirs < 30:
            nonce = console.web3.eth.get_transaction_count(account.address, "pending")
            try:
                send_blindly(console, sender, nonce)
                theirs += 1
            except Exception as error:  # noqa: BLE001 - somebody else's program
                print("somebody else:", error)
            time.sleep(0.3)

    thread = threading.Thread(target=somebody)
    thread.start()
    done, told = set(), 0
    for number in range(10):
        try:
            execute(chain.console(), sender, [pay(1000 + number)])
            done.add(1000 + number)
        except SenderShared as error:
            told += 1
            print(error)
    stop.set()
    thread.join()
    print(f"ours: {len(done)} mined, {told} told; somebody else sent {theirs}")
    ours = [amount for _, amount in chain.sent(sender) if amount != 7]
    assert len(ours) == len(set(ours))
    assert done <= set(ours)
    assert len(done) + told == 10


def test_a_lost_answer_is_no_second_payment(chain: LoneChain, sender: Signer) -> None:
    console = chain.console()
    tamper(console)
    execute(console, sender, [pay(1), pay(2)])
    assert chain.sent(sender) == [(0, 1), (1, 2)]


def test_a_transaction_that_never_arrived_is_sent_again(
    chain: LoneChain, sender: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    console = chain.console()
    tamper(console, swallow=True)
    execute(console, sender, [pay(1), pay(2)])
    assert chain.sent(sender) == [(0, 1), (1, 2)]
    assert "the node has lost transaction" in capsys.readouterr().err


def test_a_nonce_that_somebody_else_used_is_an_error(chain: LoneChain, sender: Signer) -> None:
    console = chain.console()
    tamper(console, swallow=True)
    stranger = threading.Timer(1, send_blindly, [chain.console(), sender, 0])
    stranger.start()
    with pytest.raises(SenderShared) as shared:
        execute(console, sender, [pay(1)])
    assert lines(str(shared.value), SENDER_SHARED, "pay 1: ", f"nonce 0 of {sender.account().address} ")
    stranger.join()
    assert chain.sent(sender) == [(0, 7)]


KILLED = """
import sys, time
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.accounts.signer import KeySigner, Signer
from components.chain.tx import follower as following
from components.chain.tx.batch import execute
from tests.network.paying_chain import pay
def stop(self):
    print("sent", flush=True)
    time.sleep(600)
following.Follower.wait = stop
endpoint, signer = sys.stdin.read().splitlines()
execute(Console(Endpoint.model_validate_json(endpoint)), KeySigner.model_validate_json(signer), [pay(5), pay(6)])
"""


def test_a_killed_run_is_waited_for(chain: LoneChain, sender: Signer, tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(chain.endpoint.model_dump_json() + "\n" + sender.model_dump_json() + "\n")
    process.stdin.close()
    assert process.stdout.readline() == "sent\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    console = chain.console()
    senders.settle(console, sender)
    account = sender.account().address
    assert console.web3.eth.get_transaction_count(account, "latest") == 2
    execute(console, sender, [pay(7)])
    assert chain.sent(sender) == [(0, 5), (1, 6), (2, 7)]
