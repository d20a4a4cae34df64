"""Values of a wrong kind, each with its problem; secrets are in none of them."""

import time
from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import ARCHIVE, WRONG_COUNT, WRONG_FORM
from components.topology.checks.configuration import BadSettings, read
from tests.unit.samples import SEED, problems, raw, tells

SECRET = "c0ffee" * 10 + "dead"


@pytest.mark.parametrize(
    ("path", "value", "problem", "words"),
    [
        ("bridge__threshold", True, WRONG_FORM, "true "),
        ("bridge__threshold", "2", WRONG_FORM, "without quotes"),
        ("bridge__threshold", 1.0, WRONG_FORM, "1.0 "),
        ("bridge__threshold", None, WRONG_FORM, "null "),
        ("parentChain__chainId", "3000", WRONG_FORM, "without quotes"),
        ("parentChain__chainId", "007", WRONG_FORM, "without quotes"),
        ("parentChain__chainId", [1], WRONG_FORM, "[1] "),
        ("anchoring__period", "2024-01-01", WRONG_FORM, "'2024-01-01' "),
        ("anchoring__enabled", 1, WRONG_FORM, "1 "),
        ("anchoring__enabled", "true", WRONG_FORM, "'true' "),
        ("bridge__liquidity", "lots", WRONG_FORM, "'lots' "),
        ("bridge__liquidity", -1, WRONG_FORM, "-1 "),
        ("bridge__liquidity", True, WRONG_FORM, "true "),
        ("bridge__liquidity", "1e-19", WRONG_FORM, "'1e-19' "),
        ("bridge__liquidity", "1e60", WRONG_FORM, "'1e60' "),
        ("bridge__liquidity", "1e999999", WRONG_FORM, "'1e999999' "),
        ("bridge__liquidity", "NaN", WRONG_FORM, "'NaN' "),
        ("bridge__artifact", 7, WRONG_FORM, "text in quotes"),
        ("packages__ken", ["a"], ARCHIVE, '["a"]'),
        ("bridge", None, WRONG_FORM, "mapping"),
        ("bridge", [], WRONG_FORM, "mapping"),
        ("parentChain", 1001, WRONG_FORM, "mapping"),
        ("parentChain__balances", [], WRONG_FORM, "mapping"),
        ("pairs", None, WRONG_FORM, "list"),
        ("pairs", {"alpha": {"scn": "scn-1"}}, WRONG_FORM, "list"),
        ("pairs", 2, WRONG_FORM, "list"),
        ("pairs", "", WRONG_FORM, "list"),
        ("serviceChain__nodes", "4", WRONG_FORM, "'4' "),
        ("serviceChain__nodes", True, WRONG_FORM, "true "),
        ("serviceChain__nodes", {"a": 1}, WRONG_FORM, '{"a": 1}'),
        ("local__subnet", ["x"], WRONG_FORM, '["x"]'),
    ],
)
def test_a_wrong_type_is_told(path: str, value: object, problem: Problem, words: str) -> None:
    assert tells(problems(raw(**{path: value})), (path.replace("__", "."), problem, words))


@pytest.mark.parametrize("nodes", [0, -1, []])
def test_a_chain_without_scns_is_refused(nodes: object) -> None:
    assert tells(problems(raw(serviceChain__nodes=nodes)), ("serviceChain.nodes", WRONG_COUNT, "no SCN"))


def test_a_number_of_scns_costs_nothing_before_it_is_refused() -> None:
    started = time.perf_counter()
    assert tells(problems(raw(serviceChain__nodes=10**30)), ("serviceChain.nodes", WRONG_COUNT, f"{10**30} SCNs"))
    assert time.perf_counter() - started < 1


def test_items_that_are_no_names_do_not_hide_other_problems() -> None:
    found = problems(raw(serviceChain__nodes=[["scn-1"], {}, None, "scn-2", "scn-2"]))
    assert [problem.split(": ")[0] for problem in found] == [
        "serviceChain.nodes[0]",
        "serviceChain.nodes[1]",
        "serviceChain.nodes[2]",
        "serviceChain.nodes",
        "pairs[0].scn",
    ]


def test_a_value_in_a_sentence_is_cut() -> None:
    found = problems(raw(target="local", bridge__threshold="x" * 5000))
    assert tells(found, ("bridge.threshold", WRONG_FORM, f"'{'x' * 59}... "))


@pytest.mark.parametrize(
    "config",
    [
        raw(bridge__parentOwnerKey=f"{SECRET}0"),
        raw(bridge__parentOwnerKey=[SECRET]),
        raw(bridge__parentOwnrKey=SECRET),
        raw(bridge__artifact={"key": SECRET}),
        raw(bridge=SECRET),
        raw(identitySeed=f"{SECRET}00"),
        raw(identitySeed="four words and c0ffee"),
        raw(identitySeed={"seed": SECRET}),
        raw(parentChain__balances={f"0x{SECRET}": 1}),
        raw(bridge__threshold=f"0x{SECRET}"),
        raw(serviceChain__nodes=["a" * 59, SECRET]),
        raw(local__subnet=["x" * 25, SECRET]),
        raw() | {SECRET: 1},
    ],
)
def test_a_secret_is_in_no_sentence_wherever_it_was_put(config: dict[str, Any]) -> None:
    with pytest.raises(BadSettings) as caught:
        read(config)
    assert "c0ffee" not in f"{caught.value} {caught.value.problems} {caught.value!r}"


def test_a_read_configuration_does_not_print_its_secrets() -> None:
    settings = read(raw(bridge__parentOwnerKey=SECRET))
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()}"
    assert SEED not in f"{settings!r} {settings}"
