"""Verdicts on transactions that were sent, case by case and over random histories."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.tx.outcome import BLOCKS, GRACE, PATIENCE, Case, Own, PoolView, Verdict, ahead, judge, next_free

OWN = Own(nonce=5, hashes=("a", "b"), sent_at=1000.0, sent_in=70)
NOW = PoolView(now=1001.0, head=71, latest=5, receipts=(), known=())
LATER = replace(NOW, now=1000.0 + PATIENCE, head=70 + BLOCKS)


@pytest.mark.parametrize(
    ("own", "look", "verdict"),
    [
        (OWN, replace(NOW, latest=6, receipts={"b"}, known={"b"}), Verdict(Case.MINED, "b")),
        (OWN, replace(NOW, latest=6, receipts={"a"}), Verdict(Case.MINED, "a")),
        (OWN, replace(NOW, known={"b"}), Verdict(Case.PENDING, "b")),
        (OWN, replace(NOW, known={"a"}), Verdict(Case.PENDING, "a")),
        (OWN, replace(LATER, known={"b"}), Verdict(Case.STUCK, "b")),
        (OWN, replace(LATER, head=70 + BLOCKS - 1, known={"b"}), Verdict(Case.PENDING, "b")),
        (OWN, replace(LATER, now=LATER.now - 0.1, known={"b"}), Verdict(Case.PENDING, "b")),
        (OWN, replace(LATER, latest=4, known={"b"}), Verdict(Case.BEHIND, "b")),
        (OWN, NOW, Verdict(Case.UNSURE)),
        (replace(OWN, doubted_since=NOW.now - GRACE + 0.1), NOW, Verdict(Case.UNSURE)),
        (replace(OWN, doubted_since=NOW.now - GRACE), NOW, Verdict(Case.DROPPED)),
        (replace(OWN, doubted_since=NOW.now - GRACE), replace(NOW, latest=6), Verdict(Case.REPLACED)),
        (replace(OWN, doubted_since=NOW.now - GRACE), replace(NOW, latest=6, known={"b"}), Verdict(Case.REPLACED)),
        (OWN, replace(NOW, latest=6, known={"b"}), Verdict(Case.UNSURE)),
    ],
)
def test_a_verdict(own: Own, look: PoolView, verdict: Verdict) -> None:
    assert judge(own, look) == verdict


@given(st.data())
def test_a_node_that_reports_the_truth_is_never_misread(data: st.DataObject) -> None:
    """Over any history: ours is mined or another one's or none, the pool has one of ours or none, and time passes."""
    own = Own(data.draw(st.integers(0, 9)), tuple("abc"[: data.draw(st.integers(1, 3))]), 0.0, 0)
    mined: str | None = None
    used, latest, now, head = False, data.draw(st.integers(0, own.nonce)), 0.0, 0
    pooled: str | None = None
    for _ in range(data.draw(st.integers(1, 12))):
        now += data.draw(st.floats(0.1, 30))
        head += data.draw(st.integers(0, 9))
        if not used:
            latest = data.draw(st.integers(latest, own.nonce + 2))
            used = latest > own.nonce
            mined = data.draw(st.sampled_from([*own.hashes, None])) if used else None
            pooled = None if used else data.draw(st.sampled_from([*own.hashes, None]))
        shown = {mined} if mined else set()
        look = PoolView(now, head, latest, shown, shown | ({pooled} if pooled else set()))
        doubted = now - own.doubted_since if own.doubted_since is not None else 0
        case, hash_ = (verdict := judge(own, look)).case, verdict.hash
        assert (case is Case.MINED) == (mined is not None)
        assert hash_ == (mined or pooled)
        assert (case in (Case.PENDING, Case.STUCK, Case.BEHIND)) == (pooled is not None)
        assert (case is Case.REPLACED) == (used and mined is None and doubted >= GRACE)
        assert (case is Case.DROPPED) == (not used and pooled is None and doubted >= GRACE)
        if case is Case.STUCK:
            assert latest == own.nonce
            assert now >= PATIENCE
            assert head >= BLOCKS
        since = (own.doubted_since or now) if case is Case.UNSURE else None
        own = replace(own, doubted_since=since)


@given(st.integers(0, 20), st.integers(0, 20), st.sets(st.integers(0, 40)))
def test_what_is_ahead_is_unmined_and_not_ours(latest: int, pooled: int, own: set[int]) -> None:
    found = ahead(latest, latest + pooled, own)
    assert found == sorted(found)
    assert all(latest <= nonce < latest + pooled and nonce not in own for nonce in found)
    assert len(found) + len(own & set(range(latest, latest + pooled))) == pooled


@given(st.integers(0, 20), st.integers(0, 20), st.sets(st.integers(0, 40)))
def test_the_next_nonce_is_free_and_leaves_no_gap(pending: int, floor: int, own: set[int]) -> None:
    nonce = next_free(pending, floor, own)
    assert nonce >= max(pending, floor)
    assert nonce not in own
    assert set(range(max(pending, floor), nonce)) <= own
