"""Settings that go back to the archives of an earlier up: only the archives differ, and nothing else is rewritten."""

from pathlib import Path

import pytest
import yaml

from toolchain.ops import rollback
from toolchain.ops.rollback import merged

OTHERS = """\
encryptionsalt: v1:c2FsdA==:v1:bm9uY2U=:c2VhbGVk
config:
  servicechain-ha:target: local
  servicechain-ha:identitySeed:
    secure: v1:aaaa:bbbb+/==
  servicechain-ha:bridge: {threshold: 2, owner: "012345678901", from: 2027-03-01}
"""
NOW = f"""{OTHERS}\
  servicechain-ha:packages:
    # tried since Monday
    ken: archives/ken-v2.2.1-linux-amd64.tar.gz
    kscn: {{file: archives/kscn.tar.gz, version: v2.2.1}}
    forks:
      - name: Permissionless
  servicechain-ha:pairs:
    - name: alpha
      scn: scn-1
      packages:
        kscn: archives/kscn-v2.2.2-linux-amd64.tar.gz
      anchoring: {{period: 7}}
    - name: gamma
      packages: {{ken: archives/ken-v2.2.2-linux-amd64.tar.gz}}
"""
RECORD = """\
config:
  servicechain-ha:target: aws
  servicechain-ha:bridge: {threshold: 1}
  servicechain-ha:packages:
    ken: {url: "https://archives.test/ken.tar.gz?token=hidden", sha256: "0123456789", version: v1.0.3}
    kcn: archives/kcn-v1.0.3-linux-amd64.tar.gz
    forks: []
  servicechain-ha:pairs:
    - name: beta
      packages: {ken: archives/ken-v1.0.4-linux-amd64.tar.gz}
    - name: alpha
      anchoring: {period: 5}
"""


def test_only_the_archives_go_back() -> None:
    expected = yaml.safe_load(NOW)
    packages = yaml.safe_load(RECORD)["config"]["servicechain-ha:packages"]
    expected["config"]["servicechain-ha:packages"] = {
        "ken": packages["ken"],
        "kcn": packages["kcn"],
        "forks": [{"name": "Permissionless"}],
    }
    alpha, gamma = expected["config"]["servicechain-ha:pairs"]
    alpha["packages"] = {}
    assert yaml.safe_load(merged(NOW, RECORD)[0]) == expected
    assert gamma["packages"], "a pair that the record does not have keeps its archives"


def test_what_stays_is_written_as_it_was() -> None:
    text, _ = merged(NOW, RECORD)
    for written in ("secure: v1:aaaa:bbbb+/==", '"012345678901"', "from: 2027-03-01", "encryptionsalt: v1:c2FsdA=="):
        assert written in text


def test_each_archive_that_differs_is_named_with_its_line() -> None:
    _, changes = merged(NOW, RECORD)
    assert [(one.key, one.line) for one in changes] == [
        ("packages.ken", 9),
        ("packages.kscn", 10),
        ("packages.kcn", None),
        ("pairs[alpha].packages.kscn", 17),
    ]
    ken, kscn, kcn, own = map(str, changes)
    assert "ken-v2.2.1-linux-amd64.tar.gz -> https://archives.test/ken.tar.gz, v1.0.3, sha256 01234567…" in ken
    assert "hidden" not in ken
    assert kscn.endswith("remove archives/kscn.tar.gz, v2.2.1")
    assert kcn.endswith("add archives/kcn-v1.0.3-linux-amd64.tar.gz")
    assert own.endswith("remove archives/kscn-v2.2.2-linux-amd64.tar.gz")


@pytest.mark.parametrize("record", [NOW, NOW.replace("servicechain-ha:", ""), NOW.replace("threshold: 2", "x: 1")])
def test_equal_archives_are_no_change(record: str) -> None:
    assert merged(NOW, record)[1] == []


@pytest.mark.parametrize("settings", ["", "config:\n", "config: {}\n", "config: {servicechain-ha:packages: }\n"])
def test_settings_without_packages_get_those_of_the_record(settings: str) -> None:
    text, changes = merged(settings, RECORD)
    assert [one.key for one in changes] == ["packages.ken", "packages.kcn"]
    assert yaml.safe_load(text)["config"]["servicechain-ha:packages"].keys() == {"ken", "kcn"}


def test_a_place_that_is_a_secret_is_not_shown() -> None:
    record = "config: {servicechain-ha:packages: {ken: {url: {secure: v1:abc}, sha256: ab, version: v1.0.3}}}"
    text, (change,) = merged("", record)
    assert "v1:abc" in text
    assert "v1:abc" not in str(change)
    assert "v1.0.3" in str(change)


def test_the_merged_settings_are_for_their_owner_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record, target = tmp_path / "record", tmp_path / "target"
    record.write_text(RECORD)
    rollback.main(str(record), str(tmp_path / "no settings"), str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    assert len(capsys.readouterr().out.splitlines()) == 2
    target.unlink()
    rollback.main(str(record), str(record), str(target))
    assert not target.exists()
    assert capsys.readouterr().out == ""
