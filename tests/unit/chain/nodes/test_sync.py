"""The gate of an EN that has to catch up: what it lacks, how long it takes, and when waiting ends."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.errors import NotReady, Unreachable
from components.chain.nodes.sync import Pace, SyncState, missing, read_sync, wait_until_synced
from components.chain.rpc.console import Console
from components.chain.rpc.reference_rpc import OtherChain, ReferenceRpc
from components.domain.problems.chains import REFERENCE_OF_OTHER_CHAIN
from components.domain.problems.nodes import NODE_DOWN, NOT_SYNCED
from tests.unit.fake_node import Clock

IN_STEP = SyncState("alpha-en", peers=3, head=1000, age=1.0)
NOW = 1_700_000_000


# -- what it lacks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "named"),
    [
        (IN_STEP, None),
        (replace(IN_STEP, age=30.0), None),
        (replace(IN_STEP, target=1010), None),
        (replace(IN_STEP, peers=0), "no peers; compare"),
        (replace(IN_STEP, peers=0, lagging=True, target=9000), "no peers; .*block 1000 of 9000: .*version"),
        (replace(IN_STEP, peers=0, head=0, lagging=True, target=9000), "no peers; compare"),
        (replace(IN_STEP, syncing=True, target=9000), "block 1000 of 9000$"),
        (replace(IN_STEP, lagging=True, target=9000), "block 1000 of 9000$"),
        (replace(IN_STEP, syncing=True), "block 1000$"),
        (replace(IN_STEP, head=0, age=1e9), "first block"),
        (replace(IN_STEP, age=3700.0), "block, 1000, .* 1 h 1 min"),
    ],
)
def test_what_a_node_lacks_is_reported(state: SyncState, named: str | None) -> None:
    said = missing(state)
    assert said is None if named is None else re.search(named, said or ""), said


@given(
    st.builds(SyncState, st.just("en"), st.integers(0, 5), st.integers(0), st.floats(0, 1e9), st.none(), st.booleans())
)
def test_a_node_passes_only_with_peers_a_young_head_and_nothing_to_sync(state: SyncState) -> None:
    good = state.peers > 0 and state.age <= 30 and not state.syncing and state.head > 0
    assert (missing(state) is None) == good


# -- what it knows, from what it answers ---------------------------------------------------------------------


def see(*, syncing: object = False, peers: int = 1, height: int | None = None) -> SyncState:
    """Look at a node whose last block is number 1000 and a second old."""
    answers: dict[str, object] = {
        "eth_syncing": syncing,
        "eth_getBlockByNumber": {"number": "0x3e8", "timestamp": hex(NOW - 1)},
        "admin_peers": [{"id": "aa" * 64}] * peers or None,
    }
    console = SimpleNamespace(node="alpha-en", call=lambda method, *_: answers[method])
    reference = None if height is None else SimpleNamespace(height=lambda: height)
    return read_sync(cast("Console", console), cast(ReferenceRpc | None, reference), NOW)


def test_a_node_in_step_is_seen_to_be() -> None:
    assert see() == replace(IN_STEP, peers=1)


def test_a_node_that_syncs_reports_how_far_the_chain_is() -> None:
    answer = {"startingBlock": "0x0", "currentBlock": "0x3e8", "highestBlock": "0x2328"}
    assert see(syncing=answer) == replace(IN_STEP, peers=1, target=9000, syncing=True)


def test_nothing_to_sync_without_peers_is_no_pass() -> None:
    assert missing(see(peers=0)) is not None


@pytest.mark.parametrize(("height", "lagging"), [(1010, False), (1011, True), (5, False)])
def test_the_reference_knows_better(height: int, lagging: object) -> None:
    state = see(height=height)
    assert (state.target, state.lagging) == (height, lagging)


# -- how long it takes ---------------------------------------------------------------------------------------


def test_the_rest_is_reported_by_how_fast_the_gap_closes() -> None:
    pace = Pace()
    first = replace(IN_STEP, head=0, target=1000)
    assert pace.rest(0, first) is None
    assert pace.rest(10, replace(first, head=101, target=1001)) == pytest.approx(90)
    assert pace.rest(20, replace(first, head=101, target=90_000)) is None, "it learned of more"
    assert pace.rest(30, replace(first, head=101, target=90_000)) is None, "it stands still"
    assert pace.rest(40, replace(IN_STEP, target=None)) is None


# -- waiting -------------------------------------------------------------------------------------------------


def answers(*states: SyncState | Exception) -> Callable[[], SyncState]:
    """Return what sees one after the other, and the last one forever."""
    turns = count()

    def see() -> SyncState:
        state = states[min(next(turns), len(states) - 1)]
        if isinstance(state, Exception):
            raise state
        return state

    return see


def steps(blocks: Iterator[int], target: int) -> Callable[[], SyncState]:
    return lambda: replace(IN_STEP, head=(head := next(blocks)), target=target, syncing=head < target)


def test_it_waits_for_hours_and_reports_how_long_it_takes(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    begun = clock.now
    assert wait_until_synced(steps(count(0, 10), 40_000), 24) == 40_000
    said = capsys.readouterr().err.splitlines()
    assert clock.now - begun == 8000
    assert len(said) == 799, "every 10 s, and not more often"
    assert said[0] == "waiting, 10 s of 1 d: alpha-en: it is at block 50 of 40000; about 2 h 13 min to go"
    assert said[-1] == "waiting, 2 h 13 min of 1 d: alpha-en: it is at block 39950 of 40000; about 10 s to go"


def test_it_ends_after_its_hours_with_what_is_missing(clock: Clock) -> None:
    begun = clock.now
    with pytest.raises(NotReady, match=rf"^alpha-en: .* no peers.*\(waited 2 h.*{NOT_SYNCED.code}"):
        wait_until_synced(answers(replace(IN_STEP, peers=0)), 2)
    assert 7200 <= clock.now - begun <= 7205


def test_a_node_that_is_gone_in_the_middle_may_come_back(clock: Clock) -> None:
    behind, gone = replace(IN_STEP, syncing=True), Unreachable(NODE_DOWN("alpha-en: no node listens"))
    begun = clock.now
    assert wait_until_synced(answers(behind, *[gone] * 100, behind, *[gone] * 100, IN_STEP), 1) == 1000
    assert clock.now - begun == 2 * 202


def test_a_node_that_stays_away_ends_it_long_before_the_hours(clock: Clock) -> None:
    begun = clock.now
    gone = Unreachable(NODE_DOWN("alpha-en: no node listens"))
    with pytest.raises(NotReady, match=rf"^alpha-en: no node listens .*\(for 5 min\).*{NOT_SYNCED.code}"):
        wait_until_synced(answers(replace(IN_STEP, syncing=True), gone), 24)
    assert clock.now - begun < 320


def test_a_reference_of_another_chain_ends_it_at_once(clock: Clock) -> None:
    begun = clock.now
    with pytest.raises(OtherChain):
        wait_until_synced(answers(OtherChain(REFERENCE_OF_OTHER_CHAIN("of the chain 5"))), 24)
    assert clock.now - begun == 0
