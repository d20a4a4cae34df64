"""Fees: the formula, what it is held against, and the settings that it refuses."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.gas import ANCHOR, DECIDING_VOTE, LATE_VOTE, VOTE
from components.domain.problems.settings import (
    FEES,
    LIQUIDITY,
    OPERATOR_BALANCE,
    OUT_OF_RANGE,
    SHORT_LASTING,
    WRONG_FORM,
)
from components.domain.units import GKEI
from components.topology import fees
from components.topology.checks.configuration import read, warnings
from tests.program.stacks import example
from tests.unit.samples import DAY, EXISTING, Raw, aws_raw, kairos_raw, pairs, problems, raw, says, tells

COIN = 10**18


def kairos(count: int = 2, /, **changes: Any) -> Raw:
    """Return a stack below Kairos that leaves its anchoring to the defaults."""
    return kairos_raw(
        **{"pairs": pairs(count), "serviceChain": {"chainId": 3000, "nodes": 12}, "anchoring": {}} | changes
    )


@pytest.mark.parametrize(
    ("config", "price"),
    [
        (kairos(), 750),
        (kairos(fees={"gasPrice": 100}), 100),
        (raw(), 25),
        (raw(parentChain__unitPrice=0), 0),
        (aws_raw(parentChain=EXISTING), 750),
        (aws_raw(parentChain=EXISTING, fees={"gasPrice": 25}), 25),
    ],
)
def test_the_price_of_gas_is_known_or_given(config: Raw, price: int) -> None:
    assert fees.price_of(read(config)) == price * GKEI


def test_a_day_on_a_public_chain_by_hand() -> None:
    """2 pairs, threshold 1, an anchor an hour, 100 transfers: 24 anchors each; one vote counts, and one is too late."""
    told = fees.per_day(read(kairos()))
    assert told.anchoring == {"pair-1": 24 * ANCHOR * 750 * GKEI, "pair-2": 24 * ANCHOR * 750 * GKEI}
    assert told.handling == 100 * DECIDING_VOTE * 750 * GKEI
    assert told.late == 100 * LATE_VOTE * 750 * GKEI
    assert told.per_pair["pair-1"] == told.total // 2


def test_votes_go_by_pairs_and_threshold() -> None:
    told = fees.expected(read(kairos(3, bridge={"threshold": 2})), 0, 10)
    assert told.handling == 10 * (VOTE + DECIDING_VOTE) * 750 * GKEI
    assert told.late == 10 * LATE_VOTE * 750 * GKEI
    assert fees.expected(read(kairos(2, bridge={"threshold": 2})), 0, 10).late == 0


def test_pairs_anchor_each_as_they_are_set() -> None:
    listed = pairs(3)
    listed[1]["anchoring"] = {"enabled": False}
    listed[2]["anchoring"] = {"period": 1800}
    told = fees.per_day(read({**kairos(), "pairs": listed}))
    assert told.anchoring["pair-2"] == 0
    assert told.anchoring["pair-3"] == 2 * told.anchoring["pair-1"]
    assert "86400 blocks / period 1800 or 3600 x" in fees.formula(read({**kairos(), "pairs": listed}))


def test_what_is_shown_is_known_in_words() -> None:
    shown = fees.shown(read(kairos(3, bridge={"threshold": 2}, fees={"transfersPerDay": 7})))
    assert list(shown) == ["perDay", "perPair", "anchoring", "handling", "lateVotes", "formula"]
    assert shown["formula"] == (
        f"anchoring: 86400 blocks / period 3600 x {ANCHOR} gas x 3 of 3 pairs; transfers to the parent chain: 7 x "
        f"(1 votes x {VOTE} gas + the deciding vote of {DECIDING_VOTE} gas + 1 late votes x {LATE_VOTE} gas); "
        "all x 750 gkei. Transfers to the child chain cost nothing there"
    )
    assert shown["anchoring"] == fees.coins(3 * 24 * ANCHOR * 750 * GKEI)
    off = fees.shown(read(kairos(anchoring={"enabled": False})))
    assert (off["anchoring"], str(off["formula"])[:15]) == ("0.0000", "anchoring: off;")


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0.0000"), (1, "0.0001"), (COIN, "1.0000"), (123456 * COIN // 10**4, "12.3456")]
)
def test_coins_are_rounded_up(amount: int, text: str) -> None:
    assert fees.coins(amount) == text


@given(st.integers(1, 12), st.data(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_of_anything_never_costs_less(count: int, data: st.DataObject, blocks: int, transfers: int) -> None:
    threshold = data.draw(st.integers(1, count))
    settings = read(kairos(count, bridge={"threshold": threshold}))
    told = fees.expected(settings, blocks, transfers)
    more = fees.expected(settings, blocks + 3600, transfers + 1)
    assert more.total > told.total >= sum(told.per_pair.values())
    assert told.total - sum(told.per_pair.values()) < count


# -- what is warned of ----------------------------------------------------------------------------------------


def short_lasting(config: Raw) -> list[str]:
    return [one for one in warnings(read(config), DAY) if SHORT_LASTING.code in one]


def test_operators_that_run_dry_within_days_are_told_with_what_lasts() -> None:
    """Else status and alerts would report them from the first day, and no up could help."""
    (told,) = short_lasting(kairos())
    assert "bridge.operatorBalance is 20, and an operator is expected to pay 11.8680 " in told
    assert "after 1.7 days; write 143 or more" in told
    assert short_lasting(kairos(bridge={"operatorBalance": 71}))
    assert not short_lasting(kairos(bridge={"operatorBalance": 72}))
    assert not short_lasting(kairos(fees={"transfersPerDay": 10}))


def test_the_price_of_a_private_chain_of_others_is_asked_for() -> None:
    (told,) = short_lasting(aws_raw(parentChain=EXISTING))
    assert "fees.gasPrice" in told
    assert not short_lasting(aws_raw(parentChain=EXISTING, fees={"gasPrice": 25}))


def test_no_operator_runs_dry_where_nothing_is_paid() -> None:
    assert not short_lasting(raw())
    assert not short_lasting(raw(parentChain__unitPrice=0, bridge={"operatorBalance": 0}))


@pytest.mark.parametrize("name", ["dev", "existing", "kairos", "mainnet"])
def test_the_operators_of_an_example_last(name: str) -> None:
    assert not short_lasting(example(name))


# -- what is refused -----------------------------------------------------------------------------------------


def test_a_setting_that_spends_more_than_the_user_allows_is_refused() -> None:
    (problem,) = problems(kairos(anchoring={"period": 60}, fees={"transfersPerDay": 0, "limitPerDay": 10}))
    spent = fees.coins(2 * 1440 * ANCHOR * 750 * GKEI)
    assert says(problem, "fees.limitPerDay", FEES, f" {spent} on anchoring ")
    assert " anchoring.period of 540 " in problem
    assert read(kairos(anchoring={"period": 540}, fees={"transfersPerDay": 0, "limitPerDay": 10}))


def test_votes_above_the_limit_are_refused_with_other_advice() -> None:
    found = problems(kairos(fees={"transfersPerDay": 10_000, "limitPerDay": 1}))
    assert tells(found, ("fees.limitPerDay", FEES, "votes "))
    assert "anchoring.period" not in found[0], "no period would be long enough"


def test_a_limit_that_is_kept_and_a_chain_that_is_free_are_no_problem() -> None:
    assert read(kairos(fees={"limitPerDay": 100}))
    assert read(raw(parentChain__unitPrice=0, fees={"limitPerDay": 0}))


def test_an_operator_that_could_not_send_is_refused() -> None:
    (problem,) = problems(kairos(bridge={"operatorGasLimit": 10_000_000, "operatorBalance": 14}))
    for value in (" 7.5000 coins", "write 15.0000 ", "bridge.operatorGasLimit of 9333333 "):
        assert says(problem, "bridge.operatorBalance", OPERATOR_BALANCE, value)
    assert read(kairos(bridge={"operatorGasLimit": 10_000_000, "operatorBalance": 15}))


@pytest.mark.parametrize("config", [raw, partial(aws_raw, parentChain=EXISTING)])
def test_the_pool_of_a_private_chain_asks_for_the_same(config: Callable[..., Any]) -> None:
    (problem,) = problems(config(bridge={"operatorBalance": 1}))
    for value in ("10000000 gas at 750 gkei", "write 15.0000 ", "bridge.operatorGasLimit of 666666 "):
        assert says(problem, "bridge.operatorBalance", OPERATOR_BALANCE, value)
    assert read(config(bridge={"operatorBalance": 1, "operatorGasLimit": 666_666}))


def test_no_advice_leads_below_what_a_vote_takes() -> None:
    (problem,) = problems(kairos(bridge={"operatorGasLimit": 500_000, "operatorBalance": "0.7"}))
    assert problem.endswith(f"write 0.7500 or more [{OPERATOR_BALANCE.code}]")
    for limit in (0, 1, 246_000, 499_999, 100_000_001):
        found = problems(kairos(bridge={"operatorGasLimit": limit}))
        assert tells(found, ("bridge.operatorGasLimit", OUT_OF_RANGE, "uses 246000"))


def test_where_gas_is_free_an_operator_needs_nothing() -> None:
    assert read(raw(parentChain__unitPrice=0, bridge={"operatorBalance": 0}))
    free = {"parentChain": EXISTING, "bridge": {"operatorBalance": 0}}
    assert read(aws_raw(**free, fees={"gasPrice": 0}))
    assert tells(problems(aws_raw(**free)), ("bridge.operatorBalance", OPERATOR_BALANCE, "fees.gasPrice: 0"))


@pytest.mark.parametrize(
    ("liquidity", "named"),
    [
        ("0.000000000000000001", "1 peb "),
        (99_999_900, " parent chain, .* 100000000\\.0000 coins"),
        (200_000_000, " 100000000\\.0000 coins"),
        (60_000_000, "39999800\\.0000 .* write 49999900\\.0000 "),
    ],
)
def test_liquidity_that_nobody_holds_is_refused(liquidity: object, named: str) -> None:
    (problem,) = problems(raw(bridge={"liquidity": liquidity}))
    assert re.search(rf"^bridge\.liquidity: .*{named}.* \[{LIQUIDITY.code}\]$", problem)


def test_liquidity_is_counted_where_the_owner_is_ours() -> None:
    assert read(raw(bridge={"liquidity": 49_999_900}))
    found = problems(kairos(bridge={"liquidity": 60_000_000}))
    assert tells(found, ("bridge.liquidity", LIQUIDITY, "the owner on the child chain"))


def test_fees_are_judged_only_where_all_else_is_right() -> None:
    told = problems(kairos(bridge={"threshold": 5}, fees={"limitPerDay": 0}))
    assert [one.partition(":")[0] for one in told] == ["bridge.threshold"]


# -- defaults ------------------------------------------------------------------------------------------------


def test_defaults_fit_real_prices_below_a_public_chain_alone() -> None:
    public, private = read(kairos()), read(raw(anchoring={}))
    assert [
        (one.anchoring.period, one.recovery.interval, one.bridge.operator_gas_limit, one.bridge.operator_balance)
        for one in (public, private, read(aws_raw(parentChain=EXISTING, anchoring={})))
    ] == [(3600, 60, 1_000_000, 20 * COIN), (10, 5, 10_000_000, 100 * COIN), (10, 5, 10_000_000, 100 * COIN)]


def test_explicit_settings_win() -> None:
    given = {
        "anchoring": {"enabled": True, "period": 60},
        "recovery": {"interval": 7},
        "bridge": {"operatorBalance": 50, "operatorGasLimit": 2_000_000},
    }
    settings = read(kairos(**given))
    assert (settings.anchoring.period, settings.recovery.interval) == (60, 7)
    assert (settings.bridge.operator_gas_limit, settings.bridge.operator_balance) == (2_000_000, 50 * COIN)
    listed = pairs(2)
    listed[0]["anchoring"] = {"enabled": False}
    settings = read({**kairos(), "pairs": listed})
    assert settings.anchoring_of(settings.pairs[0]).period == 3600


@pytest.mark.parametrize("section", ["anchoring", "recovery", "bridge", "fees"])
@pytest.mark.parametrize("value", [None, 7, "x", []])
def test_a_section_that_is_none_is_told(section: str, value: object) -> None:
    assert tells(problems(kairos(**{section: value})), (section, WRONG_FORM, "mapping"))
