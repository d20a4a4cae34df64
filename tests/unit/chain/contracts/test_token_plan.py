"""Plans for tokens: empty when nothing is to do, refused with what to do, and never a call that reverts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.contracts.plan import Refused, Step
from components.chain.contracts.token_plan import TokenState, deregister_token, lock_token, register_token
from components.domain.problems.bridge import FOREIGN_OWNER
from components.domain.problems.transfers import TOKEN_COUNTERPART, TOKEN_LOCKED, TOKEN_REQUESTS_OPEN


def state(counterpart: str | None = None, *, locked: bool = False) -> TokenState:
    return TokenState("BRIDGE", "OWNER", counterpart, locked)


def test_what_holds_needs_no_call() -> None:
    assert register_token(state("C"), "OWNER", "T", "C") == []
    assert lock_token(state("C", locked=True), "OWNER", "T", "C") == []
    assert lock_token(state(), "OWNER", "T", "C") == []
    assert deregister_token(state(), "OWNER", "T", "C", ["one"]) == []


def test_a_gap_is_closed_by_one_annotated_call() -> None:
    assert register_token(state(), "OWNER", "T", "C") == [
        Step("registerToken", ("T", "C"), "register token T with its counterpart C")
    ]
    assert lock_token(state("C"), "OWNER", "T", "C") == [
        Step("lockToken", ("T",), "lock token T before it is deregistered")
    ]
    assert deregister_token(state("C", locked=True), "OWNER", "T", "C") == [
        Step("deregisterToken", ("T",), "deregister token T")
    ]


def test_another_counterpart_is_refused_and_not_ours_to_undo() -> None:
    with pytest.raises(Refused, match=TOKEN_COUNTERPART.code) as caught:
        register_token(state("X"), "OWNER", "T", "C")
    for value in (" BRIDGE ", " X, not C", "OWNER call deregisterToken(T)"):
        assert value in str(caught.value)
    assert lock_token(state("X"), "OWNER", "T", "C") == deregister_token(state("X"), "OWNER", "T", "C") == []


def test_a_locked_token_is_refused() -> None:
    with pytest.raises(Refused, match=TOKEN_LOCKED.code) as caught:
        register_token(state("C", locked=True), "OWNER", "T", "C")
    for value in ("token T ", " BRIDGE", "OWNER call unlockToken(T)"):
        assert value in str(caught.value)


def test_a_token_with_transfers_on_their_way_is_kept() -> None:
    with pytest.raises(Refused, match=TOKEN_REQUESTS_OPEN.code) as caught:
        deregister_token(state("C", locked=True), "OWNER", "T", "C", list("abcdefg"))
    for value in (
        "token T ",
        " 7 transfer(s) ",
        " BRIDGE",
        f": a; b; c; d; e; and 2 more [{TOKEN_REQUESTS_OPEN.code}]",
    ):
        assert value in str(caught.value)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (lambda: register_token(state(), "ME", "T", "C"), "register token T with its counterpart C"),
        (lambda: lock_token(state("C"), "ME", "T", "C"), "lock token T before it is deregistered"),
        (lambda: deregister_token(state("C"), "ME", "T", "C"), "deregister token T"),
    ],
)
def test_somebody_else_than_the_owner_is_refused(plan: object, words: str) -> None:
    with pytest.raises(Refused, match=FOREIGN_OWNER.code) as caught:
        plan()  # type: ignore[operator]
    assert str(caught.value).startswith(f"{words}: ")
    assert re.search(r"BRIDGE is OWNER, .* key .* ME\b", str(caught.value))


@given(st.sampled_from([None, "C", "X"]), st.booleans())
def test_a_removal_leaves_nothing_of_ours_whatever_was_there(counterpart: str | None, locked: bool) -> None:  # noqa: FBT001
    found = state(counterpart, locked=locked and counterpart is not None)
    for step in [*lock_token(found, "OWNER", "T", "C"), *deregister_token(found, "OWNER", "T", "C")]:
        assert step.arguments == ("T",)
        found = state() if step.function == "deregisterToken" else state(found.counterpart, locked=True)
    assert found.counterpart != "C"
    assert deregister_token(found, "OWNER", "T", "C") == []
