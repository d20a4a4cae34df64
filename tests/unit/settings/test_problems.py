"""Each rule of the configuration, with the problem of what breaks it."""

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    DUPLICATE,
    EQUAL_ADDRESSES,
    IMPOSSIBLE_THRESHOLD,
    LIQUIDITY,
    MISSING_KEY,
    OUT_OF_RANGE,
    TAKEN_CHAIN_ID,
    UNKNOWN_KEY,
    UNKNOWN_NAME,
    WRONG_ADDRESS,
    WRONG_COUNT,
    WRONG_FORM,
    WRONG_KEY,
)
from components.topology.checks.configuration import BadSettings, read
from tests.unit.samples import Raw, pairs, problems, raw, says, tells

CURVE_ORDER = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"  # SEC 2, secp256k1


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (raw(pairs=[]), "pairs", WRONG_COUNT, ""),
        (raw(pairs=pairs(13), serviceChain__nodes=13), "pairs", WRONG_COUNT, "13 pairs"),
        (raw(pairs=pairs(3), serviceChain__nodes=2), "pairs", WRONG_COUNT, "3 pairs"),
        (raw(bridge__liquidity=0), "bridge.liquidity", LIQUIDITY, ""),
        (
            raw(serviceChain__balances={"0x" + "ab" * 20: 1, "0x" + "AB" * 20: 2}),
            "serviceChain.balances",
            DUPLICATE,
            "",
        ),
        (
            raw(bridge__parentOwnerKey="4a" * 32, bridge__childOwnerKey="4a" * 32),
            "bridge.childOwnerKey",
            EQUAL_ADDRESSES,
            "",
        ),
        (raw(bridge__threshold=0), "bridge.threshold", IMPOSSIBLE_THRESHOLD, "0"),
        (raw(bridge__threshold=-1), "bridge.threshold", IMPOSSIBLE_THRESHOLD, "-1"),
        (raw(bridge__threshold=4, pairs=pairs(3)), "bridge.threshold", IMPOSSIBLE_THRESHOLD, "4 votes"),
        (raw(bridge__threshold=2, pairs=pairs(1)), "bridge.threshold", IMPOSSIBLE_THRESHOLD, "2 votes"),
        (raw(bridge__threshold=13), "bridge.threshold", IMPOSSIBLE_THRESHOLD, "13"),
        (raw(pairs=[{"name": "twin", "scn": "scn-1"}, {"name": "twin", "scn": "scn-2"}]), "pairs", DUPLICATE, "'twin'"),
        (raw(serviceChain__nodes=["scn-1", "scn-2", "scn-2", "scn-2"]), "serviceChain.nodes", DUPLICATE, "'scn-2'"),
        (raw(pairs=[{"name": "one", "scn": "scn-1"}, {"name": "two", "scn": "scn-1"}]), "pairs", DUPLICATE, "'scn-1'"),
        (raw(pairs=[{"name": "one", "scn": "snc-4"}]), "pairs[0].scn", UNKNOWN_NAME, "'snc-4'"),
        (
            raw(pairs=[{"name": "one", "scn": "x"}], serviceChain__nodes=["berlin", "seoul"]),
            "pairs[0].scn",
            UNKNOWN_NAME,
            "'x'",
        ),
        (raw(serviceChain__nodes=["scn-1", "scn-2", "pair-1-en"]), "serviceChain.nodes", DUPLICATE, "'pair-1-en'"),
        (raw(serviceChain__nodes=["scn-1", "scn-2", "parent"]), "serviceChain.nodes", DUPLICATE, "'parent'"),
        (raw(serviceChain__nodes=101), "serviceChain.nodes", WRONG_COUNT, "101 SCNs"),
        (raw(serviceChain__chainId=2020), "serviceChain.chainId", TAKEN_CHAIN_ID, "2020"),
        (raw(anchoring__period=0), "anchoring.period", OUT_OF_RANGE, "0"),
        (raw(recovery__interval=0), "recovery.interval", OUT_OF_RANGE, "0"),
        (raw(recovery__interval=9_223_372_037), "recovery.interval", OUT_OF_RANGE, "9223372037"),
        (raw(parentChain__unitPrice=18_446_744_074), "parentChain.unitPrice", OUT_OF_RANGE, "18446744074"),
        (raw(parentChain__chainId=-5), "parentChain.chainId", OUT_OF_RANGE, "-5"),
        (raw(parentChain__unitPrice=-1), "parentChain.unitPrice", OUT_OF_RANGE, "-1"),
        (raw(serviceChain__chainId=2**53), "serviceChain.chainId", OUT_OF_RANGE, "9007199254740992"),
        (raw(bridge__parentOwnerKey="4a" * 31), "bridge.parentOwnerKey", WRONG_KEY, ""),
        (raw(bridge__parentOwnerKey="4a" * 32 + "\n7"), "bridge.parentOwnerKey", WRONG_KEY, ""),
        (raw(bridge__childOwnerKey="00" * 32), "bridge.childOwnerKey", WRONG_KEY, "secp256k1"),
        (raw(bridge__childOwnerKey=CURVE_ORDER), "bridge.childOwnerKey", WRONG_KEY, "secp256k1"),
        (raw(identitySeed="4a" * 31), "identitySeed", WRONG_KEY, ""),
        (raw(local__subnet="100.64.8.0/24"), "local.subnet", WRONG_FORM, "'100.64.8.0/24'"),
        (raw(local__subnet="100.64.9.0/22"), "local.subnet", WRONG_FORM, "'100.64.9.0/22'"),
        (raw(local__subnet="8.8.8.0/22"), "local.subnet", WRONG_FORM, "'8.8.8.0/22'"),
        (raw(target="moon"), "target", WRONG_FORM, "'local', 'aws' or 'existing'"),
        (raw(parentChain__network="cypress"), "parentChain.network", WRONG_FORM, "'private', 'kairos' or 'mainnet'"),
    ],
)
def test_a_broken_rule_is_told_in_one_sentence(config: Raw, path: str, problem: Problem, value: str) -> None:
    assert any(says(message, path, problem, value) for message in problems(config))


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (raw(bridge__treshold=1), "bridge.treshold", UNKNOWN_KEY, "'threshold'"),
        (raw(pears=[]), "pears", UNKNOWN_KEY, "'pairs'"),
        (raw(service_chain={}), "service_chain", UNKNOWN_KEY, "'serviceChain'"),
        (raw(parentChain__chain_id=1), "parentChain.chain_id", UNKNOWN_KEY, "'chainId'"),
        (raw(quux=1), "quux", UNKNOWN_KEY, "target, protection, identitySeed"),
        (raw(packages__zzz=""), "packages.zzz", UNKNOWN_KEY, "ken, kscn"),
        (
            raw(pairs=[{"name": "one", "scn": "scn-1", "anchoring": {"perod": 3}}]),
            "pairs[0].anchoring.perod",
            UNKNOWN_KEY,
            "'period'",
        ),
        (raw(pairs=[{"name": "one", "scn": "scn-1", "sc": "x"}]), "pairs[0].sc", UNKNOWN_KEY, "'scn'"),
        (raw(parentChain={}), "parentChain.chainId", MISSING_KEY, ""),
        (raw(pairs=[{"name": "one"}]), "pairs[0].scn", MISSING_KEY, ""),
    ],
)
def test_an_unknown_or_missing_key_is_told_with_the_nearest_one(
    config: Raw, path: str, problem: Problem, value: str
) -> None:
    assert tells(problems(config), (path, problem, value))


