"""The archives of the nodes: where each is, which content it has, and which versions go together."""

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import ARCHIVE, CHECKSUM, FILE_NEEDED, UNKNOWN_KEY, VERSIONS, WRONG_FORM
from components.settings.sections.packages import PLACEHOLDER
from components.topology.checks.configuration import BadSettings, read
from tests.unit.samples import Raw, archive, aws_raw, kairos_raw, problems, raw, says, tells

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


def versions(ken: str, kscn: str) -> Raw:
    return aws_raw(packages__ken=archive("ken", ken), packages__kscn=archive("kscn", kscn))


@pytest.mark.parametrize(("ken", "kscn"), [("v1.0.3", "v1.0.3"), ("v2.2.1", "v1.0.3"), ("v9.0.0", "v9.0.0")])
def test_equal_versions_and_those_of_one_protocol_go_together(ken: str, kscn: str) -> None:
    assert read(versions(ken, kscn)).packages.ken.version == ken


@pytest.mark.parametrize(("ken", "kscn", "unknown"), [("v9.0.0", "v1.0.3", "v9.0.0"), ("v1.0.3", "v0.9.8", "v0.9.8")])
def test_versions_that_are_not_known_to_go_together_are_told(ken: str, kscn: str, unknown: str) -> None:
    (message,) = problems(versions(ken, kscn))
    assert says(message, "packages", VERSIONS, f"ken {ken} and kscn {kscn}")
    assert says(message, "packages", VERSIONS, f"not known for {unknown}")


@pytest.mark.parametrize(
    ("version", "good"), [("v1.0.3", False), ("v2.2.0", False), ("v2.2.1", True), ("v2.3.0", True)]
)
def test_an_en_of_a_public_network_knows_its_forks(version: str, good: bool) -> None:  # noqa: FBT001
    config = kairos_raw(packages__ken=archive("ken", version, "url"))
    assert good or tells(problems(config), ("packages", VERSIONS, f"ken {version}"))
    assert not good or read(config)


def test_an_archive_is_read_to_the_last_key() -> None:
    ken = read(kairos_raw(packages__ken={"url": URL, "sha256": SHA.upper(), "version": "v2.2.1"})).packages.ken
    assert (ken.url, ken.sha256, ken.version, ken.file) == (URL, SHA, "v2.2.1", None)
