"""The table of forks against its sources, and what is decided with it, before and after each day."""

from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.forks import (
    FORKS,
    NOTICE_DAYS,
    OWN,
    Fork,
    Stage,
    differing,
    expected,
    in_config,
    known,
    missing,
    newest_known,
    of_own_chain,
    out_of_order,
    stage,
)
from components.domain.networks import CHAIN_IDS, PublicNetwork
from components.domain.versions import order

SOURCES = {
    ("kairos", "Prague"): (187_930_000, "2025-06-10", "v2.0.0"),  # kaiachain/kaia pull request 387
    ("kairos", "Osaka"): (209_134_000, "2026-02-11", "v2.2.0"),  # pull request 725
    ("kairos", "Permissionless"): (233_366_400, "2026-11-18", "v3.0.0"),  # release notes of v3.0.0
    ("mainnet", "Prague"): (190_670_000, "2025-07-17", "v2.0.2"),  # pull request 396
    ("mainnet", "Osaka"): (213_333_000, "2026-04-07", "v2.2.2"),  # pull request 780, which overrides 730
}
DAY = date(2026, 11, 29)


def fork(block: int, day: str | None = None, name: str = "Kyoto", network: PublicNetwork = "mainnet") -> Fork:
    return Fork(network, name, block, date.fromisoformat(day) if day else None, "v3.1.0", "a test")


def names(forks: list[Fork]) -> list[str]:
    return [one.name for one in forks]


# -- the table ---------------------------------------------------------------------------------------------


def test_each_fork_is_as_its_source_says() -> None:
    assert {(one.network, one.name): (one.block, str(one.expected), one.since) for one in FORKS} == SOURCES
    assert len(FORKS) == len(SOURCES)


@pytest.mark.parametrize("one", FORKS, ids=lambda one: f"{one.network} {one.name}")
def test_each_fork_has_a_source_that_is_older_than_the_table(one: Fork) -> None:
    assert one.source
    assert one.stated is not None
    assert one.stated <= DAY
    assert order(one.since)


def test_the_block_that_v2_2_1_has_for_osaka_is_told_and_is_not_the_networks() -> None:
    (osaka,) = (one for one in known("mainnet") if one.name == "Osaka")
    assert "211,090,000" in osaka.note
    assert "v2.2.1" in osaka.note


@pytest.mark.parametrize("network", CHAIN_IDS)
def test_later_forks_have_later_days_and_newer_versions(network: str) -> None:
    forks = known(network)
    assert len(forks) >= 2
    dated = [one.expected for one in forks if one.expected]
    versions = [found for one in forks if (found := order(one.since))]
    assert len(dated) == len(versions) == len(forks)
    assert [one.block for one in forks] == sorted({one.block for one in forks})
    assert dated == sorted(set(dated))
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("one", FORKS, ids=lambda one: f"{one.network} {one.name}")
def test_a_day_is_what_the_other_forks_say_to_two_days(one: Fork) -> None:
    """So a day that is not known can be counted, and a typing error in a block is seen."""
    counted = expected(Fork(one.network, one.name, one.block, None, one.since, ""), ())
    again = expected(Fork(one.network, "X", one.block, None, one.since, ""), [_undated(one)])
    assert counted is not None
    assert again is not None
    assert one.expected is not None
    assert counted == one.expected
    assert abs((again - one.expected).days) <= 2


def _undated(one: Fork) -> Fork:
    """Return the fork without its day; it replaces that of the table."""
    return Fork(one.network, one.name, one.block, None, one.since, one.source)


# -- versions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("network", "version", "lacks", "newest"),
    [
        ("kairos", "v1.0.3", ["Prague", "Osaka", "Permissionless"], None),
        ("kairos", "v2.0.0", ["Osaka", "Permissionless"], "Prague"),
        ("kairos", "v2.2.0", ["Permissionless"], "Osaka"),
        ("kairos", "v2.2.2", ["Permissionless"], "Osaka"),
        ("kairos", "v3.0.0-rc.1", ["Permissionless"], "Osaka"),
        ("kairos", "v3.0.0", [], "Permissionless"),
        ("mainnet", "v2.0.0", ["Prague", "Osaka"], None),
        ("mainnet", "v2.0.2", ["Osaka"], "Prague"),
        ("mainnet", "v2.2.1", ["Osaka"], "Prague"),
        ("mainnet", "v2.2.2-rc.1", ["Osaka"], "Prague"),
        ("mainnet", "v2.2.2", [], "Osaka"),
        ("mainnet", "v4.0.0", [], "Osaka"),
        ("mainnet", "latest", ["Prague", "Osaka"], None),
        ("private", "v1.0.3", [], None),
    ],
)
def test_what_a_version_knows(network: str, version: str, lacks: list[str], newest: str | None) -> None:
    assert names(missing(network, version)) == lacks
    found = newest_known(network, version)
    assert (found.name if found else None) == newest


