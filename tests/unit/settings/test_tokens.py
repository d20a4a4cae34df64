"""Tokens in the configuration: what is taken, and the problem of what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    DEVELOPMENT_TOKEN,
    DUPLICATE,
    MISSING_KEY,
    UNKNOWN_KEY,
    UNNEEDED_KEY,
    WRONG_ADDRESS,
    WRONG_FORM,
)
from components.topology.checks.configuration import BadSettings, read
from tests.unit.samples import Raw, kairos_raw, problems, raw, tells

ONE = "0x" + "1a" * 20
TWO = "0x" + "2b" * 20
DEVELOPMENT = {"name": "play", "kind": "erc20", "development": True}


def token(name: str = "gold", **changes: object) -> Raw:
    return {"name": name, "kind": "erc20", "parent": ONE, "child": TWO, **changes}


def without(key: str) -> Raw:
    return {name: value for name, value in token().items() if name != key}


def test_tokens_are_read() -> None:
    found = read(raw(tokens=[token(), token("art", kind="erc721", parent=TWO, child=ONE), DEVELOPMENT])).tokens
    assert [(one.name, one.kind, one.parent, one.child, one.development) for one in found] == [
        ("gold", "erc20", ONE, TWO, False),
        ("art", "erc721", TWO, ONE, False),
        ("play", "erc20", None, None, True),
    ]
    assert read(raw()).tokens == []
    assert read(raw(tokens=[{**DEVELOPMENT, "minter": TWO}])).tokens[0].minter == TWO


def test_a_token_may_have_one_address_on_both_chains() -> None:
    assert read(raw(tokens=[token(child=ONE)])).tokens[0].child == ONE
    assert read(kairos_raw(tokens=[token()])).tokens[0].parent == ONE


@pytest.mark.parametrize(
    ("tokens", "path", "problem", "value"),
    [
        ([token(), token(parent=TWO, child=ONE)], "tokens", DUPLICATE, "'gold'"),
        ([token("coins")], "tokens[0].name", DUPLICATE, "'coins'"),
        (
            [token(), token("tin", child=ONE, parent="0x" + "1A" * 20)],
            "tokens",
            DUPLICATE,
            "parent chain",
        ),
        ([token(), token("tin", parent=TWO)], "tokens", DUPLICATE, "child chain"),
        ([token(minter=ONE)], "tokens[0].minter", UNNEEDED_KEY, ""),
        ([without("child")], "tokens[0].child", MISSING_KEY, ""),
        ([token(), without("parent") | {"name": "tin", "child": ONE}], "tokens[1].parent", MISSING_KEY, ""),
        ([token(development=True)], "tokens[0].development", DEVELOPMENT_TOKEN, "parent and child"),
        ([token(child="0x" + "00" * 20)], "tokens[0].child", WRONG_ADDRESS, f"0x{'00' * 20}"),
        ([token(parent="0x12")], "tokens[0].parent", WRONG_ADDRESS, "'0x12'"),
        ([token(kind="erc1155")], "tokens[0].kind", WRONG_FORM, "'erc20'"),
        ([token(knd="erc20")], "tokens[0].knd", UNKNOWN_KEY, "'kind'"),
        ([token(development="yes")], "tokens[0].development", WRONG_FORM, "'yes'"),
    ],
)
def test_a_broken_rule_is_told_in_one_sentence(tokens: list[Raw], path: str, problem: Problem, value: str) -> None:
    assert tells(problems(raw(tokens=tokens)), (path, problem, value))


def test_a_development_token_stays_on_private_chains() -> None:
    found = problems(kairos_raw(tokens=[DEVELOPMENT]))
    assert tells(found, ("tokens[0].development", DEVELOPMENT_TOKEN, "kairos"))


def test_problems_of_tokens_are_told_with_all_others() -> None:
    config = raw(tokens=[token(kind="x"), token("Gold"), {"name": "tin", "kind": "erc20"}], bridge__threshold=0)
    assert sorted(problem.split(": ")[0] for problem in problems(config)) == [
        "bridge.threshold",
        "tokens[0].kind",
        "tokens[1].name",
        "tokens[2].child",
        "tokens[2].parent",
    ]


values = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from([ONE, TWO, [], {}, "gold"])


@given(st.lists(values | st.dictionaries(st.sampled_from([*token(), "development"]), values, max_size=5), max_size=3))
def test_no_list_makes_a_traceback(tokens: list[object]) -> None:
    try:
        read(raw(tokens=tokens))
        told = []
    except BadSettings as error:
        told = error.problems
    assert all(problem.startswith("servicechain-ha:tokens") for problem in told)
