"""Settings of bridge contracts that exist already: the rules between them, and what is left alone by default."""

from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    EQUAL_ADDRESSES,
    IMPOSSIBLE_THRESHOLD,
    MISSING_KEY,
    OWNER_NODE,
    UNCLEAR_OWNER,
    UNKNOWN_NAME,
    UNNEEDED_KEY,
    WRONG_ADDRESS,
    WRONG_FORM,
)
from components.topology.checks.configuration import read
from tests.unit.samples import Raw, pairs, problems, raw, tells

PARENT, CHILD = "0x" + "ab" * 20, "0x" + "cd" * 20
KEYS = {"bridge__parentOwnerKey": "4a" * 32, "bridge__childOwnerKey": "4b" * 32}


def existing(**changes: Any) -> Raw:
    """Return a stack that takes contracts over."""
    good = raw(bridge={}, bridge__parentBridge=PARENT, bridge__childBridge=CHILD, **KEYS)
    for path, value in changes.items():
        section, _, key = path.partition("__")
        if not key:
            good[section] = value
        elif value is None:
            del good[section][key]
        else:
            good[section][key] = value
    return good


def test_an_existing_contract_is_left_alone_in_what_is_not_written() -> None:
    bridge = read(existing()).bridge
    assert (bridge.adopted, bridge.threshold_set, bridge.liquidity_set, bridge.removes_others) == (
        True,
        False,
        False,
        False,
    )
    assert (bridge.bridge_of("parent"), bridge.bridge_of("child")) == (PARENT, CHILD)
    told = read(existing(bridge__threshold=1, bridge__liquidity=5, bridge__otherOperators="remove")).bridge
    assert (told.threshold_set, told.liquidity_set, told.removes_others) == (True, True, True)


def test_a_contract_of_our_own_is_ours_in_everything() -> None:
    bridge = read(raw()).bridge
    assert (bridge.adopted, bridge.threshold_set, bridge.liquidity_set, bridge.removes_others) == (
        False,
        True,
        True,
        True,
    )
    assert not read(raw(bridge__otherOperators="keep")).bridge.removes_others


def test_one_key_may_own_both_and_an_scn_may_own_one() -> None:
    read(existing(bridge__childOwnerKey="4a" * 32))
    read(existing(bridge__childOwnerKey=None, bridge__childOwner={"env": "OWNER_KEY"}))
    bridge = read(existing(bridge__parentOwnerKey=None, bridge__parentOwnerNode="scn-1")).bridge
    assert (bridge.owner_node_of("parent"), bridge.owner_node_of("child")) == ("scn-1", None)


def test_more_votes_than_pairs_can_come_together_where_others_keep_theirs() -> None:
    read(existing(bridge__threshold=3))
    found = problems(existing(bridge__threshold=3, bridge__otherOperators="remove"))
    assert tells(found, ("bridge.threshold", IMPOSSIBLE_THRESHOLD, "3 votes"))


OWNED = {"bridge__parentOwnerKey": None, "bridge__parentOwnerNode": "scn-1"}
TOKEN = {"name": "gold", "kind": "erc20", "parent": "0x" + "12" * 20, "child": "0x" + "13" * 20}


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (existing(bridge__childBridge=None), "bridge.childBridge", MISSING_KEY, "bridge.parentBridge"),
        (existing(bridge__childBridge=PARENT.replace("ab", "AB")), "bridge.childBridge", EQUAL_ADDRESSES, ""),
        (existing(bridge__parentBridge="0x" + "00" * 20), "bridge.parentBridge", WRONG_ADDRESS, f"0x{'00' * 20}"),
        (existing(bridge__childOwnerKey=None), "bridge.childOwnerKey", UNCLEAR_OWNER, "bridge.childOwnerNode"),
        (existing(bridge__parentOwnerNode="scn-1"), "bridge.parentOwnerNode", UNCLEAR_OWNER, "bridge.parentOwnerKey"),
        (existing(**{**OWNED, "bridge__parentOwnerNode": "other"}), "bridge.parentOwnerNode", UNKNOWN_NAME, "'other'"),
        (raw(bridge__childOwnerNode="scn-1"), "bridge.childOwnerNode", UNNEEDED_KEY, ""),
        (
            existing(**OWNED, bridge__otherOperators="remove"),
            "bridge.otherOperators",
            OWNER_NODE,
            "parentOwnerKey",
        ),
        (existing(**OWNED, tokens=[TOKEN]), "tokens", OWNER_NODE, "parentOwnerKey"),
        (raw(bridge__otherOperators="drop"), "bridge.otherOperators", WRONG_FORM, "'keep'"),
    ],
)
def test_each_rule_has_a_problem(config: Raw, path: str, problem: Problem, value: str) -> None:
    assert tells(problems(config), (path, problem, value))


def test_the_keys_of_contracts_of_our_own_still_differ() -> None:
    config = raw(bridge__parentOwnerKey="4a" * 32, bridge__childOwnerKey="4a" * 32, pairs=pairs(2))
    assert [problem.partition(":")[0] for problem in problems(config)] == ["bridge.childOwnerKey"]
