"""Who makes the blocks: no vote stops the chain, takes its last validator, or leaves new nodes alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.contracts.plan import Refused
from components.chain.validators.validator_plan import admit, gives_seat_up, survives, vote_out, without_node
from components.domain.problems.chains import LAST_OF_GENESIS, LAST_VALIDATOR, QUORUM_AT_RISK, VOTE_IMPOSSIBLE
from components.domain.quorum import quorum

FOUR = ["a", "b", "c", "d"]


def test_the_quorum_is_that_of_the_node() -> None:
    assert [quorum(size) for size in range(1, 9)] == [1, 2, 3, 3, 4, 4, 5, 6]


def test_who_has_a_seat_is_not_voted_in_and_who_has_none_is_not_voted_out() -> None:
    assert admit(FOUR, FOUR, "a") == []
    assert vote_out(FOUR, FOUR, FOUR, "e") == []


def test_one_vote_lets_a_validator_in_or_out() -> None:
    (vote,) = admit(FOUR, FOUR, "e")
    assert (vote.key, vote.address) == ("governance.addvalidator", "e")
    (vote,) = vote_out([*FOUR, "e"], [*FOUR, "e"], FOUR, "a")
    assert (vote.key, vote.address) == ("governance.removevalidator", "a")


@pytest.mark.parametrize("council", [["a"], ["a", "b"]])
def test_one_or_two_validators_wait_for_the_new_one(council: list[str]) -> None:
    assert admit(council, council, "e")


@pytest.mark.parametrize(("council", "living"), [("ab", "a"), ("abc", "ab"), ("abcd", "ab"), ("abcdefg", "abcd")])
def test_on_a_chain_that_stands_still_nobody_joins_or_goes_and_the_way_out_is_reported(
    council: str, living: str
) -> None:
    with pytest.raises(Refused, match=f"^x .* listed there again under its old name.*{VOTE_IMPOSSIBLE.code}"):
        admit(council, living, "x")
    with pytest.raises(Refused, match=f"^validator b .*{VOTE_IMPOSSIBLE.code}"):
        vote_out(council, living, council, "b")


@pytest.mark.parametrize(("council", "living"), [("abcd", "abc"), ("abcdefg", "abcde")])
def test_nobody_joins_while_too_many_are_dead(council: str, living: str) -> None:
    with pytest.raises(Refused, match=rf"^x .* of {len(council) + 1} validators .*{QUORUM_AT_RISK.code}"):
        admit(council, living, "x")


def test_a_dead_validator_is_voted_out_and_named_where_it_is_in_the_way() -> None:
    assert vote_out(FOUR, ["a", "b", "c"], FOUR, "d")
    with pytest.raises(Refused, match=rf"of 3 validators 3 .* unreachable: d;.*{QUORUM_AT_RISK.code}"):
        vote_out(FOUR, ["a", "b", "c"], FOUR, "a")


@pytest.mark.parametrize(
    ("council", "living", "first", "gives"),
    [
        ("a", "a", "a", False),
        ("abcd", "abcd", "abcd", False),
        ("abcde", "abcde", "abcde", True),
        ("abcde", "bcde", "abcde", True),
        ("abcde", "abcd", "abcde", False),
        ("abcdef", "abcdef", "abcd", True),
        ("abcdef", "abcde", "abcd", False),
        ("bcdef", "abcdef", "bcdef", False),
        ("abcde", "abcde", "ax", False),
        ("abcde", "abcde", "xyz", True),
    ],
)
def test_a_seat_is_given_up_where_four_others_run_and_no_other_is_dead(
    council: str,
    living: str,
    first: str,
    gives: bool,  # noqa: FBT001
) -> None:
    assert gives_seat_up(council, living, first, "a") is gives
    if gives:
        assert vote_out(council, {*living, "a"}, first, "a")


def test_a_seat_without_a_node_is_one_of_nobody_that_the_settings_know() -> None:
    assert without_node([*FOUR, "x", "y"], [*FOUR, "y"], ["a", "b", "c"]) == ["x"]
    assert without_node(FOUR, ["a"], FOUR) == []


@pytest.mark.parametrize(
    ("size", "dead", "words"),
    [
        (4, 0, "4 validators: the child chain survives the loss of 1 SCN"),
        (1, 0, "1 validator: the child chain survives the loss of no SCN"),
        (5, 1, "5 validators, 1 of them without a node: the child chain survives the loss of no SCN"),
        (7, 0, "7 validators: the child chain survives the loss of 2 SCNs"),
        (3, 1, "3 validators, 1 of them without a node: the child chain is halted until 3 of them take part"),
    ],
)
def test_a_seat_of_nobody_counts_in_what_the_child_chain_survives(size: int, dead: int, words: str) -> None:
    assert survives(size, dead) == words


def test_the_last_validator_stays() -> None:
    with pytest.raises(Refused, match=f"validator a .*{LAST_VALIDATOR.code}"):
        vote_out(["a"], ["a"], ["a"], "a")


def test_one_of_the_first_validators_stays() -> None:
    council = ["a", "e", "f", "g"]
    assert vote_out(council, council, FOUR, "e")
    with pytest.raises(Refused, match=f"validator a .*{LAST_OF_GENESIS.code}"):
        vote_out(council, council, FOUR, "a")


EVENTS = st.lists(
    st.tuples(st.sampled_from(["die", "live", "join", "leave"]), st.sampled_from("abcdefghi")), max_size=30
)


@given(st.integers(1, 5), EVENTS)
def test_whatever_happens_no_vote_stops_the_chain(size: int, events: list[tuple[str, str]]) -> None:
    first = set("abcdefghi"[:size])
    council, living = set(first), set("abcdefghi")
    for verb, one in events:
        if verb == "die":
            living.discard(one)
        if verb == "live":
            living.add(one)
        goes_on = len(council & living) >= quorum(len(council))
        if verb not in ("join", "leave") or not goes_on or (verb == "join" and one not in living):
            continue
        try:
            votes = admit(council, living - {one}, one) if verb == "join" else vote_out(council, living, first, one)
        except Refused:
            continue
        assert bool(votes) == ((one in council) == (verb == "leave"))
        council = council | {one} if verb == "join" else council - {one}
        assert council & first
        assert len(council & living) >= quorum(len(council)), f"{verb} of {one} has stopped the chain"