def test_forks_of_users_are_added_to_their_network_and_sorted_in() -> None:
    more = [fork(250_000_000), fork(200_000_000, name="Nara"), fork(1, network="kairos")]
    assert names(known("mainnet", more)) == ["Prague", "Nara", "Osaka", "Kyoto"]
    assert names(missing("mainnet", "v2.2.2", more)) == ["Nara", "Kyoto"]
    assert missing("mainnet", "v3.1.0", more) == []


def test_a_fork_of_a_user_replaces_the_one_of_its_name() -> None:
    """A network that moves its fork, as mainnet did with Osaka."""
    moved = fork(214_000_000, name="OSAKA")
    assert [(one.name, one.block) for one in known("mainnet", [moved])] == [
        ("Prague", 190_670_000),
        ("OSAKA", 214_000_000),
    ]
    assert missing("mainnet", "v2.2.2", [moved]) == [moved]


# -- days --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "found"),
    [(-400, "later"), (-31, "later"), (-30, "soon"), (-1, "soon"), (0, "soon"), (1, "past"), (400, "past")],
)
def test_a_fork_is_later_soon_or_past(days: int, found: Stage) -> None:
    assert NOTICE_DAYS == 30
    for one in (known("kairos")[-1], known("mainnet")[-1]):
        assert one.expected is not None
        assert stage(one, one.expected + timedelta(days=days)) == found


def test_a_day_that_is_not_known_is_counted_in_blocks_of_a_second() -> None:
    osaka = known("mainnet")[-1]
    assert expected(fork(osaka.block + 10 * 86_400)) == date(2026, 4, 17)
    assert expected(fork(osaka.block - 10 * 86_400)) == date(2026, 3, 28)
    one = fork(osaka.block + 40 * 86_400)
    assert [stage(one, date(2026, month, 17)) for month in (4, 5, 6)] == ["soon", "soon", "past"]
    assert stage(one, date(2026, 4, 16)) == "later"


def test_a_fork_below_a_block_that_is_past_is_past_whatever_its_day() -> None:
    known_day = fork(known("mainnet")[-1].block - 1, "2099-01-01")
    assert stage(known_day, date(2026, 4, 7)) == "later"
    assert stage(known_day, date(2026, 4, 8)) == "past"
    unknown = fork(known("mainnet")[-1].block - 1)
    assert stage(unknown, date(2026, 4, 8)) == "past"


def test_forks_of_users_count_for_days_too() -> None:
    later = fork(250_000_000, "2026-11-01")
    assert stage(fork(249_000_000, "2027-06-01", "Nara"), DAY) == "later"
    assert stage(fork(249_000_000, "2027-06-01", "Nara"), DAY, [later]) == "past"


@given(st.integers(1, 2 * 10**9), st.dates(date(2020, 1, 1), date(2099, 12, 31)), st.integers(0, 4000))
def test_what_is_past_stays_past(block: int, today: date, days: int) -> None:
    rank = ["later", "soon", "past"].index
    one = fork(block)
    assert rank(stage(one, today)) <= rank(stage(one, today + timedelta(days=days)))


# -- forks of our own chains -------------------------------------------------------------------------------


def test_a_chain_of_our_own_has_all_forks_but_the_last_from_the_start() -> None:
    assert of_own_chain({}) == dict.fromkeys(
        ("istanbul", "london", "ethTxType", "magma", "kore", "shanghai", "cancun"), 0
    )
    assert list(of_own_chain({"kaia": 7, "london": 3})) == [*OWN]


@given(st.dictionaries(st.sampled_from(OWN), st.integers(0, 3)))
def test_forks_are_in_order_if_no_later_one_has_an_earlier_block(blocks: dict[str, int]) -> None:
    named = [name for name in OWN if name in blocks]
    wrong = [(a, b) for a, b in combinations(named, 2) if blocks[a] > blocks[b]]
    assert (out_of_order(blocks) is not None) == bool(wrong)
    assert not wrong or out_of_order(blocks) in wrong


# -- its page ----------------------------------------------------------------------------------------------


def test_the_page_has_the_same_table() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/versions.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith(("| kairos |", "| mainnet |"))]
    assert rows == [
        f"| {one.network} | {one.name} | {one.block:,} | {one.expected} | {one.since} | {one.source}, {one.stated} |"
        for network in CHAIN_IDS
        for one in known(network)
    ]
    for one in FORKS:
        assert one.note in page
    assert f"{NOTICE_DAYS} days before" in page


def test_the_forks_of_a_chain_config_are_those_that_it_names() -> None:
    config = {"chainId": 3000, "istanbulCompatibleBlock": 0, "kaiaCompatibleBlock": 9, "cancunCompatibleBlock": None}
    assert in_config({**config, "randaoCompatibleBlock": 5}) == {"istanbul": 0, "kaia": 9}


def test_forks_that_differ_are_named_with_both_blocks() -> None:
    wanted = {"cancun": 0, "kaia": 9}
    assert differing(wanted, wanted) == ""
    assert "kaia at no block, not at block 9" in differing(wanted, {"cancun": 0})
    both = differing(wanted, {"shanghai": 3, "cancun": 4, "kaia": 9})
    assert "shanghai at block 3, not at no block" in both
    assert "cancun at block 4, not at block 0" in both
    assert "kaia" not in both
