"""A vote goes only where those that stay carry the bridge, and a full contract gets room in an order that works."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.contracts.plan import Refused
from components.chain.voters.voter_plan import removed_first, require_able_pairs, require_remaining
from components.domain.problems.bridge import PAIRS_UNABLE, TOO_FEW_OPERATORS

DEAD = "beta-scn: no node listens"


@pytest.mark.parametrize(
    ("threshold", "pairs", "unable", "unseen"),
    [
        (1, ["alpha"], {}, 0),
        (1, ["alpha", "beta"], {"beta": DEAD}, 0),
        (2, ["alpha", "beta", "gamma"], {"beta": DEAD}, 0),
        (1, [], {}, 2),
        (2, ["alpha"], {}, 1),
        (3, ["alpha"], {}, 0),
        (1, [], {}, 0),
    ],
)
def test_pairs_that_carry_the_bridge(threshold: int, pairs: list[str], unable: dict[str, str], unseen: int) -> None:
    """The last but one has votes of others that are kept, and the last one none of its own."""
    require_able_pairs(threshold, pairs, unable, "removing a pair", unseen)


@pytest.mark.parametrize(
    ("threshold", "pairs", "unable", "able"),
    [
        (1, ["beta"], {"beta": DEAD}, 0),
        (2, ["alpha", "beta"], {"beta": DEAD}, 1),
        (3, ["alpha", "beta"], {"beta": DEAD}, 1),
    ],
)
def test_pairs_that_do_not(threshold: int, pairs: list[str], unable: dict[str, str], able: int) -> None:
    with pytest.raises(Refused, match=PAIRS_UNABLE.code) as caught:
        require_able_pairs(threshold, pairs, unable, "removing a pair")
    said = str(caught.value)
    assert re.search(f"^removing a pair .* of the {len(pairs)} pair.* {able} can vote ", said)
    assert f"a transfer needs {threshold} vote" in said
    assert f"(pair beta: {DEAD})" in said


def test_fewer_operators_than_a_transfer_needs_do_not_stay() -> None:
    require_remaining(2, 2, "removing a pair")
    with pytest.raises(Refused, match=TOO_FEW_OPERATORS.code) as caught:
        require_remaining(3, 2, "removing a pair")
    assert re.search(r"^removing a pair .* 2 operator.* needs 3 ", str(caught.value))


@pytest.mark.parametrize(
    ("registered", "wanted", "leaving", "going"),
    [
        ("abc", "abd", "c", "c"),
        ("abc", "abd", "C", "c"),
        ("ab", "abd", "", ""),
        ("abc", "abd", "", ""),
        ("abc", "de", "abc", "ab"),
        ("abc", "bde", "ac", "ac"),
        ("abc", "abc", "c", ""),
        ("abc", "dde", "ab", "ab"),
    ],
)
def test_those_that_leave_make_room(registered: str, wanted: str, leaving: str, going: str) -> None:
    assert removed_first(list(registered), list(wanted), list(leaving), 3) == list(going)


@given(*[st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=5)] * 3)
def test_no_more_room_is_made_than_is_needed(registered: list[str], wanted: list[str], leaving: list[str]) -> None:
    going = removed_first(registered, wanted, leaving, 5)
    assert not set(going) & set(wanted)
    assert set(going) <= set(leaving) & set(registered)
    left = [one for one in registered if one not in going]
    if going:
        assert len(set(left) | set(wanted)) == 5
        assert removed_first(left, wanted, leaving, 5) == []
