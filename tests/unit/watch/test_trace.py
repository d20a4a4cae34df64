"""The way of one transfer in words, and where its votes are looked for."""

import pytest

from components.watch.trace import SCANNED, PaymentRow, TraceRow, VoteRow, _scanned, is_hash
from toolchain.ops.trace import lines

TX = "0x" + "ab" * 32
VOTE = VoteRow(pair="alpha", operator="0xA1", transaction="0xaa", block=20, counted=True)
LATE = VoteRow(pair=None, operator="0xB2", transaction="0xbb", block=20, counted=False)
ROW = TraceRow(
    source="child",
    target="parent",
    nonce=7,
    kind="coin",
    amount=str(5 * 10**17),
    token=None,
    sender="0xC3",
    recipient="0xD4",
    transaction=TX,
    block=10,
    age=65.0,
    threshold=1,
    votes=(VOTE, LATE),
    paid=True,
    payment=PaymentRow(transaction="0xaa", block=20, after=2.0),
    why=None,
)


def test_a_paid_transfer_has_its_votes_and_its_payment() -> None:
    first, requested, votes, alpha, other, paid = lines(ROW)
    assert first.startswith("child to parent, request 7: 0.5 coins from 0xC3 to 0xD4")
    assert requested.split() == ["requested", "in", f"{TX},", "block", "10,", "1", "min", "5", "s", "ago"]
    assert votes.split()[1:4] == ["1", "of", "1"]
    assert "alpha: 0xaa, block 20" in alpha
    assert "refused" not in alpha
    assert "0xB2, of no pair: 0xbb" in other
    assert "refused" in other
    assert paid.split()[:3] == ["paid", "in", "0xaa,"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"paid": False, "payment": None, "why": "it holds too little [SCH-583]"}, "SCH-583"),
        ({"paid": False, "payment": None}, "waits for votes"),
        ({"payment": None}, "too long ago"),
    ],
)
def test_one_that_is_not_paid_says_why(change: dict[str, object], words: str) -> None:
    *_, last = lines(ROW.model_copy(update=change))
    assert words in last


def test_a_token_is_named_by_its_address() -> None:
    assert "id 7 of token 0xE5 from" in next(
        lines(ROW.model_copy(update={"kind": "erc721", "amount": "7", "token": "0xE5"}))
    )


def test_votes_are_looked_for_after_the_request_and_for_an_open_one_also_at_the_end() -> None:
    assert _scanned(10, 15, paid=True) == _scanned(10, 15, paid=False) == [10, 11, 12, 13, 14, 15]
    paid = _scanned(10, 5000, paid=True)
    assert (paid[0], paid[-1], len(paid)) == (10, 10 + SCANNED, SCANNED + 1)
    still = _scanned(10, 5000, paid=False)
    assert (still[-1], len(still), len(set(still))) == (5000, 2 * SCANNED + 2, 2 * SCANNED + 2)
    near = _scanned(10, 10 + SCANNED + 5, paid=False)
    assert near == list(range(10, 10 + SCANNED + 6))


@pytest.mark.parametrize(
    ("text", "answer"), [(TX, True), (TX.upper().replace("X", "x"), True), (TX[:-1], False), (TX[:-1] + "g", False)]
)
def test_what_a_hash_is(text: str, answer: bool) -> None:  # noqa: FBT001
    assert is_hash(text) is answer
