"""Values of a wrong kind, each with its sentence; secrets are in none of them."""

import time
from typing import Any

import pytest

from components.topology.checks.configuration import BadSettings, read
from tests.unit.samples import SEED, problems, raw

SECRET = "c0ffee" * 10 + "dead"
MAPPING = "write a mapping of keys and values"
LIST = "write a list, one item per line, each after a dash"
TEXT = "write text in quotes"


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("bridge__threshold", True, "true is not a whole number"),
        ("bridge__threshold", "2", "'2' is not a whole number; write it without quotes"),
        ("bridge__threshold", 1.0, "1.0 is not a whole number"),
        ("bridge__threshold", None, "null is not a whole number"),
        ("parentChain__chainId", "3000", "'3000' is not a whole number; write it without quotes"),
        ("parentChain__chainId", "007", "'007' is not a whole number; write it without quotes"),
        ("parentChain__chainId", [1], "[1] is not a whole number"),
        ("anchoring__period", "2024-01-01", "'2024-01-01' is not a whole number"),
        ("anchoring__enabled", 1, "1 is neither true nor false"),
        ("anchoring__enabled", "true", "'true' is neither true nor false"),
        ("bridge__liquidity", "lots", "'lots' is not an amount of coins; write a number such as 1000 or 0.5"),
        ("bridge__liquidity", -1, "-1 is not an amount of coins; write a number such as 1000 or 0.5"),
        ("bridge__liquidity", True, "true is not an amount of coins; write a number such as 1000 or 0.5"),
        ("bridge__liquidity", "1e-19", "'1e-19' is not an amount of coins; write a number such as 1000 or 0.5"),
        ("bridge__liquidity", "1e60", "'1e60' is not an amount of coins; write a number such as 1000 or 0.5"),
        ("bridge__liquidity", "1e999999", "'1e999999' is not an amount of coins; write a number such as 1000 or 0.5"),
        ("bridge__liquidity", "NaN", "'NaN' is not an amount of coins; write a number such as 1000 or 0.5"),
        ("bridge__artifact", 7, TEXT),
        ("packages__ken", ["a"], '["a"] is not an archive; write the path of a file, or a url with its sha256'),
        ("bridge", None, MAPPING),
        ("bridge", [], MAPPING),
        ("parentChain", "kairos", MAPPING),
        ("parentChain__balances", [], MAPPING),
        ("pairs", None, LIST),
        ("pairs", {"alpha": {"scn": "scn-1"}}, LIST),
        ("pairs", 2, LIST),
        ("pairs", "", LIST),
        ("serviceChain__nodes", "4", "'4' is neither a list of names nor a number of SCNs"),
        ("serviceChain__nodes", True, "true is neither a list of names nor a number of SCNs"),
        ("serviceChain__nodes", {"a": 1}, '{"a": 1} is neither a list of names nor a number of SCNs'),
        ("local__subnet", ["x"], '["x"] is not a private /22 network; write for example 100.64.8.0/22'),
    ],
)
def test_a_wrong_type_is_told(path: str, value: object, sentence: str) -> None:
    assert problems(raw(**{path: value})) == [f"{path.replace('__', '.')}: {sentence}"]


@pytest.mark.parametrize("nodes", [0, -1, []])
def test_a_chain_without_scns_is_refused(nodes: object) -> None:
    assert problems(raw(serviceChain__nodes=nodes)) == [
        "serviceChain.nodes: there is no SCN; list 4 to survive the loss of one"
    ]


def test_a_number_of_scns_costs_nothing_before_it_is_refused() -> None:
    started = time.perf_counter()
    sentence = "serviceChain.nodes: 1000000000000000000000000000000 SCNs are too many; 100 or fewer fit"
    assert problems(raw(serviceChain__nodes=10**30)) == [sentence]
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
    (sentence,) = problems(raw(target="local", bridge__threshold="x" * 5000))
    assert sentence == f"bridge.threshold: '{'x' * 59}... is not a whole number"


@pytest.mark.parametrize(
    "config",
    [
        raw(bridge__parentOwnerKey=f"{SECRET}0"),
        raw(bridge__parentOwnerKey=[SECRET]),
        raw(bridge__parentOwnrKey=SECRET),
        raw(bridge__artifact={"key": SECRET}),
        raw(bridge=SECRET),
        raw(identitySeed=f"{SECRET}00"),
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
