"""Where the settings name no archive, the program uses what `make setup` has, with the version of that archive."""

import json
from pathlib import Path

import pulumi
import pytest

from components.domain.versions import BUILT
from components.settings.sections.packages import BUILT_FOLDER, Packages, taken
from components.stack.load import _raw, load
from components.topology.checks.configuration import read
from tests.unit.samples import raw

GIVEN = ["kcn-v3.0.0-linux-amd64.tar.gz", "ken-v2.2.1-linux-amd64.tar.gz", f"kscn-{BUILT}-linux-amd64.tar.gz"]


def packages(built: list[str], given: object = None) -> Packages:
    own = {} if given is None else {"servicechain-ha:packages": given}
    return read({**raw(), **_raw(own, built)}).packages


def test_a_given_archive_is_the_default_with_its_version() -> None:
    found = packages(GIVEN)
    assert [(one.version, one.file) for one in (found.ken, found.kscn, found.kcn)] == [
        ("v2.2.1", f"{BUILT_FOLDER}/{GIVEN[1]}"),
        (BUILT, f"{BUILT_FOLDER}/{GIVEN[2]}"),
        ("v3.0.0", f"{BUILT_FOLDER}/{GIVEN[0]}"),
    ]


def test_the_program_looks_where_setup_puts_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = {f"servicechain-ha:{key}": json.dumps(value).strip('"') for key, value in raw().items()}
    monkeypatch.setattr(pulumi.runtime.config, "get_config_env", lambda: config)
    assert load().packages == Packages()
    (tmp_path / BUILT_FOLDER).mkdir(parents=True)
    for name in GIVEN:
        (tmp_path / BUILT_FOLDER / name).touch()
    assert load().packages == packages(GIVEN)


def test_the_settings_come_first() -> None:
    found = packages(GIVEN, '{"ken": "mine/ken-v2.0.0.tar.gz"}')
    assert (found.ken.file, found.ken.version, found.kcn.version) == ("mine/ken-v2.0.0.tar.gz", "v2.0.0", "v3.0.0")


@pytest.mark.parametrize("built", [[], [f"{node}-{BUILT}-linux-amd64.tar.gz" for node in ("ken", "kscn", "kcn")]])
def test_without_given_archives_nothing_changes(built: list[str]) -> None:
    assert packages(built) == Packages()
    assert _raw({}, built) == {}


def test_wrong_settings_stay_as_they_are() -> None:
    assert _raw({"servicechain-ha:packages": "ken"}, GIVEN) == {"packages": "ken"}


@pytest.mark.parametrize(
    "names",
    [
        ["ken-v2.2.1-linux-amd64.tar.gz", "ken-v2.2.0-linux-amd64.tar.gz"],
        ["ken-v2.2.1-linux-arm64.tar.gz", "ken-v2.2.1-linux-amd64.tar.gz.new", "kspn-v2.2.1-linux-amd64.tar.gz"],
        ["ken-v2.2-linux-amd64.tar.gz", "xken-v2.2.1-linux-amd64.tar.gz"],
    ],
)
def test_an_unclear_folder_names_no_archive(names: list[str]) -> None:
    assert taken(names) == {}
