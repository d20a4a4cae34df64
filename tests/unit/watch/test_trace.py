"""The way of one transfer in words, which SCNs have seen it, and where its votes are looked for."""

from dataclasses import replace
from typing import Any

import pytest

from components.domain.networks import Side
from components.domain.problems.chains import CALL_REFUSED
from components.domain.problems.nodes import NO_SINGLE_EN, NODE_DOWN, WRONG_BRIDGE_PEER
from components.domain.problems.operations.state import STACK_NOT_UP
from components.watch.readings import MachineReading, Missing, Readings
from components.watch.sight import SightRow, sights
from components.watch.trace import SCANNED, PaymentRow, TraceRow, VoteRow, _scanned, is_hash
from tests.unit.watch.samples import bridge, chain, readings, targets
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
    seen=(
        SightRow(pair="alpha", scn="scn-1", seen=True, why=None),
        SightRow(pair="beta", scn="scn-2", seen=False, why="scn-2 is at block 9"),
        SightRow(pair="gamma", scn="scn-3", seen=None, why="scn-3: no node listens"),
    ),
    threshold=1,
    votes=(VOTE, LATE),
    paid=True,
    payment=PaymentRow(transaction="0xaa", block=20, after=2.0),
    why=None,
)


def test_a_paid_transfer_has_its_votes_and_its_payment() -> None:
    first, requested, *_, votes, alpha, other, paid = lines(ROW)
    assert first.startswith("child to parent, request 7: 0.5 coins from 0xC3 to 0xD4")
    assert requested.split() == ["requested", "in", f"{TX},", "block", "10,", "1", "min", "5", "s", "ago"]
    assert votes.split()[1:4] == ["1", "of", "1"]
    assert "alpha: 0xaa, block 20" in alpha
    assert "refused" not in alpha
    assert "0xB2, of no pair: 0xbb" in other
    assert "refused" in other
    assert paid.split()[:3] == ["paid", "in", "0xaa,"]


def test_each_scn_is_named_with_what_is_known_of_it() -> None:
    _, _, seen, alpha, beta, gamma, *_ = lines(ROW)
    assert seen.split() == ["seen", "by", "1", "of", "3", "SCNs"]
    assert alpha.strip() == "scn-1 of alpha: yes"
    assert beta.strip() == "scn-2 of beta: not yet: scn-2 is at block 9"
    assert gamma.strip() == "scn-3 of gamma: unknown: scn-3: no node listens"


DOWN = Missing(NODE_DOWN("it: no node listens"))
HALF = bridge("alpha")


def sight(found: Readings, source: Side, block: int = 100, voters: tuple[str, ...] = ()) -> tuple[bool | None, str]:
    """Return whether the SCN of alpha has seen a request, and why not. All nodes are at block 100."""
    alpha, beta = sights(targets(), found, source, block, voters)
    assert (alpha.pair, alpha.scn, beta.pair, beta.scn) == ("alpha", "scn-1", "beta", "scn-2")
    return alpha.seen, alpha.why or ""


@pytest.mark.parametrize("source", ["parent", "child"])
def test_an_scn_that_serves_the_contracts_has_seen_what_is_in_its_blocks(source: Side) -> None:
    assert sight(readings(), source) == (True, "")
    seen, why = sight(readings(), source, block=101)
    assert seen is False
    assert "100" in why
    unserved = readings(nodes={"scn-1": {"bridge": replace(HALF, subscribed=False)}})
    assert sight(unserved, source)[0] is False
    # A vote is proof, whatever the SCN and its EN do now.
    lost = readings(nodes={name: {"chain": DOWN, "machine": DOWN} for name in ("scn-1", "alpha-en")})
    assert sight(lost, source, block=101, voters=("alpha",)) == (True, "")


@pytest.mark.parametrize(
    ("source", "node", "reader"), [("child", "scn-1", True), ("parent", "alpha-en", True), ("child", "alpha-en", False)]
)
def test_the_blocks_are_those_of_the_node_that_the_scn_reads(source: Side, node: str, *, reader: bool) -> None:
    behind = replace(chain("child" if node == "scn-1" else "parent"), head=99)
    assert sight(readings(nodes={node: {"chain": behind}}), source)[0] is (not reader)
    seen, why = sight(readings(nodes={node: {"chain": DOWN}}), source)
    assert (seen, NODE_DOWN.code in why) == ((None, True) if reader else (True, False))


CUT = MachineReading(2**36, 2**37, 0.0, 60.0, 5)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"bridge": replace(HALF, peers=())}, NO_SINGLE_EN.code),
        ({"bridge": replace(HALF, peers=("ff" * 64,))}, WRONG_BRIDGE_PEER.code),
        ({"machine": CUT}, NO_SINGLE_EN.code),
    ],
)
def test_without_a_link_to_its_en_it_is_unknown_what_an_scn_has_seen_of_the_parent_chain(
    change: dict[str, Any], code: str
) -> None:
    found = readings(nodes={"scn-1": change})
    seen, why = sight(found, "parent")
    assert (seen, code in why) == (None, True)
    assert sight(found, "child") == (True, "")


@pytest.mark.parametrize(
    ("paid", "voters", "seen"), [(None, (), True), (50.0, (), True), (70.0, (), None), (70.0, ("alpha",), True)]
)
def test_an_scn_that_was_started_after_the_payment_is_unknown(
    paid: float | None, voters: tuple[str, ...], *, seen: bool | None
) -> None:
    found = readings(nodes={"scn-1": {"machine": replace(CUT, opened=60.0, unanswered=0)}})
    alpha, beta = sights(targets(), found, "child", 100, voters, paid)
    assert (alpha.seen, "scn-1" in (alpha.why or ""), beta.seen) == (seen, seen is None, True)
    unread = readings(nodes={"scn-1": {"machine": DOWN}})
    assert next(sights(targets(), unread, "child", 100, voters, paid)).seen is True


def test_what_cannot_be_read_of_an_scn_is_unknown() -> None:
    silent = Missing(CALL_REFUSED("scn-1: subbridge_listBridge: was not answered"))
    seen, why = sight(readings(nodes={"scn-1": {"bridge": silent}}), "child")
    assert (seen, CALL_REFUSED.code in why) == (None, True)
    now = readings()
    gone = replace(now, nodes={name: one for name, one in now.nodes.items() if name != "scn-1"})
    seen, why = sight(gone, "child")
    assert (seen, STACK_NOT_UP.code in why) == (None, True)


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
