"""Which versions of the nodes go together."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.versions import bridge_protocol, mismatch, too_old_for, version_in

NUMBERS = st.integers(0, 40)
VERSIONS = st.builds("v{}.{}.{}".format, NUMBERS, NUMBERS, NUMBERS)


@pytest.mark.parametrize("version", ["v1.0.3", "v1.0.0", "v2.0.0", "v2.2.1", "v2.2.1-rc.1"])
def test_kaia_of_today_speaks_version_2(version: str) -> None:
    assert bridge_protocol(version) == 2


@pytest.mark.parametrize("version", ["v3.0.0", "v0.9.0", "1.0.3", "v1.0", "", "latest", "v1.0.3\n", "v22.0.0"])
def test_of_others_nothing_is_known(version: str) -> None:
    assert bridge_protocol(version) is None


@pytest.mark.parametrize(("ken", "kscn"), [("v1.0.3", "v1.0.3"), ("v2.2.1", "v1.0.3"), ("v1.0.3", "v2.2.1")])
def test_these_are_a_pair(ken: str, kscn: str) -> None:
    assert mismatch(ken, kscn) is None


@given(st.text(max_size=8) | VERSIONS)
def test_equal_versions_are_always_a_pair(version: str) -> None:
    assert mismatch(version, version) is None


@pytest.mark.parametrize(("ken", "kscn", "unknown"), [("v3.0.0", "v1.0.3", "v3.0.0"), ("v2.2.1", "v3.1.0", "v3.1.0")])
def test_a_pair_of_which_nothing_is_known_is_refused(ken: str, kscn: str, unknown: str) -> None:
    assert re.search(rf"^ken {ken} and kscn {kscn}: .* for {unknown};", mismatch(ken, kscn) or "")


def test_different_protocols_are_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.domain.versions._PROTOCOLS", {1: 2, 2: 3})
    assert re.search(r"^ken v2\.2\.1 and kscn v1\.0\.3: .* 3 and 2 ", mismatch("v2.2.1", "v1.0.3") or "")


@given(VERSIONS, VERSIONS)
def test_it_does_not_matter_which_is_newer(one: str, other: str) -> None:
    assert (mismatch(one, other) is None) == (mismatch(other, one) is None)


@pytest.mark.parametrize("network", ["kairos", "mainnet"])
@pytest.mark.parametrize("version", ["v1.0.3", "v2.0.9", "v2.2.0", "v2.2.1-rc.1", "v0.99.99"])
def test_a_public_network_needs_a_newer_en(network: str, version: str) -> None:
    assert re.search(rf"^ken {version}: .* {network}; .* v2\.2\.1 ", too_old_for(network, version) or "")


@pytest.mark.parametrize("version", ["v2.2.1", "v2.2.2-rc.1", "v2.3.0", "v2.10.0", "v3.0.0"])
def test_a_new_en_follows_a_public_network(version: str) -> None:
    assert too_old_for("mainnet", version) is None


@given(st.text(max_size=8) | VERSIONS)
def test_a_private_chain_takes_any_en(version: str) -> None:
    assert too_old_for("private", version) is None


def test_what_is_no_version_is_said_so() -> None:
    assert re.search("^ken latest: whether ", too_old_for("kairos", "latest") or "")


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
