"""The order of versions, and which versions of the nodes go together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.versions import at_least, bridge_protocol, mismatch, order, version_in

NUMBERS = st.integers(0, 40)
VERSIONS = st.builds("v{}.{}.{}".format, NUMBERS, NUMBERS, NUMBERS)
OLDEST_FIRST = [
    "v0.9.9",
    "v1.0.3",
    "v2.0.10",
    "v2.2.1",
    "v2.2.2-rc.1",
    "v2.2.2-rc.2",
    "v2.2.2-rc.10",
    "v2.2.2",
    "v2.10.0",
    "v3.0.0",
]
NO_VERSIONS = ["1.0.3", "v1.0", "", "latest", "v1.0.3\n", "v1.0.3 ", "v１.0.3", f"v{'9' * 10}.0.0"]  # noqa: RUF001


@pytest.mark.parametrize("index", range(1, len(OLDEST_FIRST)))
def test_versions_are_compared_by_their_numbers_and_a_candidate_comes_before_its_release(index: int) -> None:
    older, newer = OLDEST_FIRST[index - 1 : index + 1]
    assert at_least(newer, older)
    assert not at_least(older, newer)


@given(VERSIONS)
def test_a_version_is_as_new_as_itself(version: str) -> None:
    assert at_least(version, version)


@pytest.mark.parametrize("version", ["v2.2.2-beta", "v2.2.2-0"])
def test_any_other_suffix_comes_before_the_release_too(version: str) -> None:
    assert at_least(version, "v2.2.1")
    assert not at_least(version, "v2.2.2")


def test_a_commit_changes_nothing() -> None:
    assert order("v2.2.1+c26bba73a0") == order("v2.2.1")


@pytest.mark.parametrize("text", NO_VERSIONS)
def test_what_is_no_version_is_not_compared(text: str) -> None:
    assert order(text) is None
    assert not at_least(text, "v0.0.0")
    assert not at_least("v9.9.9", text)


@pytest.mark.parametrize("version", ["v1.0.3", "v1.0.0", "v2.0.0", "v2.2.1", "v2.2.2", "v2.2.1-rc.1", "v3.0.0"])
def test_kaia_of_today_speaks_version_2(version: str) -> None:
    assert bridge_protocol(version) == 2


@pytest.mark.parametrize("version", [*NO_VERSIONS, "v0.9.0", "v4.0.0", "v22.0.0"])
def test_of_others_nothing_is_known(version: str) -> None:
    assert bridge_protocol(version) is None


@pytest.mark.parametrize(
    ("ken", "kscn"),
    [
        ("v1.0.3", "v1.0.3"),
        ("v2.2.1", "v1.0.3"),
        ("v3.0.0", "v1.0.3"),
        ("v3.0.0", "v2.2.2"),
        ("v1.0.3", "v2.2.1"),
        ("v4.0.0", "v1.0.3"),
        ("v2.2.1", "v4.1.0"),
    ],
)
def test_these_are_a_pair_or_may_be_one(ken: str, kscn: str) -> None:
    assert mismatch(ken, kscn) is None


@given(st.text(max_size=8) | VERSIONS)
def test_equal_versions_are_always_a_pair(version: str) -> None:
    assert mismatch(version, version) is None


def test_different_protocols_are_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.domain.versions._PROTOCOLS", {1: 2, 2: 3})
    assert mismatch("v2.2.1", "v1.0.3") == (
        "ken v2.2.1 and kscn v1.0.3: they speak versions 3 and 2 of the bridge protocol; use equal versions"
    )


@given(VERSIONS, VERSIONS)
def test_it_does_not_matter_which_is_newer(one: str, other: str) -> None:
    assert (mismatch(one, other) is None) == (mismatch(other, one) is None)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Klaytn/v1.0.3/linux-amd64/go1.22.1", "v1.0.3"),
        ("Kaia/v2.2.1/linux-amd64/go1.24.0", "v2.2.1"),
        ("Klaytn/v1.0.3+0123456789/linux-amd64/go1.22.1", "v1.0.3"),
        ("Kaia/v2.2.1-rc.1/linux-amd64/go1.24.0", "v2.2.1"),
        ("Kaia/v2.2.1-unstable-0123abcd-20260212/linux-amd64/go1.24.0", "v2.2.1"),
        ("Klaytn/v9.9.9/v1.0.3/linux-amd64/go1.22.1", "v1.0.3"),
        ("Kaia v1.0.11\n", "v1.0.11"),
        ("WARN[1] something of v1.2.3.\nKaia v1.0.3\n", "v1.0.3"),
        ("v2.10.0", "v2.10.0"),
        ("Klaytn/linux-amd64/go1.22.1", None),
        ("Geth/1.13.0/linux", None),
        ("", None),
    ],
)
def test_the_version_is_found_in_what_a_node_tells(text: str, version: str | None) -> None:
    assert version_in(text) == version
