"""A wait ends at its limit, reports now and then what is missing, and may be renewed."""

import threading

import pytest

from components.chain.errors import NotReady, Unreachable
from components.chain.rpc import waiting
from components.chain.rpc.waiting import Waiting, duration, reported, wait_for
from components.domain.problems.chains import NOT_IN_TIME, PEER_MISSING
from components.domain.problems.nodes import NODE_DOWN
from tests.unit.fake_node import Clock


def test_it_ends_with_what_is_missing(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotReady) as caught:
        wait_for(lambda: PEER_MISSING("scn-1: no peers"), 25, interval=1)
    assert str(caught.value) == f"scn-1: no peers (waited 25 s) [{PEER_MISSING.code}]"
    assert clock.now == 1025
    assert capsys.readouterr().err.splitlines() == [
        "waiting, 10 s of 25 s: scn-1: no peers",
        "waiting, 20 s of 25 s: scn-1: no peers",
    ]


def test_something_missing_that_has_no_code_gets_that_of_the_wait(clock: Clock) -> None:
    with pytest.raises(NotReady) as caught:
        wait_for(lambda: "the sky is grey", deadline=2.5)
    assert str(caught.value) == f"the sky is grey (waited 2.5 s) [{NOT_IN_TIME.code}]"
    assert clock.now > 1002.5


def test_an_error_of_the_chain_is_something_missing_and_another_one_is_not(clock: Clock) -> None:
    def starting() -> int:
        if clock.now < 1003:
            raise Unreachable(NODE_DOWN("scn-1: no node listens"))
        return 7

    with pytest.raises(NotReady, match=rf"^scn-1: no node listens \(waited 2 s\) \[{NODE_DOWN.code}\]$"):
        wait_for(starting, 2)
    assert wait_for(starting, 25) == 7
    with pytest.raises(ZeroDivisionError):
        wait_for(lambda: 1 // 0, 25)


def test_progress_renews_the_limit(clock: Clock) -> None:
    wait = Waiting(10)
    clock.sleep(9)
    wait.renew()
    clock.sleep(9)
    assert (wait.elapsed, wait.idle, wait.over) == (18, 9, False)
    clock.sleep(1)
    assert wait.over
    assert wait.spent == "19 s of 10 s"


def test_without_a_limit_it_is_never_over(clock: Clock) -> None:
    wait = Waiting()
    clock.sleep(1e9)
    assert not wait.over
    assert " of " not in wait.spent


def test_a_line_that_is_shown_puts_the_next_one_off(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    wait = Waiting(100, every=60)
    clock.sleep(59)
    wait.show("it begins")
    wait.report("coins")
    clock.sleep(60)
    wait.report("coins")
    assert capsys.readouterr().err == "it begins\nwaiting, 1 min 59 s of 1 min 40 s: coins\n"


def test_a_long_call_is_reported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(waiting, "PROGRESS_INTERVAL", 0.01)
    with reported("scn-1: it is being stopped"):
        threading.Event().wait(0.2)
    assert "waiting, 0 s: scn-1: it is being stopped\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (3660, "1 h 1 min"), (90_000, "1 d 1 h")],
)
def test_a_length_of_time_is_reported_in_two_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words
