"""The council of the child chain is looked at whatever the state says: whose seats act, and whose are left alone."""

from typing import Any

import pulumi
import pytest

from components.chain.errors import Unreachable
from components.chain.peers import seats
from components.chain.peers.seats import Seats, address_of
from components.chain.validators import validator_votes
from components.domain.problems.chains import CHAIN_UNREADABLE, FOREIGN_VALIDATOR, SEAT_WITHOUT_NODE
from components.domain.seed import WITHOUT_SEED
from components.dynamic.base import Props
from components.dynamic.validators.child_council import ChildCouncilProvider
from components.dynamic.validators.child_seat import ChildSeatProvider
from tests.unit.dynamic.test_chain_resource import endpoint
from tests.unit.fakes import FakeChain, read_from

ONE, TWO, THREE, NOBODY = (f"0x{digit * 40}" for digit in "123a")
KEY = "ab" * 64
COUNCIL: Props = {"chain_id": 3000.0, "endpoints": [endpoint("scn-1")], "made": [ONE, TWO], "found": []}


class World:
    """Who has a seat, and whose node is there."""

    def __init__(self) -> None:
        self.council, self.living = {ONE, TWO}, {ONE, TWO}
        self.answers = True
        self.voted_out: list[str] = []

    def look(self, _endpoints: object, _chain_id: int) -> Seats:
        """Tell."""
        if not self.answers:
            raise Unreachable(CHAIN_UNREADABLE("scn-1 does not answer"))
        return Seats(frozenset(self.council), frozenset(self.living))

    def vote_out(self, _endpoints: object, _chain_id: int, addresses: list[str]) -> None:
        """Take seats away."""
        self.voted_out += addresses
        self.council -= {*addresses}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    read_from(monkeypatch, FakeChain())
    monkeypatch.setattr(seats, "read_seats", world.look)
    monkeypatch.setattr(validator_votes, "vote_out_unknown", world.vote_out)
    return world


def up(olds: Props, program: Props) -> tuple[Props, bool]:
    """Return the outputs after an up, and whether it did something."""
    provider = ChildCouncilProvider()
    news = dict(provider.check({key: olds[key] for key in olds if key not in ("size", "dead")}, program).inputs)
    if not olds:
        return dict(provider.create(news).outs or {}), True
    if not provider.diff("", olds, news).changes:
        return olds, False
    return dict(provider.update("", olds, news).outs or {}), True


def test_a_council_as_declared_asks_for_nothing(world: World) -> None:
    outs, _ = up({}, COUNCIL)
    assert (outs["size"], outs["dead"], outs["others"]) == ("2", "0", [])
    assert up(outs, COUNCIL) == (outs, False)
    assert world.voted_out == []


def test_a_seat_of_nobody_is_found_without_a_refresh_and_voted_out(world: World) -> None:
    outs, _ = up({}, COUNCIL)
    world.council.add(NOBODY)
    outs, acted = up(outs, COUNCIL)
    assert acted
    assert world.voted_out == [NOBODY]
    assert up(outs, COUNCIL) == (outs, False)


def test_after_a_refresh_it_is_voted_out_all_the_same(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    outs, _ = up({}, COUNCIL)
    world.council.add(NOBODY)
    outs = dict(ChildCouncilProvider().read("id", outs).outs or {})
    assert (outs["size"], outs["dead"]) == ("3", "1")
    said = capsys.readouterr().err
    assert f"drift: chain 3000: validator {NOBODY} " in said
    assert SEAT_WITHOUT_NODE.code in said
    assert up(outs, COUNCIL)[1]
    assert world.voted_out == [NOBODY]


def test_a_seat_with_a_node_belongs_to_somebody_and_is_left_alone(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    outs, _ = up({}, COUNCIL)
    world.council.add(NOBODY)
    world.living.add(NOBODY)
    outs, acted = up(outs, COUNCIL)
    assert (acted, outs["others"], world.voted_out) == (True, [NOBODY], [])
    said = capsys.readouterr().err
    assert f"validator {NOBODY} " in said
    assert FOREIGN_VALIDATOR.code in said
    assert up(outs, COUNCIL) == (outs, False)


def test_an_scn_that_goes_in_this_run_is_its_own_resources_to_vote_out(world: World) -> None:
    outs, _ = up({}, COUNCIL)
    world.living.discard(TWO)
    outs, _ = up(outs, {**COUNCIL, "made": [ONE]})
    assert world.voted_out == []
    up(outs, {**COUNCIL, "made": [ONE]})
    assert world.voted_out == [TWO], "what they left is taken away by the next run"


def test_on_a_chain_of_others_only_what_this_program_voted_in_goes(world: World) -> None:
    world.council = {address_of(KEY), ONE, TWO, NOBODY}
    asked = {**COUNCIL, "found": [KEY]}
    outs, _ = up({}, asked)
    assert outs["others"] == [NOBODY]
    world.living = {ONE}
    for _ in range(2):
        outs, _ = up(outs, {**asked, "made": [ONE]})
    assert world.voted_out == [TWO]
    assert outs["others"] == [NOBODY]


def test_while_nobody_answers_nothing_is_done(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    outs, _ = up({}, COUNCIL)
    world.answers = False
    assert up(outs, COUNCIL) == (outs, False)
    assert ChildCouncilProvider().read("id", outs).outs == outs
    assert CHAIN_UNREADABLE("the council of the child chain is not looked at: scn-1 does not answer") in (
        capsys.readouterr().err
    )


def test_a_preview_that_knows_no_machines_asks_nobody(world: World) -> None:
    world.answers = False
    asked = {**COUNCIL, "endpoints": pulumi.UNKNOWN}
    assert ChildCouncilProvider().check({}, asked).inputs == asked


def test_a_seat_is_written_down_before_it_is_voted_for_and_taken_when_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    voted: list[Any] = []
    monkeypatch.setattr(validator_votes, "vote_out", lambda *given: voted.append(given[1:]))
    seat = {"chain_id": 3000.0, "address": ONE, "endpoints": [endpoint("scn-2")]}
    outs = dict(ChildSeatProvider().create(seat).outs or {})
    assert voted == []
    ChildSeatProvider().delete("id", outs)
    assert voted == [(3000, ONE)]


def test_a_preview_without_keys_asks_nobody_and_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outs, _ = up({}, COUNCIL)
    world.answers = False
    capsys.readouterr()
    monkeypatch.setenv(WITHOUT_SEED, "a file")
    assert up(outs, COUNCIL) == (outs, False)
    assert capsys.readouterr().err == "", "it is said once, for all"
