"""What is said about the versions of a stack's nodes: before, near and after the day of a fork."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from components.domain.problems.packages import FORK_AHEAD, PAST_FORK_UNKNOWN, STOPPED_AT_FORK, UNKNOWN_VERSION
from components.domain.problems.problem import Problem
from components.domain.problems.settings import FEW_SCNS
from components.dynamic.secrets.ssh_key import public_key
from components.settings.model import Settings
from components.topology.checks import configuration
from components.topology.checks.configuration import read
from components.topology.checks.versions import refusals, warnings
from tests.unit.samples import DAY, Raw, archive, aws_raw, kairos_raw, raw

HOST_KEY = public_key("3d" * 32)
NODE = {"data": "/var/kend/data", "conf": "/etc/kend/conf/kend.conf"}
KYOTO: Raw = {
    "network": "kairos",
    "name": "Kyoto",
    "block": 236_000_000,
    "expected": "2026-12-20",
    "since": "v3.1.0",
}


def on_aws(network: str, ken: str, **changes: Any) -> Settings:
    packages = {"ken": archive("ken", ken, "url"), "kscn": archive("kscn", "v1.0.3", "url")}
    return read(kairos_raw(parentChain={"network": network}, packages=packages, **changes))


def on_machines(network: str, ken: str, adopted: Sequence[str] = (), forks: Sequence[Raw] = ()) -> Settings:
    names = ("scn-1", "scn-2", "scn-3", "scn-4", "pair-1-en", "pair-2-en")
    hosts: dict[str, Raw] = {
        name: {"address": f"10.0.0.{number}", "hostKey": HOST_KEY} for number, name in enumerate(names, 5)
    }
    for name in adopted:
        hosts[name]["node"] = NODE
    packages: Raw = {"ken": archive("ken", ken), "kscn": archive("kscn", "v1.0.3"), "forks": list(forks)}
    return read(
        raw(
            target="existing",
            parentChain={"network": network},
            packages=packages,
            existing={"user": "ubuntu", "hosts": hosts},
        )
    )


BOTH = pytest.mark.parametrize("made", [on_aws, on_machines])


@BOTH
@pytest.mark.parametrize(
    ("network", "version", "today", "problem", "values"),
    [
        ("kairos", "v2.2.2", "2026-10-18", None, ()),
        (
            "kairos",
            "v2.2.2",
            "2026-10-19",
            FORK_AHEAD,
            ("ken v2.2.2", "Permissionless", "233,366,400", "2026-11-18", "in 30 days", "v3.0.0"),
        ),
        ("kairos", "v2.2.2", "2026-11-17", FORK_AHEAD, ("in 1 day:", "pair-1-en, pair-2-en")),
        ("kairos", "v2.2.2", "2026-11-18", FORK_AHEAD, ("expected today",)),
        (
            "kairos",
            "v2.2.2",
            "2026-11-19",
            STOPPED_AT_FORK,
            ("ken v2.2.2", "Permissionless", "233,366,400", "pair-1-en, pair-2-en", "v3.0.0"),
        ),
        ("kairos", "v3.0.0", "2026-11-19", None, ()),
        ("mainnet", "v2.2.1", "2026-03-07", None, ()),
        ("mainnet", "v2.2.1", "2026-03-09", FORK_AHEAD, ("Osaka", "213,333,000", "211,090,000", "v2.2.2")),
        ("mainnet", "v2.2.1", "2026-04-08", STOPPED_AT_FORK, ("Osaka", "213,333,000", "211,090,000", "v2.2.2")),
        ("mainnet", "v1.0.3", "2026-04-08", STOPPED_AT_FORK, ("Prague", "Osaka", "190,670,000", "v2.2.2 or newer")),
        ("mainnet", "v2.2.2", "2027-04-08", None, ()),
    ],
)
def test_a_version_is_warned_about_before_a_fork_and_after_it(
    made: Any, network: str, version: str, today: str, problem: Problem | None, values: Sequence[str]
) -> None:
    found = list(warnings(made(network, version), date.fromisoformat(today)))
    assert len(found) == bool(problem)
    for warning in found:
        assert problem
        assert warning.startswith("servicechain-ha:packages.ken: ")
        assert warning.endswith(f" [{problem.code}]")
        assert all(value in warning for value in values)


@BOTH
@pytest.mark.parametrize(
    ("version", "today", "refused"),
    [("v2.2.2", "2026-11-18", False), ("v2.2.2", "2026-11-19", True), ("v3.0.0", "2026-11-19", False)],
)
def test_an_en_is_refused_if_a_fork_is_past_and_not_before(
    made: Any, version: str, today: str, refused: object
) -> None:
    found = refusals(made("kairos", version), date.fromisoformat(today))
    assert list(found) == (["pair-1-en", "pair-2-en"] if refused else [])
    for name, message in found.items():
        assert message.startswith(f"{name}: ken {version} does not know the fork Permissionless (block 233,366,400")
        assert message.endswith(f" [{PAST_FORK_UNKNOWN.code}]")
        assert "v3.0.0 or newer" in message


def test_what_stopped_the_bridge_is_told_before_all_that_may() -> None:
    settings = on_aws("kairos", "v2.2.2", packages__forks=[KYOTO], serviceChain__nodes=["scn-1", "scn-2"])
    codes = [message.rpartition("[")[2][:-1] for message in configuration.warnings(settings, date(2026, 11, 29))]
    assert codes[:2] == [STOPPED_AT_FORK.code, FORK_AHEAD.code]
    assert FEW_SCNS.code in codes[2:]


@BOTH
def test_a_fork_of_a_user_is_warned_about_too(made: Any) -> None:
    forks = {"packages__forks": [KYOTO]} if made is on_aws else {"forks": [KYOTO]}
    (ahead,) = warnings(made("kairos", "v3.0.0", **forks), date(2026, 11, 29))
    assert FORK_AHEAD.code in ahead
    assert all(value in ahead for value in ("Kyoto", "236,000,000", "2026-12-20", "in 21 days", "v3.1.0"))
    (past,) = warnings(made("kairos", "v3.0.0", **forks), date(2026, 12, 21))
    assert STOPPED_AT_FORK.code in past
    assert list(refusals(made("kairos", "v3.0.0", **forks), date(2026, 12, 21))) == ["pair-1-en", "pair-2-en"]
    assert list(warnings(made("kairos", "v3.1.0", **forks), date(2026, 12, 21))) == []


def test_a_user_can_correct_a_fork_that_was_put_off() -> None:
    later = {**KYOTO, "name": "Permissionless", "since": "v3.0.1", "expected": "2027-02-01"}
    assert refusals(on_aws("kairos", "v2.2.2", packages__forks=[later]), date(2026, 11, 29)) == {}


def test_an_existing_en_runs_another_archive_than_that_of_the_settings() -> None:
    today = date(2026, 11, 29)
    both = on_machines("kairos", "v2.2.1", adopted=["pair-1-en", "pair-2-en"])
    assert (list(warnings(both, today)), refusals(both, today)) == ([], {})
    one = on_machines("kairos", "v2.2.1", adopted=["pair-1-en"])
    (warning,) = warnings(one, today)
    assert "pair-2-en" in warning
    assert "pair-1-en" not in warning
    assert list(refusals(one, today)) == ["pair-2-en"]


def mixed(*own: Raw, **packages: str) -> Settings:
    """Return a stack below Kairos with these versions, and pairs with these archives of their own."""
    pairs = [{"name": f"pair-{i}", "scn": f"scn-{i}", "packages": one} for i, one in enumerate(own, 1)]
    archives = {program: archive(program, version, "url") for program, version in packages.items()}
    return read(kairos_raw(packages=archives, pairs=pairs))


def test_each_en_is_judged_by_the_version_of_its_pair() -> None:
    today, own = date(2026, 11, 29), {"ken": archive("ken", "v2.2.1")}
    new = mixed(own, {}, ken="v3.0.0", kscn="v1.0.3")
    assert list(refusals(new, today)) == ["pair-1-en"]
    assert "as pairs[0].packages.ken " in refusals(new, today)["pair-1-en"]
    (warning,) = warnings(new, today)
    assert warning.startswith("servicechain-ha:pairs[0].packages.ken: ken v2.2.1 ")
    assert "pair-2-en" not in warning
    old = mixed({"ken": archive("ken", "v3.0.0")}, {}, ken="v2.2.1", kscn="v1.0.3")
    assert list(refusals(old, today)) == ["pair-2-en"]
    (warning,) = warnings(old, today)
    assert warning.startswith("servicechain-ha:packages.ken: ken v2.2.1 ")
    assert "pair-1-en" not in warning


def test_an_en_that_has_stopped_is_told_before_one_that_will() -> None:
    settings = mixed({"ken": archive("ken", "v2.1.0")}, {"ken": archive("ken", "v2.2.2")}, ken="v2.2.2", kscn="v1.0.3")
    found = [message.rpartition("[")[2][:-1] for message in warnings(settings, date(2026, 11, 1))]
    assert found == [STOPPED_AT_FORK.code, FORK_AHEAD.code, FORK_AHEAD.code]
    assert [message.split(": ")[0] for message in warnings(settings, date(2026, 11, 1))] == [
        f"servicechain-ha:pairs[{index}].packages.ken" for index in (0, 0, 1)
    ]


def test_an_unknown_version_of_a_pair_is_told_at_the_pair() -> None:
    own = {"ken": archive("ken", "v9.0.0"), "kscn": archive("kscn", "v9.0.0")}
    found = list(warnings(mixed({}, own, ken="v3.0.0", kscn="v1.0.3"), DAY))
    assert [message.split(": ")[0] for message in found] == [
        f"servicechain-ha:pairs[1].packages.{program}" for program in ("ken", "kscn")
    ]
    assert all(message.endswith(f" [{UNKNOWN_VERSION.code}]") for message in found)


@pytest.mark.parametrize("config", [raw(), aws_raw()])
@pytest.mark.parametrize("today", [DAY, date(2099, 12, 31)])
def test_a_private_parent_chain_has_no_forks_of_others(config: Raw, today: date) -> None:
    assert list(warnings(read(config), today)) == []
    assert refusals(read(config), today) == {}


@pytest.mark.parametrize(
    ("ken", "kscn", "told"),
    [
        ("v3.0.0", "v1.0.3", []),
        ("v4.0.0", "v1.0.3", ["ken v4.0.0"]),
        ("v1.0.3", "v0.9.8", ["kscn v0.9.8"]),
        ("v9.0.0", "v9.0.0", ["ken v9.0.0", "kscn v9.0.0"]),
    ],
)
def test_a_version_that_is_not_known_is_taken_with_a_warning(ken: str, kscn: str, told: list[str]) -> None:
    settings = read(aws_raw(packages__ken=archive("ken", ken), packages__kscn=archive("kscn", kscn)))
    found = list(warnings(settings, DAY))
    assert len(found) == len(told)
    for warning, version in zip(found, told, strict=True):
        program = version.split()[0]
        assert warning.startswith(f"servicechain-ha:packages.{program}: {version} ")
        assert warning.endswith(f" [{UNKNOWN_VERSION.code}]")
        assert "packages.forks" in warning
        assert "components/domain/versions.py" in warning


def test_a_program_that_is_not_installed_has_no_version() -> None:
    adopted = on_machines("kairos", "v9.0.0", adopted=["pair-1-en", "pair-2-en"])
    assert list(warnings(adopted, DAY)) == []
