"""The archives of the nodes: where each is, which content it has, and which versions go together."""

import pytest

from components.settings.sections.packages import PLACEHOLDER
from components.topology.checks.configuration import BadSettings, read
from tests.unit.samples import Raw, archive, aws_raw, begins, kairos_raw, problems, raw

SHA = "ab" * 32
URL = "https://packages.example.com/ken-v1.0.3-linux-amd64.tar.gz"
NO_URL = "this is not the URL of an archive; write https://, a host and a path, without user or password"
NO_SHA = "this is not a SHA-256; write the 64 hex digits that `sha256sum` prints for the archive, in quotes"
EXAMPLE = "this is the placeholder of the example; write what `sha256sum` prints for the archive that you checked"
NEEDS_SHA = "an archive with a url needs its sha256; write what `sha256sum` prints for the one that you checked"
NO_PATH = "this is not a path; write the path of the file, such as keys/owner.json"
EITHER = "give either the file of the archive or its url"
NO_VERSION = "the archive's name has no version in it; add version, written like v1.0.3"
NO_WAY_OUT = "hosts on this computer cannot download an archive; name a file"
NO_ARCHIVE = "is not an archive; write the path of a file, or a url with its sha256"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"url": URL}, f"packages.ken: {NEEDS_SHA}"),
        (URL, f"packages.ken: {NEEDS_SHA}"),
        (
            {"file": URL, "sha256": SHA},
            "packages.ken: this is a URL",
        ),
        ({"url": URL.replace("https", "http"), "sha256": SHA}, f"packages.ken.url: {NO_URL}"),
        ({"url": "ftp://h/ken-v1.0.3", "sha256": SHA}, f"packages.ken.url: {NO_URL}"),
        ({"url": "https://h/ken-v1.0.3; reboot", "sha256": SHA}, f"packages.ken.url: {NO_URL}"),
        ({"url": "https://h/$(x)ken-v1.0.3", "sha256": SHA}, f"packages.ken.url: {NO_URL}"),
        ({"url": "https://h:99999/ken-v1.0.3", "sha256": SHA}, f"packages.ken.url: {NO_URL}"),
        ({"url": "https://h:0/ken-v1.0.3", "sha256": SHA}, f"packages.ken.url: {NO_URL}"),
        ({"url": f"{URL}\n", "sha256": SHA}, f"packages.ken.url: {NO_URL}"),
        ({"url": URL, "sha256": PLACEHOLDER}, f"packages.ken.sha256: {EXAMPLE}"),
        ({"url": URL, "sha256": SHA[:-1]}, f"packages.ken.sha256: {NO_SHA}"),
        ({"url": URL, "sha256": f"{SHA}\n"}, f"packages.ken.sha256: {NO_SHA}"),
        ({"url": URL, "sha256": f"sha256:{SHA}"}, f"packages.ken.sha256: {NO_SHA}"),
        ({"url": URL, "sha256": 0}, f"packages.ken.sha256: {NO_SHA}"),
        ({"file": "ken-v1.0.3", "url": URL, "sha256": SHA}, f"packages.ken: {EITHER}"),
        ({"sha256": SHA}, f"packages.ken: {EITHER}"),
        ({}, f"packages.ken: {EITHER}"),
        ("", f"packages.ken.file: {NO_PATH}"),
        ({"file": ""}, f"packages.ken.file: {NO_PATH}"),
        ({"file": "/packages/ken.tar.gz"}, f"packages.ken: {NO_VERSION}"),
        ("/v1.0.3/ken.tar.gz", f"packages.ken: {NO_VERSION}"),
        (
            {"file": "/packages/ken.tar.gz", "version": "1.0.3"},
            "packages.ken.version: '1.0.3' is not a version",
        ),
        (
            {"file": "ken", "version": "v１.0.3"},  # noqa: RUF001
            "packages.ken.version: 'v１.0.3' is not a version",  # noqa: RUF001
        ),
        ({"file": "ken", "version": 1.0}, "packages.ken.version: write text in quotes"),
        ({"file": 7, "version": "v1.0.3"}, "packages.ken.file: write text in quotes"),
        ({"file": "ken-v1.0.3", "sha": SHA}, "packages.ken.sha: there is no such key"),
        (7, f"packages.ken: 7 {NO_ARCHIVE}"),
        (None, f"packages.ken: null {NO_ARCHIVE}"),
    ],
)
def test_an_archive_that_cannot_be_used_is_told(value: object, sentence: str) -> None:
    assert begins(problems(aws_raw(packages__ken=value)), sentence)


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
    assert begins(found, f"packages.{program}.sha256: is missing; write what `sha256sum '{file}'` prints")


def test_on_aws_the_archives_that_are_not_named_have_no_sha256() -> None:
    found = problems(aws_raw(packages={}))
    assert [problem.split(": ")[0] for problem in found] == [f"packages.{p}.sha256" for p in ("ken", "kscn", "kcn")]


def test_below_a_public_chain_nobody_needs_a_validator() -> None:
    assert read(kairos_raw(packages__kcn="kcn-v1.0.3.tar.gz")).packages.kcn.sha256 is None


def test_a_local_stack_takes_files_and_needs_no_sha256() -> None:
    assert read(raw(packages={"ken": "/p/ken-v1.0.3.tar.gz"})).packages.ken.file == "/p/ken-v1.0.3.tar.gz"
    assert problems(raw(packages={"ken": archive("ken", "v1.0.3", "url")})) == [f"packages.ken: {NO_WAY_OUT}"]


def versions(ken: str, kscn: str) -> Raw:
    return aws_raw(packages__ken=archive("ken", ken), packages__kscn=archive("kscn", kscn))


@pytest.mark.parametrize(("ken", "kscn"), [("v1.0.3", "v1.0.3"), ("v2.2.1", "v1.0.3"), ("v9.0.0", "v9.0.0")])
def test_equal_versions_and_those_of_one_protocol_go_together(ken: str, kscn: str) -> None:
    assert read(versions(ken, kscn)).packages.ken.version == ken


@pytest.mark.parametrize(("ken", "kscn", "unknown"), [("v9.0.0", "v1.0.3", "v9.0.0"), ("v1.0.3", "v0.9.8", "v0.9.8")])
def test_versions_that_are_not_known_to_go_together_are_told(ken: str, kscn: str, unknown: str) -> None:
    assert problems(versions(ken, kscn)) == [
        f"packages: ken {ken} and kscn {kscn}: the version of the bridge protocol is not known for {unknown}; "
        "use equal versions"
    ]


@pytest.mark.parametrize(
    ("version", "good"), [("v1.0.3", False), ("v2.2.0", False), ("v2.2.1", True), ("v2.3.0", True)]
)
def test_an_en_of_a_public_network_knows_its_forks(version: str, good: bool) -> None:  # noqa: FBT001
    config = kairos_raw(packages__ken=archive("ken", version, "url"))
    old = f"packages: ken {version}: it does not know the forks Prague and Osaka of kairos; use v2.2.1 or newer"
    assert good or problems(config) == [old]
    assert not good or read(config)


def test_an_archive_is_read_to_the_last_key() -> None:
    ken = read(kairos_raw(packages__ken={"url": URL, "sha256": SHA.upper(), "version": "v2.2.1"})).packages.ken
    assert (ken.url, ken.sha256, ken.version, ken.file) == (URL, SHA, "v2.2.1", None)
