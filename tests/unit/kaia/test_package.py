"""Archives of nodes: read without unpacking; a missing one is reported."""

import hashlib
import io
import random
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.domain.problems.packages import PACKAGE_DIGEST, PACKAGE_NOT_HERE, PACKAGE_UNUSABLE
from components.kaia.package import Package, PackageError, package


def archive(folder: Path, members: dict[str, str], mode: str = "w:gz") -> Path:
    path = folder / "ken-v1.0.3-linux-amd64.tar.gz"
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.mark.parametrize("prefix", ["", "./"])
@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w"])
def test_the_conf_is_read_out_of_the_archive(tmp_path: Path, prefix: str, mode: str) -> None:
    members = {f"{prefix}ken-linux-amd64/bin/ken": "binary", f"{prefix}ken-linux-amd64/conf/kend.conf": "PORT=32323\n"}
    assert Package("ken", archive(tmp_path, members, mode)).conf == "PORT=32323\n"


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert Package("ken", path).digest == digest == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize(("program", "daemon"), [("ken", "kend"), ("kscn", "kscnd"), ("kcn", "kcnd")])
def test_names_are_those_of_the_official_archives(program: str, daemon: str) -> None:
    package = Package(program, Path("x"))
    assert (package.daemon, package.folder) == (daemon, f"{program}-linux-amd64")


@pytest.mark.parametrize("what", ["conf", "digest"])
def test_a_missing_archive_is_named_with_what_to_do(tmp_path: Path, what: str) -> None:
    path = tmp_path / "ken.tar.gz"
    with pytest.raises(PackageError) as caught:
        getattr(Package("ken", path), what)
    text = str(caught.value)
    assert str(path) in text
    assert "No such file or directory" in text
    assert "make setup" in text
    assert PACKAGE_UNUSABLE.code in text


def test_an_archive_of_another_node_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"kscn-linux-amd64/conf/kscnd.conf": "PORT=22323\n"})
    with pytest.raises(PackageError, match=rf"ken-linux-amd64/conf/kend\.conf.*{PACKAGE_UNUSABLE.code}"):
        _ = Package("ken", path).conf


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b\x08\x00"])
def test_a_file_that_is_not_an_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ken.tar.gz"
    path.write_bytes(content)
    with pytest.raises(PackageError, match=f"{path}.*{PACKAGE_UNUSABLE.code}"):
        _ = Package("ken", path).conf


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.8])
def test_a_half_downloaded_archive_is_refused(tmp_path: Path, mode: str, kept: float) -> None:
    noise = random.Random(1).randbytes(30_000).hex()  # noqa: S311 - what cannot be compressed away
    path = archive(tmp_path, {"ken-linux-amd64/bin/ken": noise, "ken-linux-amd64/conf/kend.conf": noise}, mode)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(PackageError, match=f"{path}.*{PACKAGE_UNUSABLE.code}"):
        _ = Package("ken", path).conf


@dataclass(frozen=True)
class Given:
    """The settings of an archive."""

    file: str | None = None
    url: str | None = None
    sha256: str | None = None
    version: str = "v1.0.3"


def test_an_archive_with_the_given_digest_is_accepted(tmp_path: Path) -> None:
    path = archive(tmp_path, {"ken-linux-amd64/conf/kend.conf": "PORT=32323\n"})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    found = package("ken", Given(file=str(path), sha256=digest))
    found.check()
    assert (found.digest, found.version, found.conf, found.archive) == (digest, "v1.0.3", "PORT=32323\n", path)
    assert package("ken", Given(file=str(path), sha256=digest)) is found


def test_an_archive_with_another_digest_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"ken-linux-amd64/conf/kend.conf": "PORT=32323\n"})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    uses: list[Callable[[Package], object]] = [lambda found: found.digest, lambda found: found.check()]
    for use in uses:
        with pytest.raises(PackageError) as caught:
            use(package("ken", Given(file=str(path), sha256="ab" * 32)))
        assert PACKAGE_DIGEST.code in str(caught.value)
        assert all(value in str(caught.value) for value in (str(path), digest, "ab" * 32))


def test_an_empty_conf_is_reported(tmp_path: Path) -> None:
    path = archive(tmp_path, {"ken-linux-amd64/conf/kend.conf": ""})
    with pytest.raises(PackageError, match=f"conf in it is empty.*{PACKAGE_UNUSABLE.code}"):
        package("ken", Given(file=str(path))).check()


def test_a_url_is_not_checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", None)
    monkeypatch.setattr(tarfile, "open", None)
    given = Given(url="https://example.org/some/ken-v2.2.1.tar.gz?x=1", sha256="ab" * 32, version="v2.2.1")
    found = package("ken", given)
    found.check()
    assert (found.digest, found.version, found.archive) == ("ab" * 32, "v2.2.1", None)
    assert found.file_name == "ken-v2.2.1-abababab.tar.gz"  # no part of the URL is in a path


def test_the_conf_behind_a_url_cannot_be_read() -> None:
    url = "https://example.org/ken.tar.gz"
    with pytest.raises(PackageError) as caught:
        _ = package("ken", Given(url=url, sha256="ab" * 32)).conf
    assert PACKAGE_NOT_HERE.code in str(caught.value)
    assert all(value in str(caught.value) for value in (url, "kend.conf"))


def test_a_url_without_a_digest_is_refused() -> None:
    with pytest.raises(PackageError, match=f"ken: .*sha256.*{PACKAGE_UNUSABLE.code}"):
        _ = package("ken", Given(url="https://example.org/ken.tar.gz")).digest
