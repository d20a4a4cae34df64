"""Which node may be stopped: none while another one is not healthy, unless it is down itself."""

import pytest

from components.chain.nodes.restart_gate import HEALTHY, Condition, blocking_node, missing_votes

DOWN, IMPAIRED = Condition("down", "no node listens"), Condition("impaired", "its newest block is old")


@pytest.mark.parametrize(
    ("own", "others", "words"),
    [
        (HEALTHY, [], None),
        (HEALTHY, [HEALTHY, HEALTHY], None),
        (HEALTHY, [HEALTHY, DOWN], "scn-2 is not healthy (no node listens)"),
        (HEALTHY, [IMPAIRED, HEALTHY], "scn-1 is not healthy (its newest block is old)"),
        (IMPAIRED, [IMPAIRED, IMPAIRED], None),
        (IMPAIRED, [IMPAIRED, DOWN], "scn-2 is not healthy (no node listens)"),
        (DOWN, [DOWN, IMPAIRED], None),
    ],
)
def test_who_stands_in_the_way(own: Condition, others: list[Condition], words: str | None) -> None:
    assert blocking_node(own, {f"scn-{i + 1}": one for i, one in enumerate(others)}) == words


@pytest.mark.parametrize(
    ("seats", "alive", "refused"),
    [
        (1, 1, False),
        (2, 2, False),
        (3, 3, False),
        (3, 2, False),  # stands still already
        (4, 4, False),
        (4, 3, True),
        (4, 2, False),
        (5, 5, False),
        (5, 4, True),
        (7, 6, False),
        (7, 5, True),
    ],
)
def test_a_chain_that_continues_is_not_stopped_while_validators_are_missing(
    seats: int,
    alive: int,
    refused: bool,  # noqa: FBT001
) -> None:
    names = [f"0x{i}" for i in range(seats)]
    assert (missing_votes(names, [*names[:alive], "0xstranger"]) is not None) == refused


def test_the_missing_are_named() -> None:
    assert missing_votes("abcd", "abc") == (
        "without it 2 of 4 validators would run, and the chain needs 3: d is not connected"
    )
