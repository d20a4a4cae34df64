"""An EN compared with a reference: the same chain, another fork, and a block that its version rejects."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.errors import Unreachable
from components.chain.nodes.fork import Comparison, ForkWatch, OtherFork, compare, other_block, rejected_block
from components.chain.nodes.sync import SyncState, wait_until_synced
from components.chain.rpc.console import Console
from components.chain.rpc.reference_rpc import OtherChain, ReferenceRpc
from components.domain.problems.chains import REFERENCE_OF_OTHER_CHAIN, REFERENCE_SILENT
from components.domain.problems.nodes import OTHER_FORK
from tests.unit.fake_node import Clock, fail

A, B, C = "0x" + "aa" * 32, "0x" + "bb" * 32, "0x" + "cc" * 32
SAME = Comparison("alpha-en", "rpc.test", head=39, number=39, here=A, there=A)
REJECTED = replace(SAME, rejected=B)
FORKED = replace(SAME, there=C)
BEHIND = SyncState("alpha-en", peers=3, head=39, age=1e6, target=1000, lagging=True)
IN_STEP = SyncState("alpha-en", peers=3, head=39, age=1.0)


# -- what both answer ------------------------------------------------------------------------------------------


class Both:
    """An EN and a reference: the blocks that each has, by number."""

    def __init__(self, here: list[str], there: list[str | None], bad: tuple[str, ...] = ()) -> None:
        self.here, self.there, self.bad = here, there, bad
        self.asked: list[int] = []

    def call(self, method: str, *params: Any) -> Any:
        """Answer, in the name of the EN."""
        if method == "debug_getBadBlocks":
            return [{"hash": one, "block": {}} for one in self.bad] or fail(
                "debug_getBadBlocks: data is not found with the given key"
            )
        assert method == "eth_getBlockByNumber"
        number = len(self.here) - 1 if params[0] == "latest" else int(params[0], 16)
        return {"number": hex(number), "hash": self.here[number]}

    def block_hash(self, number: int) -> str | None:
        """Answer, in the name of the reference."""
        self.asked.append(number)
        return self.there[number]

    def compared(self) -> Comparison:
        """Compare them."""
        height = len(self.there) - 1
        reference = SimpleNamespace(host="rpc.test", height=lambda: height, block_hash=self.block_hash)
        console = SimpleNamespace(node="alpha-en", call=self.call)
        return compare(cast("Console", console), cast("ReferenceRpc", reference))


@pytest.mark.parametrize(
    ("both", "number", "words"),
    [
        (Both([A, B], [A, B]), 1, None),
        (Both([A, B], [A, B, C]), 1, None),
        (Both([A, B, C], [A, B]), 1, None),
        (Both([A, B.upper().replace("X", "x")], [A, B]), 1, None),
        (Both([A, B], [A, None]), 1, None),
        (Both([A, B], [A, None, None]), 1, None),
        (Both([A, B], [A, C]), 1, [f"block 1 is {B}", f"is {C}", "packages.ken"]),
        (Both([A, B], [A, C, A]), 1, [f"block 1 is {B}", f"is {C}", "packages.ken"]),
        (Both([A, B, C], [A, C]), 1, [f"block 1 is {B}", f"is {C}", "packages.ken"]),
        (Both([A], [B, C]), 0, [f"first block is {A}", f"is {B}", "parentChain.genesis"]),
    ],
)
def test_the_newest_block_that_both_have_is_compared(both: Both, number: int, words: list[str] | None) -> None:
    found = both.compared()
    said = str(other_block(found) or "")
    assert found.number == number
    assert all((value in said) == bool(words) for value in ("rpc.test", OTHER_FORK.code, *(words or ())))
    assert rejected_block(found) is None


def test_no_block_is_asked_for_that_the_reference_does_not_have_yet() -> None:
    both = Both([A, B, C], [A, B])
    both.compared()
    assert both.asked == [1]


@pytest.mark.parametrize(
    ("both", "rejected"),
    [
        (Both([A], [A, B], (C, B.upper().replace("X", "x"))), B),
        (Both([A], [A, B, C], (C,)), None),
        (Both([A], [A, None, C], (B,)), None),
        (Both([A, B], [A, B], (B,)), None),
        (Both([A, B], [A, B, C], (B,)), None),
        (Both([A, B, C], [A, B], (C,)), None),
    ],
)
def test_the_next_block_may_be_one_that_the_node_has_rejected(both: Both, rejected: str | None) -> None:
    found = both.compared()
    assert found.rejected == rejected
    assert other_block(found) is None
    words = str(rejected_block(found) or "")
    named = ("at block 0", "block 1 ", "rpc.test", B, "packages.ken", OTHER_FORK.code)
    assert all((value in words) == bool(rejected) for value in named)


# -- while it is waited for ------------------------------------------------------------------------------------


def watch(clock: Clock, looks: Callable[[float], Comparison | Exception]) -> tuple[ForkWatch, list[float]]:
    """Return a watch that finds what there is after so many seconds, and when it looked."""
    begun, times = clock.now, []

    def look() -> Comparison:
        times.append(clock.now - begun)
        found = looks(clock.now - begun)
        if isinstance(found, Exception):
            raise found
        return found

    return ForkWatch(look), times


def passing(clock: Clock, after: float) -> Callable[[], SyncState]:
    begun = clock.now
    return lambda: IN_STEP if clock.now - begun >= after else BEHIND


def ended(clock: Clock, looks: Callable[[float], Comparison | Exception], hours: int = 24) -> tuple[str, float]:
    """Wait for a node that stays behind; return the message of the end, and after how many seconds it came."""
    begun = clock.now
    with pytest.raises(OtherFork) as caught:
        wait_until_synced(lambda: BEHIND, hours, watch(clock, looks)[0])
    return str(caught.value), clock.now - begun


def test_another_fork_ends_the_wait_at_once(clock: Clock) -> None:
    message, took = ended(clock, lambda _: FORKED)
    assert message == f"alpha-en: {other_block(FORKED)}"
    assert took == 0


def test_a_fork_that_comes_later_ends_it_within_a_minute(clock: Clock) -> None:
    _, took = ended(clock, lambda seconds: FORKED if seconds > 3600 else SAME)
    assert 3600 < took <= 3662


def test_a_node_in_sync_with_others_on_its_fork_does_not_pass(clock: Clock) -> None:
    watching, times = watch(clock, lambda seconds: FORKED if seconds > 10 else SAME)
    with pytest.raises(OtherFork):
        wait_until_synced(passing(clock, 20), 1, watching)
    assert times == [0, 20]


def test_a_node_on_the_same_chain_passes_and_is_compared_once_a_minute(clock: Clock) -> None:
    watching, times = watch(clock, lambda _: SAME)
    assert wait_until_synced(passing(clock, 150), 1, watching) == 39
    assert times == [0, 60, 120, 150]


def test_a_node_that_keeps_rejecting_the_next_block_ends_it_after_ten_minutes(clock: Clock) -> None:
    message, took = ended(clock, lambda _: REJECTED)
    assert message == f"alpha-en: {rejected_block(REJECTED)}"
    assert 600 <= took <= 662


def test_an_upgraded_node_has_time_to_take_the_block_that_the_old_version_rejected(clock: Clock) -> None:
    watching, _ = watch(clock, lambda seconds: REJECTED if seconds < 590 else replace(SAME, head=500, number=500))
    assert wait_until_synced(passing(clock, 3000), 1, watching) == 39


def test_a_node_that_rejects_a_block_later_gets_ten_minutes_from_then(clock: Clock) -> None:
    late = replace(REJECTED, head=500, number=500)
    _, took = ended(clock, lambda seconds: late if seconds > 1000 else replace(SAME, head=int(seconds)))
    assert 1600 <= took <= 1662 + 60


def test_a_reference_that_is_silent_for_a_moment_ends_nothing(clock: Clock) -> None:
    silent = Unreachable(REFERENCE_SILENT("the reference RPC at rpc.test does not answer"))
    watching, _ = watch(clock, lambda seconds: silent if seconds < 100 else SAME)
    assert wait_until_synced(passing(clock, 0), 1, watching) == 39


def test_a_reference_of_another_chain_ends_it_at_once(clock: Clock) -> None:
    watching, _ = watch(clock, lambda _: OtherChain(REFERENCE_OF_OTHER_CHAIN("of the chain 5")))
    with pytest.raises(OtherChain):
        wait_until_synced(lambda: BEHIND, 24, watching)
