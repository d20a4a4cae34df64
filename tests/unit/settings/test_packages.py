"""The archives of the nodes: where each is, which content it has, and which versions go together."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from components.domain.forks import Fork
from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    ARCHIVE,
    CHECKSUM,
    DUPLICATE,
    FILE_NEEDED,
    MISSING_KEY,
    OUT_OF_RANGE,
    UNKNOWN_KEY,
    UNNEEDED_KEY,
    VERSIONS,
    WRONG_FORM,
)
from components.dynamic.secrets.ssh_key import public_key
from components.settings.sections.packages import PLACEHOLDER
from components.topology.checks.configuration import BadSettings, read
from tests.unit.samples import Raw, archive, aws_raw, kairos_raw, pairs, problems, raw, says, tells

SHA = "ab" * 32
URL = "https://packages.example.com/ken-v1.0.3-linux-amd64.tar.gz"


@pytest.mark.parametrize(
    ("value", "path", "problem", "word"),
    [
        ({"url": URL}, "packages.ken", CHECKSUM, "needs its sha256"),
        (URL, "packages.ken", CHECKSUM, "needs its sha256"),
        ({"file": URL, "sha256": SHA}, "packages.ken", ARCHIVE, "this is a URL"),
        ({"url": URL.replace("https", "http"), "sha256": SHA}, "packages.ken.url", WRONG_FORM, ""),
        ({"url": "ftp://h/ken-v1.0.3", "sha256": SHA}, "packages.ken.url", WRONG_FORM, ""),
        ({"url": "https://h/ken-v1.0.3; reboot", "sha256": SHA}, "packages.ken.url", WRONG_FORM, ""),
        ({"url": "https://h/$(x)ken-v1.0.3", "sha256": SHA}, "packages.ken.url", WRONG_FORM, ""),
        ({"url": "https://h:99999/ken-v1.0.3", "sha256": SHA}, "packages.ken.url", WRONG_FORM, ""),
        ({"url": "https://h:0/ken-v1.0.3", "sha256": SHA}, "packages.ken.url", WRONG_FORM, ""),
        ({"url": f"{URL}\n", "sha256": SHA}, "packages.ken.url", WRONG_FORM, ""),
        ({"url": URL, "sha256": PLACEHOLDER}, "packages.ken.sha256", CHECKSUM, "placeholder"),
        ({"url": URL, "sha256": SHA[:-1]}, "packages.ken.sha256", CHECKSUM, "64 hex digits"),
        ({"url": URL, "sha256": f"{SHA}\n"}, "packages.ken.sha256", CHECKSUM, "64 hex digits"),
        ({"url": URL, "sha256": f"sha256:{SHA}"}, "packages.ken.sha256", CHECKSUM, "64 hex digits"),
        ({"url": URL, "sha256": 0}, "packages.ken.sha256", CHECKSUM, "64 hex digits"),
        ({"file": "ken-v1.0.3", "url": URL, "sha256": SHA}, "packages.ken", ARCHIVE, "either"),
        ({"sha256": SHA}, "packages.ken", ARCHIVE, "either"),
        ({}, "packages.ken", ARCHIVE, "either"),
        ("", "packages.ken.file", WRONG_FORM, ""),
        ({"file": ""}, "packages.ken.file", WRONG_FORM, ""),
        ({"file": "/packages/ken.tar.gz"}, "packages.ken", ARCHIVE, "version"),
        ("/v1.0.3/ken.tar.gz", "packages.ken", ARCHIVE, "version"),
        ({"file": "/packages/ken.tar.gz", "version": "1.0.3"}, "packages.ken.version", WRONG_FORM, "'1.0.3'"),
        (
            {"file": "ken", "version": "v１.0.3"},  # noqa: RUF001
            "packages.ken.version",
            WRONG_FORM,
            "'v１.0.3'",  # noqa: RUF001
        ),
        ({"file": "ken", "version": 1.0}, "packages.ken.version", WRONG_FORM, ""),
        ({"file": 7, "version": "v1.0.3"}, "packages.ken.file", WRONG_FORM, ""),
        ({"file": "ken-v1.0.3", "sha": SHA}, "packages.ken.sha", UNKNOWN_KEY, "'sha256'"),
        (7, "packages.ken", ARCHIVE, "7 is"),
        (None, "packages.ken", ARCHIVE, "null is"),
    ],
)
def test_an_archive_that_cannot_be_used_is_told(value: object, path: str, problem: Problem, word: str) -> None:
    assert tells(problems(aws_raw(packages__ken=value)), (path, problem, word))


@pytest.mark.parametrize(
    "value",
    [
        {"url": "https://user:hunter2@example.com/ken-v1.0.3.tar.gz", "sha256": SHA},
        {"url": "https://user:hunter2@example.com/ken-v1.0.3.tar.gz"},
        {"url": "https://user:hunter2@example.com/ken.tar.gz", "sha256": SHA},
        {"url": "http://example.com/ken-v1.0.3.tar.gz?token=hunter2", "sha256": SHA},
        {"file": "https://user:hunter2@example.com/ken-v1.0.3.tar.gz", "sha256": SHA},
        "https://user:hunter2@example.com/ken-v1.0.3.tar.gz",
        "ssh://hunter2@example.com/ken-v1.0.3.tar.gz",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_shown(value: object) -> None:
    with pytest.raises(BadSettings) as caught:
        read(aws_raw(packages__ken=value))
    assert "hunter2" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("program", ["ken", "kscn", "kcn"])
def test_on_aws_an_archive_without_its_sha256_is_told(program: str) -> None:
    file = f"/p/{program}-v1.0.3.tar.gz"
    found = problems(aws_raw(**{f"packages__{program}": {"file": file}}))
    assert tells(found, (f"packages.{program}.sha256", CHECKSUM, f"`sha256sum '{file}'`"))


def test_on_aws_the_archives_that_are_not_named_have_no_sha256() -> None:
    found = problems(aws_raw(packages={}))
    assert [problem.split(": ")[0] for problem in found] == [f"packages.{p}.sha256" for p in ("ken", "kscn", "kcn")]


def test_below_a_public_chain_nobody_needs_a_validator() -> None:
    assert read(kairos_raw(packages__kcn="kcn-v1.0.3.tar.gz")).packages.kcn.sha256 is None


def test_a_local_stack_takes_files_and_needs_no_sha256() -> None:
    assert read(raw(packages={"ken": "/p/ken-v1.0.3.tar.gz"})).packages.ken.file == "/p/ken-v1.0.3.tar.gz"
    found = problems(raw(packages={"ken": archive("ken", "v1.0.3", "url")}))
    assert tells(found, ("packages.ken", FILE_NEEDED, "name a file"))


MACHINES = {
    name: {"address": f"10.0.0.{number}", "hostKey": public_key("3d" * 32)}
    for number, name in enumerate(("parent", "scn-1", "scn-2", "scn-3", "scn-4", "pair-1-en", "pair-2-en"), 5)
}
TARGETS = {
    "local": raw(),
    "aws": aws_raw(),
    "existing": raw(target="existing", existing={"user": "ubuntu", "hosts": MACHINES}),
}


def versions(target: str, ken: str, kscn: str) -> Raw:
    packages = {"ken": archive("ken", ken), "kscn": archive("kscn", kscn), "kcn": archive("kcn", "v1.0.3")}
    return {**TARGETS[target], "packages": packages}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("ken", "kscn"), [("v1.0.3", "v1.0.3"), ("v3.0.0", "v1.0.3"), ("v9.0.0", "v1.0.3")])
def test_versions_of_one_protocol_and_unknown_ones_are_taken(target: str, ken: str, kscn: str) -> None:
    assert read(versions(target, ken, kscn)).packages.ken.version == ken


@pytest.mark.parametrize("target", TARGETS)
def test_versions_of_two_protocols_are_refused_on_every_target(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.domain.versions._PROTOCOLS", {1: 2, 3: 3})
    (message,) = problems(versions(target, "v3.0.0", "v1.0.3"))
    assert says(message, "packages", VERSIONS, "ken v3.0.0 and kscn v1.0.3")


@pytest.mark.parametrize("version", ["v1.0.3", "v2.2.1", "v2.2.2"])
def test_no_setting_is_refused_for_a_fork(version: str) -> None:
    """It may be that of nodes that run: they are warned about, and only new ones are refused."""
    assert read(kairos_raw(packages__ken=archive("ken", version, "url"))).packages.ken.version == version


def test_a_release_candidate_is_not_taken_for_its_release() -> None:
    found = read(kairos_raw(packages__ken={"file": "/p/ken-v3.0.0-rc.1-0-linux-amd64.tar.gz", "sha256": SHA}))
    assert found.packages.ken.version == "v3.0.0-rc.1"
    assert read(kairos_raw(packages__ken=archive("ken", "v3.0.0"))).packages.ken.version == "v3.0.0"


# -- forks -------------------------------------------------------------------------------------------------

FORK: Raw = {"network": "kairos", "name": "Kyoto", "block": 250_000_000, "since": "v3.1.0"}


def test_a_fork_is_added_without_a_release() -> None:
    (one,) = read(kairos_raw(packages__forks=[{**FORK, "expected": "2027-03-01"}])).packages.forks
    assert one.fork == Fork("kairos", "Kyoto", 250_000_000, date(2027, 3, 1), "v3.1.0", "packages.forks")
    (undated,) = read(kairos_raw(packages__forks=[FORK])).packages.forks
    assert undated.fork.expected is None


@pytest.mark.parametrize("day", ["2027-03-01 00:00:00 +0000 UTC", date(2027, 3, 1)])
def test_a_day_without_quotes_is_what_yaml_and_pulumi_make_of_it(day: object) -> None:
    (one,) = read(kairos_raw(packages__forks=[{**FORK, "expected": day}])).packages.forks
    assert one.expected == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("changed", "key", "problem", "word"),
    [
        ({"network": "private"}, ".network", WRONG_FORM, "'kairos'"),
        ({"network": "Kairos"}, ".network", WRONG_FORM, "'kairos'"),
        ({"name": ""}, ".name", WRONG_FORM, ""),
        ({"name": 7}, ".name", WRONG_FORM, "7"),
        ({"name": "a\nb"}, ".name", WRONG_FORM, ""),
        ({"block": 0}, ".block", OUT_OF_RANGE, "0"),
        ({"block": 2**53 - 1}, ".block", OUT_OF_RANGE, str(2**53 - 1)),
        ({"block": "250000000"}, ".block", WRONG_FORM, "without quotes"),
        ({"since": "3.1.0"}, ".since", WRONG_FORM, "'3.1.0'"),
        ({"since": "v3.1"}, ".since", WRONG_FORM, "'v3.1'"),
        ({"expected": "soon"}, ".expected", WRONG_FORM, "'soon'"),
        ({"expected": "2027-02-30"}, ".expected", WRONG_FORM, "'2027-02-30'"),
        ({"expected": "2027-03-01 12:00:00 +0000 UTC"}, ".expected", WRONG_FORM, "2027-03-01 12"),
        ({"expected": "0001-01-01"}, ".expected", OUT_OF_RANGE, "2020"),
        ({"expected": 20270301}, ".expected", WRONG_FORM, "20270301"),
        ({"blocks": 7}, ".blocks", UNKNOWN_KEY, "'block'"),
    ],
)
def test_a_fork_that_cannot_be_used_is_told(changed: Raw, key: str, problem: Problem, word: str) -> None:
    found = problems(kairos_raw(packages__forks=[{**FORK, **changed}]))
    assert tells(found, (f"packages.forks[0]{key}", problem, word))


@pytest.mark.parametrize("key", ["network", "name", "block", "since"])
def test_a_fork_needs_all_but_its_day(key: str) -> None:
    fork = {name: value for name, value in FORK.items() if name != key}
    assert tells(problems(kairos_raw(packages__forks=[fork])), (f"packages.forks[0].{key}", MISSING_KEY, ""))


def test_a_fork_is_listed_once() -> None:
    twice = [FORK, {**FORK, "name": "KYOTO", "block": 7}, {**FORK, "network": "mainnet"}]
    assert tells(problems(kairos_raw(packages__forks=twice)), ("packages.forks", DUPLICATE, "'kyoto' of kairos"))


@pytest.mark.parametrize("target", TARGETS)
def test_forks_do_not_concern_a_private_parent_chain(target: str) -> None:
    bad = versions(target, "v1.0.3", "v1.0.3")
    found = problems({**bad, "packages": {**bad["packages"], "forks": [FORK]}})
    assert tells(found, ("packages.forks", UNNEEDED_KEY, "private"))


def test_an_archive_is_read_to_the_last_key() -> None:
    ken = read(kairos_raw(packages__ken={"url": URL, "sha256": SHA.upper(), "version": "v2.2.1"})).packages.ken
    assert (ken.url, ken.sha256, ken.version, ken.file) == (URL, SHA, "v2.2.1", None)


# -- a pair with archives of its own ------------------------------------------------------------------------


def canary(config: Raw, index: Any = 0, **own: Any) -> Raw:
    """Return a configuration in which one pair has archives of its own."""
    listed = deepcopy(config["pairs"])
    listed[index]["packages"] = own
    return {**config, "pairs": listed}


def test_each_node_has_the_archive_of_its_pair_or_that_of_the_stack() -> None:
    settings = read(canary(aws_raw(), 1, ken=archive("ken", "v2.2.2"), kscn=archive("kscn", "v2.2.1")))
    found = {
        name: settings.archive_of(name) for name in ("parent", "pair-1-en", "scn-1", "pair-2-en", "scn-2", "scn-3")
    }
    assert {name: (where, one.version) for name, (where, one) in found.items()} == {
        "parent": ("packages.kcn", "v1.0.3"),
        "pair-1-en": ("packages.ken", "v1.0.3"),
        "scn-1": ("packages.kscn", "v1.0.3"),
        "pair-2-en": ("pairs[1].packages.ken", "v2.2.2"),
        "scn-2": ("pairs[1].packages.kscn", "v2.2.1"),
        "scn-3": ("packages.kscn", "v1.0.3"),
    }


def test_one_archive_of_a_pair_leaves_the_other_as_it_is() -> None:
    settings = read(canary(raw(), kscn="/p/kscn-v2.2.1.tar.gz", ken=None))
    assert settings.archive_of("scn-1").archive.file == "/p/kscn-v2.2.1.tar.gz"
    assert settings.archive_of("pair-1-en") == settings.archive_of("pair-2-en")


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (canary(aws_raw(), kcn=archive("kcn", "v1.0.3")), "pairs[0].packages.kcn", UNKNOWN_KEY, "'kscn'"),
        (canary(aws_raw(), ken={"url": URL}), "pairs[0].packages.ken", CHECKSUM, "needs its sha256"),
        (canary(aws_raw(), 1, ken={"file": "k-v1.0.3"}), "pairs[1].packages.ken.sha256", CHECKSUM, "k-v1.0.3"),
        (canary(raw(), kscn=archive("kscn", "v1.0.3", "url")), "pairs[0].packages.kscn", FILE_NEEDED, "name a file"),
        (raw(pairs=[{**pairs(1)[0], "packages": []}]), "pairs[0].packages", WRONG_FORM, "mapping"),
    ],
)
def test_an_archive_of_a_pair_that_cannot_be_used_is_told(config: Raw, path: str, problem: Problem, value: str) -> None:
    assert tells(problems(config), (path, problem, value))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("stack", "own", "path"),
    [
        (("v1.0.3", "v1.0.3"), {"ken": "v3.0.0"}, "pairs[0].packages"),
        (("v1.0.3", "v1.0.3"), {"kscn": "v3.0.0"}, "pairs[0].packages"),
        (("v3.0.0", "v1.0.3"), {"kscn": "v3.0.0"}, "packages"),
        (("v1.0.3", "v1.0.3"), {"ken": "v3.0.0", "kscn": "v3.0.0"}, None),
    ],
)
def test_the_versions_of_each_pair_are_compared(
    target: str, stack: tuple[str, str], own: dict[str, str], path: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.domain.versions._PROTOCOLS", {1: 2, 3: 3})
    archives = {program: archive(program, version) for program, version in own.items()}
    config = canary(versions(target, *stack), **archives)
    if path is None:
        assert read(config)
    else:
        (message,) = problems(config)
        assert message.startswith(f"{path}: ")
        assert message.endswith(f" [{VERSIONS.code}]")


def test_archives_of_the_stack_that_no_pair_uses_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.domain.versions._PROTOCOLS", {1: 2, 3: 3})
    own = {"ken": archive("ken", "v3.0.0"), "kscn": archive("kscn", "v3.0.0")}
    config = versions("local", "v3.0.0", "v1.0.3")
    assert read({**config, "pairs": [{**pair, "packages": own} for pair in config["pairs"]]})
