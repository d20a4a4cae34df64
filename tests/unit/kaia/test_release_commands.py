"""Releases side by side, by the commands for the daemon script: unpacked beside what runs, and switched by a start."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.domain.problems.packages import (
    PACKAGE_DIGEST,
    PACKAGE_NO_ROOM,
    PACKAGE_NOT_EXECUTABLE,
    PACKAGE_UNUSABLE,
    RELEASE_ABSENT,
)
from components.kaia.daemon_commands import scripts
from components.kaia.package import Package
from tests.unit.kaia.archives import arrive, pack
from tests.unit.kaia.machine import Machine, alive, machine_in


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with machine_in(tmp_path) as up:
        yield up


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return inode, time and content of each file."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_release_is_named_after_version_and_digest_and_unpacked_once(machine: Machine, tmp_path: Path) -> None:
    package = pack(tmp_path)
    machine.do("unpack", package)
    name = f"kscn-v1.0.3-{package.digest[:8]}"
    assert machine.files == {name, "next"}
    assert str((machine.root / "next").readlink()) == name
    assert (machine.root / name / "conf/kscnd.conf").read_text() == "packaged v1.0.3"
    before = snapshot(machine.root)
    machine.do("unpack", package)
    assert machine.run("unpack", package).returncode == 0, "without the archive, as after a lost connection"
    assert snapshot(machine.root) == before
    assert machine.files == {name, "next"}


@pytest.mark.parametrize("lost", [".sha256", "bin/kscn", "bin/kscnd", "conf/kscnd.conf"])
def test_a_release_that_is_not_whole_is_unpacked_again(machine: Machine, tmp_path: Path, lost: str) -> None:
    package = pack(tmp_path)
    machine.do("unpack", package)
    file = machine.root / package.release / lost
    file.unlink()
    done = machine.run("unpack", package)
    assert (done.returncode, RELEASE_ABSENT.code in done.stderr) == (1, True), "there is no archive"
    (machine.root / f"{package.release}.new/half").mkdir(parents=True)
    machine.do("unpack", package)
    assert file.exists()
    assert machine.files == {package.release, "next"}


def test_unpacking_touches_nothing_of_what_runs(machine: Machine, tmp_path: Path) -> None:
    old, new = pack(tmp_path), pack(tmp_path, "v2.0.0")
    machine.renew(old)
    pid, before = machine.pid, snapshot(machine.root / old.release)
    machine.do("unpack", new)
    assert snapshot(machine.root / old.release) == before
    assert (machine.current, machine.pid, alive(pid)) == (old.release, pid, True)
    machine.do("restart", new)
    assert machine.current == new.release
    assert not alive(pid)


def test_a_start_runs_the_next_release_with_its_own_conf_and_the_way_back_brings_the_old_one(
    machine: Machine, tmp_path: Path
) -> None:
    old, new = pack(tmp_path), pack(tmp_path, "v2.0.0")
    machine.renew(old)
    (machine.root / old.release / "conf/kscnd.conf").write_text("written for the old one")
    machine.renew(new)
    machine.renew(old)
    one, two = (machine.root / package.release for package in (old, new))
    assert machine.calls == [
        f"started {one} with packaged v1.0.3",
        f"stopped by {one}",
        f"started {two} with packaged v2.0.0",
        f"stopped by {two}",
        f"started {one} with written for the old one",
    ]


def test_one_release_is_kept_to_go_back_to(machine: Machine, tmp_path: Path) -> None:
    first, second, third = (pack(tmp_path, f"v{number}.0.0") for number in (1, 2, 3))
    others = {"kscn-backup-20240101", "kscn-linux-amd64", "ken-v1.0.3-00000000", "genesis.json"}
    for name in others:
        (machine.root / name).mkdir()
    machine.renew(first)
    machine.renew(second)
    assert machine.files == {first.release, second.release, "next", "current", *others}
    machine.do("restart", second)
    assert machine.files == {first.release, second.release, "next", "current", *others}
    for name in ("kscn-v9.0.0-0123abcd.tar.gz", "kscn-v9.0.0-0123abcd.tar.gz.part"):
        (machine.root / name).touch()
    (machine.root / "kscn-v9.0.0-0123abcd.new").mkdir()
    machine.renew(third)
    assert machine.files == {second.release, third.release, "next", "current", *others}
    machine.renew(second)
    assert machine.files == {second.release, third.release, "next", "current", *others}


def test_a_release_that_never_started_is_not_what_is_kept(machine: Machine, tmp_path: Path) -> None:
    good, better = pack(tmp_path), pack(tmp_path, "v3.0.0")
    broken = pack(tmp_path, "v2.0.0", {"bin/kscnd": "#!/bin/sh\nexit 1\n"})
    machine.renew(good)
    machine.do("unpack", broken)
    assert machine.run("restart", broken).returncode == 1
    assert machine.current == broken.release
    assert machine.files == {good.release, broken.release, "next", "current"}
    machine.renew(better)
    assert machine.files == {good.release, better.release, "next", "current"}


def refused(machine: Machine, package: Package) -> str:
    """Return why an archive is refused while another release runs, of which nothing may change."""
    running = machine.current
    pid, before = machine.pid, snapshot(machine.root / running)
    done = machine.stage(package)
    assert done.returncode == 1
    assert snapshot(machine.root / running) == before
    assert alive(pid)
    assert machine.files - {f"{package.release}.tar.gz"} == {running, "next", "current"}
    assert {str((machine.root / name).readlink()) for name in ("current", "next")} == {running}
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("size", [1, 100])
def test_an_archive_that_is_cut_off_is_refused(machine: Machine, tmp_path: Path, size: int) -> None:
    machine.renew(pack(tmp_path))
    whole = pack(tmp_path, "v2.0.0")
    assert whole.archive
    os.truncate(whole.archive, size)
    said = refused(machine, whole)
    assert f"{machine.at(whole).archive} cannot be unpacked: " in said
    assert PACKAGE_UNUSABLE.code in said


def test_an_archive_that_was_not_copied_whole_is_refused_and_not_kept(machine: Machine, tmp_path: Path) -> None:
    package = pack(tmp_path)
    arrive(machine.at(package))
    os.truncate(machine.at(package).archive, 100)
    done = machine.run("unpack", package)
    assert (done.returncode, PACKAGE_DIGEST.code in done.stderr) == (1, True)
    assert all(value in done.stderr for value in (machine.at(package).archive, package.digest))
    assert machine.files == set()


@pytest.mark.parametrize("file", ["bin/kscn", "bin/kscnd", "conf/kscnd.conf"])
def test_an_archive_that_lacks_a_file_is_refused(machine: Machine, tmp_path: Path, file: str) -> None:
    machine.renew(pack(tmp_path))
    package = pack(tmp_path, "v2.0.0", {file: None})
    said = refused(machine, package)
    assert f"{machine.at(package).archive} holds no kscn-linux-amd64/{file} [{PACKAGE_UNUSABLE.code}]" in said


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("\x7fELF\x02\x01\x01\0of another processor\0", "Exec format error"),
        ("#!/no/such/loader\n", "not found"),
        ("#!/bin/sh\necho 'error while loading shared libraries'\necho more\nexit 127\n", "shared libraries"),
        ("#!/bin/sh\n", "said: "),
    ],
)
def test_a_program_that_cannot_be_executed_is_refused(machine: Machine, tmp_path: Path, program: str, why: str) -> None:
    machine.renew(pack(tmp_path))
    package = pack(tmp_path, "v2.0.0", {"bin/kscn": program})
    said = refused(machine, package)
    assert all(value in said for value in (machine.at(package).archive, "'bin/kscn version'", why))
    assert said.endswith(f" [{PACKAGE_NOT_EXECUTABLE.code}]")


def test_an_archive_for_which_there_is_no_room_is_refused_and_kept(machine: Machine, tmp_path: Path) -> None:
    machine.renew(pack(tmp_path))
    machine.stub("df", "echo Avail; echo 1000")
    package = pack(tmp_path, "v2.0.0", {"conf/kscnd.conf": os.urandom(400_000).hex()})
    assert package.archive
    needed = package.archive.stat().st_size * 4 // 1_000_000
    said = refused(machine, package)
    assert f"needs {needed} MB of disk" in said
    assert " and 1 MB are free in " in said
    assert PACKAGE_NO_ROOM.code in said
    (machine.stubs / "df").unlink()
    assert machine.run("unpack", package).returncode == 0, "the archive is there still"


def test_nothing_is_stopped_if_there_is_nothing_to_start(machine: Machine, tmp_path: Path) -> None:
    package = pack(tmp_path)
    machine.renew(package)
    (machine.root / package.release / "bin/kscn").unlink()
    for name in ("start", "restart", "begin"):
        done = machine.run(name, package)
        assert (done.returncode, RELEASE_ABSENT.code in done.stderr) == (1, True)
    assert alive(machine.pid)


def test_a_node_of_another_layout_is_stopped_by_its_pid_file(machine: Machine, tmp_path: Path) -> None:
    package = pack(tmp_path)
    # Its parent waits for it, so that it is gone once it has ended.
    words = ["sh", "-c", "sleep 60 >/dev/null & echo $!; wait"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        former = int(parent.stdout.readline())
        (machine.root / "data/kscnd.pid").write_text(f"{former}\n")
        machine.do("unpack", package)
        machine.do("restart", package)
    assert not alive(former)
    assert (machine.current, alive(machine.pid)) == (package.release, True)
    assert machine.calls == [f"started {machine.root / package.release} with packaged v1.0.3"]


def test_a_start_does_not_depend_on_the_release_that_an_older_state_knew(machine: Machine, tmp_path: Path) -> None:
    old, new = pack(tmp_path), pack(tmp_path, "v2.0.0")
    names = ("start", "restart", "begin")
    one, two = ({name: scripts(machine.at(package))[name] for name in names} for package in (old, new))
    assert one == two


def test_a_command_that_ran_to_its_end_leaves_no_link_half_made(machine: Machine, tmp_path: Path) -> None:
    package = pack(tmp_path)
    for name in ("current.new", "next.new"):
        (machine.root / name).symlink_to("left by a run that was killed")
    machine.renew(package)
    assert machine.files == {package.release, "next", "current"}
    assert not Path(machine.current).is_absolute(), "so that the folder can be moved"
    assert shutil.which("kscn", path=machine.root / "current/bin")
