"""What is offered for gas, and how a node's refusals are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.tx import gas_price
from components.chain.tx.gas_price import bumped, gkei
from components.chain.tx.pool_rejections import Refusal, sort
from components.domain.units import GKEI

PRICES = st.integers(0, 10**15)


@pytest.mark.parametrize(
    ("offered", "suggestion", "most", "price"),
    [
        (50, 0, 1000, 55),
        (51, 0, 1000, 57),  # rounded up
        (50, 70, 1000, 70),
        (50, 70, 60, 60),
        (50, 70, 55, 55),
        (50, 70, 54, None),
        (0, 0, GKEI, 1),  # where gas is free
        (9, 0, 10, 10),
        (10, 0, 10, None),
    ],
)
def test_a_bump(offered: int, suggestion: int, most: int, price: int | None) -> None:
    assert bumped(offered, suggestion, most) == price


@given(PRICES, PRICES, PRICES)
def test_a_bump_is_ten_percent_or_more_and_within_the_limit(offered: int, suggestion: int, most: int) -> None:
    price = bumped(offered, suggestion, most)
    if price is None:
        assert most * 100 < offered * 110 or most == offered
    else:
        assert offered < price <= most
        assert price * 100 >= offered * 110
        assert price >= min(suggestion, most)


def test_the_limit_is_what_is_configured_or_twice_the_suggestion() -> None:
    assert gas_price.limit(7, 100) == 7
    assert gas_price.limit(None, 50 * GKEI) == 100 * GKEI
    assert gas_price.limit(None, 0) == GKEI
    assert gas_price.first(50, 100) == 50
    assert gas_price.first(50, 30) == 30


def test_a_price_in_words() -> None:
    assert [gkei(price) for price in (0, 1, 25 * GKEI, 27_500_000_000)] == [
        "0 gkei",
        "0.000000001 gkei",
        "25 gkei",
        "27.5 gkei",
    ]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("known transaction: ab12", Refusal.KNOWN),
        ("nonce too low", Refusal.USED),
        ("there is another tx which has the same nonce in the tx pool", Refusal.TAKEN),
        ("invalid gas price. It must be set to value greater than or equal to baseFee", Refusal.CHEAP),
        ("invalid unit price", Refusal.CHEAP),
        ("insufficient funds for gas * price + value", Refusal.FINAL),
        ("txpool is full: 4096", Refusal.FINAL),
    ],
)
def test_a_refusal_is_sorted(words: str, refusal: Refusal) -> None:
    assert sort(words) is refusal
