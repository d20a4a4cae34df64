"""Archives of nodes: read without unpacking, and missing with a sentence."""

import hashlib
import io
import random
import tarfile
from pathlib import Path

import pytest

from components.nodes.package import Package, PackageError


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
    assert text.startswith(f"node package {path}: ")
    assert "No such file or directory" in text
    assert text.endswith("; run `make setup`, or name an archive in servicechain-ha:packages")


def test_an_archive_of_another_node_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"kscn-linux-amd64/conf/kscnd.conf": "PORT=22323\n"})
    with pytest.raises(PackageError, match=r"no ken-linux-amd64/conf/kend\.conf in it; run `make setup`"):
        _ = Package("ken", path).conf


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b\x08\x00"])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ken.tar.gz"
    path.write_bytes(content)
    with pytest.raises(PackageError, match=f"node package {path}: "):
        _ = Package("ken", path).conf


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.8])
def test_a_half_downloaded_archive_is_refused(tmp_path: Path, mode: str, kept: float) -> None:
    noise = random.Random(1).randbytes(30_000).hex()  # noqa: S311 - what cannot be compressed away
    path = archive(tmp_path, {"ken-linux-amd64/bin/ken": noise, "ken-linux-amd64/conf/kend.conf": noise}, mode)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(PackageError, match=f"node package {path}: "):
        _ = Package("ken", path).conf
