"""In which zone each machine is: spread from the start, together with its pair, and never moved."""

from collections import Counter
from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.domain.problems.settings import LOST_ZONE
from components.topology.checks.configuration import read
from components.topology.machine import Machine, Size
from components.topology.machines import machines
from components.topology.placement import zones
from tests.unit.samples import aws_raw, pairs

SOME = Size("m6i.large", 100, 3000, 125)
ZONES = list("abcdefgh")

Fleet = list[tuple[str, bool]]
"""SCNs by name, each with or without a pair of its own."""


def fleet(scns: Fleet) -> list[Machine]:
    return [
        Machine("parent", "validator", "parent", SOME, ()),
        *(Machine(name, "scn", f"pair-of-{name}" if paired else name, SOME, ()) for name, paired in scns),
        *(Machine(f"{name}-en", "en", f"pair-of-{name}", SOME, ()) for name, paired in scns if paired),
    ]


def fresh(paired: int, count: int) -> Fleet:
    return [(f"scn-{i}", i < paired) for i in range(count)]


def spread(placed: Mapping[str, str], scns: Fleet, known: list[str]) -> int:
    """Return by how many SCNs, or by how many pairs, the fullest zone differs from the emptiest one."""
    alone = Counter(placed[name] for name, _ in scns)
    together = Counter(placed[name] for name, paired in scns if paired)
    return max(max(found[zone] for zone in known) - min(found[zone] for zone in known) for found in (alone, together))


@pytest.mark.parametrize("count", range(1, 7))
def test_from_an_empty_start_scns_and_pairs_are_spread_as_far_as_can_be(count: int) -> None:
    known = ZONES[:count]
    for paired, lone in product(range(13), range(13)):
        scns = fresh(paired, paired + lone)
        assert spread(zones(fleet(scns), known, {}), scns, known) <= 1


@pytest.mark.parametrize(
    ("scns", "expected"),
    [
        (fresh(2, 4), {"scn-0": "a", "scn-1": "b", "scn-2": "c", "scn-3": "a"}),
        (fresh(1, 1), {"scn-0": "a"}),
        (fresh(4, 4), {"scn-0": "a", "scn-1": "b", "scn-2": "c", "scn-3": "a"}),
        ([("lone", False), ("one", True), ("two", True)], {"lone": "c", "one": "a", "two": "b"}),
    ],
)
def test_zones_of_small_fleets(scns: Fleet, expected: dict[str, str]) -> None:
    placed = zones(fleet(scns), ZONES[:3], {})
    ens = {f"{name}-en": expected[name] for name, paired in scns if paired}
    assert placed == {"parent": "a", **expected, **ens}


# What is appended to serviceChain.nodes and pairs: one or more SCNs at once, each with a pair of its own or without.
growth = st.lists(st.lists(st.booleans(), min_size=1, max_size=4), min_size=1, max_size=8)


@given(growth, st.integers(1, 5))
@example([[False], [True, False], [True]], 2)
def test_scns_and_pairs_stay_spread_when_new_ones_are_appended(steps: list[list[bool]], count: int) -> None:
    known, scns, placed = ZONES[:count], Fleet(), dict[str, str]()
    for step in steps:
        scns += [(f"scn-{len(scns) + i}", paired) for i, paired in enumerate(step)]
        placed = zones(fleet(scns), known, placed)
        assert spread(placed, scns, known) <= 1


changes = st.lists(
    st.tuples(st.sampled_from(["add", "add pair", "pair", "unpair", "remove", "swap"]), st.integers(0, 99)), max_size=30
)


@given(changes, st.integers(1, 4), st.integers(1, 5))
def test_no_change_of_the_list_moves_anybody(steps: list[tuple[str, int]], count: int, batch: int) -> None:
    known, scns, placed = ZONES[:count], fresh(2, 4), dict[str, str]()
    for number, (change, at) in enumerate(steps):
        place = at % (len(scns) + 1)
        if change.startswith("add"):
            scns.insert(place, (f"new-{number}", change == "add pair"))
        elif place < len(scns):
            name, paired = scns.pop(place)
            kept = {"pair": [(name, True)], "unpair": [(name, False)], "swap": [(name, paired)], "remove": []}[change]
            scns[len(scns) - place : len(scns) - place] = kept
        if number % batch:
            continue
        before, placed = placed, zones(fleet(scns), known, placed)
        assert placed.keys() == {machine.name for machine in fleet(scns)}
        assert placed == zones(fleet(scns), known, before)
        assert all(placed[name] == zone for name, zone in before.items() if name in placed)
        assert all(placed[f"{name}-en"] == placed[name] for name, paired in scns if paired)
        assert set(placed.values()) <= set(known)


@pytest.mark.parametrize("zone", ["a", "b", "c"])
def test_who_joins_a_unit_follows_it(zone: str) -> None:
    scns = fresh(2, 4)
    assert zones(fleet(scns), ZONES[:3], {"scn-1": zone})["scn-1-en"] == zone
    assert zones(fleet(scns), ZONES[:3], {"scn-1-en": zone})["scn-1"] == zone


def test_a_pair_that_takes_another_scn_moves_neither() -> None:
    held = zones(machines(read(aws_raw())), ["a", "b", "c"], {})
    assert (held["pair-1-en"], held["scn-1"], held["scn-3"]) == ("a", "a", "c")
    taken = [{"name": "pair-1", "scn": "scn-3"}, *pairs(2)[1:]]
    assert zones(machines(read(aws_raw(pairs=taken))), ["a", "b", "c"], held) == held


def test_a_zone_that_is_added_takes_what_comes_next_and_nobody_else() -> None:
    scns = fresh(2, 4)
    held = zones(fleet(scns), ["b", "c"], {})
    grown = zones(fleet([*scns, ("new", True)]), ["a", "b", "c"], held)
    assert {**held, "new": "a", "new-en": "a"} == grown


def test_a_machine_that_is_gone_is_forgotten() -> None:
    assert "scn-1" not in zones(fleet(fresh(1, 1)), ZONES[:2], {"scn-1": "b"})


def test_the_zone_of_a_machine_that_is_gone_may_be_gone_too() -> None:
    assert zones(fleet(fresh(1, 1)), ["a"], {"scn-1": "b"})["scn-0"] == "a"


def test_a_held_zone_that_is_not_known_any_more_is_told() -> None:
    with pytest.raises(ValueError, match=rf"^scn-1 is in b, .* zones a, c; .* \[{LOST_ZONE.code}\]$"):
        zones(fleet(fresh(2, 4)), ["a", "c"], {"scn-0": "a", "scn-1": "b"})
