"""A validator that is restarted has no seat meanwhile where others can do without it, and has it again afterwards."""

from typing import Any

import pytest

from components.chain.errors import NotReady, Unreachable
from components.chain.peers.seats import Seats
from components.chain.validators import restart_seat
from components.chain.validators.restart_seat import GIVE_UP_SECONDS, RestartSeat
from components.domain.problems.chains import (
    CHAIN_UNREADABLE,
    CHAINS_DIFFER,
    SEAT_KEPT,
    SEAT_NOT_REGAINED,
    VOTE_PENDING,
)
from tests.unit.chain.validators.test_validator_votes import AT, FOUR, Chain, chain, endpoint, kni_of, otherwise

__all__ = ["chain"]

FIVE = [*FOUR, "scn-5"]
OUT, IN = ("scn-1", "governance.removevalidator", AT["scn-5"]), ("scn-1", "governance.addvalidator", AT["scn-5"])


def seat_of(name: str) -> RestartSeat:
    others = [one for one in FIVE if one != name]
    return RestartSeat(endpoint(name), tuple(map(endpoint, others)), 3000, tuple(map(kni_of, others)))


@pytest.fixture
def five(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> Chain:
    def read_seats(siblings: Any, _chain_id: int) -> Seats:
        alive = {one.node for one in siblings} - chain.dead
        if not alive:
            raise Unreachable(CHAIN_UNREADABLE("no node of chain 3000 reports its validators"))
        return Seats(frozenset(AT[one] for one in chain.council), frozenset(AT[one] for one in alive))

    chain.first = chain.council = {*FIVE}
    monkeypatch.setattr(restart_seat, "Console", chain.console)
    monkeypatch.setattr(restart_seat, "read_seats", read_seats)
    return chain


def test_with_five_seats_one_goes_for_a_restart_and_comes_back(five: Chain) -> None:
    seat_of("scn-5").give_up()
    assert (five.votes, five.council) == ([OUT], {*FOUR})
    seat_of("scn-5").take_again()
    assert (five.votes, five.council) == ([OUT, IN], {*FIVE})
    assert [what for what in five.seen if "validator" in what] == ["removevalidator", "addvalidator"]
    five.first, seen = {*FOUR}, [*five.seen]
    seat_of("scn-5").take_again()
    assert five.seen == seen, "one with a seat is not looked at"


@pytest.mark.parametrize(("council", "dead"), [(FIVE[1:], ""), (FIVE, "scn-1"), (FOUR, "")])
def test_a_seat_that_the_others_need_or_that_is_not_there_is_not_given_up(
    five: Chain, council: list[str], dead: str, capsys: pytest.CaptureFixture[str]
) -> None:
    five.council, five.dead = {*council}, {dead}
    seat_of("scn-5").give_up()
    assert (five.votes, capsys.readouterr().err) == ([], "")


def test_a_vote_that_does_not_count_in_time_holds_no_restart_up(
    five: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    five.clock.sleepers.clear()
    seat = seat_of("scn-5")
    seat.give_up()
    assert GIVE_UP_SECONDS <= five.clock.now - 1000 < 1.5 * GIVE_UP_SECONDS
    assert SEAT_KEPT.code in capsys.readouterr().err
    with pytest.raises(NotReady, match=f"scn-1: .* scn-5 .*{VOTE_PENDING.code}"):
        seat.take_again()
    assert {*five.votes} == {OUT}, "it would lose its seat to the vote of before"


def test_a_vote_that_counts_after_the_restart_is_waited_for(five: Chain) -> None:
    count, seat = five.clock.sleepers.pop(), seat_of("scn-5")
    seat.give_up()
    five.clock.sleepers.append(count)
    seat.take_again()
    assert ({*five.votes}, five.votes[-1], five.council) == ({OUT, IN}, IN, {*FIVE})


def test_a_seat_that_is_not_regained_ends_the_run_and_the_next_one_takes_it(five: Chain) -> None:
    five.council = {*FOUR}
    otherwise(five, "network_id")
    with pytest.raises(NotReady, match=rf"scn-5.*\[{CHAINS_DIFFER.code}\] \[{SEAT_NOT_REGAINED.code}\]$"):
        seat_of("scn-5").take_again()
    assert five.votes == []
    five.network_id["scn-5"] = 3000
    seat_of("scn-5").take_again()
    assert five.council == {*FIVE}


def test_where_nobody_else_answers_nobody_votes(five: Chain) -> None:
    five.dead = {*FOUR}
    seat_of("scn-5").take_again()
    assert five.votes == []
