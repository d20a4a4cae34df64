"""Which two bridge contracts belong together."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.contracts.counterparts import Counts, faults, numbers


def ways(
    up: tuple[int, int], down: tuple[int, int], known: tuple[bool | None, bool | None] = (True, True)
) -> list[Counts]:
    """Return both directions: (requested, handled) from the child chain, and from the parent chain."""
    return [Counts("child", *up, known=known[0]), Counts("parent", *down, known=known[1])]


@pytest.mark.parametrize(
    "pair",
    [
        ways((0, 0), (0, 0)),
        ways((5, 5), (7, 7)),
        ways((5, 2), (7, 0)),
        ways((1, 0), (1, 0)),
        ways((0, 0), (3, 2)),
        ways((4, 4), (4, 4), (None, None)),
    ],
    ids=["new", "in use", "some on their way", "both jammed at the first", "one way only", "too old to tell"],
)
def test_counterparts(pair: list[Counts]) -> None:
    assert faults(pair) == []


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (ways((0, 4), (4, 0)), "the contract on the parent chain has handled 4 requests, and the one on the child"),
        (ways((4, 0), (0, 4)), "the contract on the child chain has handled 4 requests, and the one on the parent"),
        (ways((5, 4), (5, 0), (False, None)), r"handled last \(number 3\) was not made on the contract on the child"),
        (ways((5, 0), (5, 3), (None, False)), r"handled last \(number 2\) was not made on the contract on the parent"),
        (ways((0, 0), (3, 0)), "the contract on the parent chain has a history, and the one on the child chain has no"),
        (ways((3, 0), (0, 0)), "the contract on the child chain has a history, and the one on the parent chain has no"),
    ],
    ids=["rebuilt child", "rebuilt parent", "foreign child", "foreign parent", "new child", "new parent"],
)
def test_no_counterparts(pair: list[Counts], words: str) -> None:
    (found,) = faults(pair)
    assert re.search(words, found), found


ALONE = [ways((0, 0), (1, 0)), ways((1, 0), (0, 0))]


@pytest.mark.parametrize("pair", ALONE, ids=["on the parent", "on the child"])
def test_a_request_before_anybody_served_two_contracts_of_a_stack_is_theirs(pair: list[Counts]) -> None:
    assert faults(pair)
    assert faults(pair, own=True) == []


def test_both_numbers_of_both_directions_are_reported() -> None:
    assert numbers(ways((0, 4), (5, 1))) == (
        "from the child chain to the parent chain: 0 requested on the child chain, 4 handled on the parent chain; "
        "from the parent chain to the child chain: 5 requested on the parent chain, 1 handled on the child chain"
    )


@given(*[st.integers(0, 9)] * 4, st.booleans())
def test_more_handled_than_requested_never_passes(
    asked: int,
    paid: int,
    back: int,
    repaid: int,
    own: bool,  # noqa: FBT001
) -> None:
    wrong = faults(ways((asked, paid), (back, repaid)), own=own)
    assert bool(wrong) >= (paid > asked or repaid > back)
    assert not wrong or paid > asked or repaid > back or not (asked + repaid) or not (back + paid)