@pytest.mark.parametrize("name", ["", "Alpha", "1a", "a-", "-a", "a_b", "a" * 21, "a b", "ä", "alpha\n", "a/b", "../a"])
def test_a_malformed_name_is_refused(name: str) -> None:
    assert tells(problems(raw(pairs=[{"name": name, "scn": "scn-1"}])), ("pairs[0].name", WRONG_FORM, repr(name)))
    found = problems(raw(serviceChain__nodes=["scn-1", "scn-2", name, "d"]))
    assert any(says(message, "serviceChain.nodes[2]", WRONG_FORM, repr(name)) for message in found)


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("0x12", "40 hex digits"),
        ("11" * 20, "40 hex digits"),
        (f"0x{'11' * 20}\n", "40 hex digits"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "checksum"),  # EIP-55's first vector, its last letter changed
    ],
)
def test_a_malformed_address_is_refused(address: str, value: str) -> None:
    shown = address.replace("\n", "\\n")
    (message,) = problems(raw(parentChain__balances={address: 1}))
    assert says(message, f"parentChain.balances.{shown}", WRONG_ADDRESS, value)
    assert message.count(shown) == 2, "it is in the path, and in the words"


def test_all_problems_are_told_at_once() -> None:
    config = raw(pairs=pairs(2), bridge={"threshold": 5, "treshold": 1, "parentOwnerKey": "12"})
    config |= {"parentChain": {"chainId": 3000}, "anchoring": {"period": 0}, "identitySeed": "no"}
    paths = sorted(problem.split(": ")[0] for problem in problems(config))
    assert paths == [
        "anchoring.period",
        "bridge.parentOwnerKey",
        "bridge.threshold",
        "bridge.treshold",
        "identitySeed",
        "serviceChain.chainId",
    ]


def test_the_error_counts_and_lists_them() -> None:
    with pytest.raises(BadSettings) as caught:
        read(raw(anchoring__period=0))
    heading, line = str(caught.value).splitlines()
    assert heading.startswith("1 problem in ")
    assert says(line, "  - servicechain-ha:anchoring.period", OUT_OF_RANGE, "0")


def test_a_limit_below_the_price_of_gas_is_refused() -> None:
    (message,) = problems(raw(bridge__maxGasPrice=24))
    assert says(message, "bridge.maxGasPrice", OUT_OF_RANGE, "24 gkei")
    assert says(message, "bridge.maxGasPrice", OUT_OF_RANGE, "write 50 ")
    assert tells(problems(raw(bridge__maxGasPrice=0)), ("bridge.maxGasPrice", OUT_OF_RANGE, "0 is too small"))
    assert read(raw(bridge__maxGasPrice=25)).bridge.max_gas_price == 25


def test_a_key_with_a_line_break_is_shown_in_one_line() -> None:
    (message,) = problems(raw(parentChain={"chainId": 2020, "\n": None}))
    assert says(message, "parentChain.\\n", UNKNOWN_KEY, "chainId")
    assert message.isprintable()
