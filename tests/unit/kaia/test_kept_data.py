"""The copy of an SCN's data before a newer major version, by a real shell in a folder in place of a machine."""

import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.domain.problems.packages import DATA_NOT_KEPT
from components.kaia.package import Package
from tests.unit.kaia.archives import pack
from tests.unit.kaia.machine import Machine, alive, machine_in

COPY = "data.before-v1.0.3"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Yield a machine whose node runs v1.0.3, with data."""
    with machine_in(tmp_path) as up:
        up.keeps_data = True
        up.renew(release(tmp_path, "v1.0.3"))
        data = up.root / "data"
        (data / "klay").mkdir()
        (data / "klay/block").write_text("of v1")
        (data / ".initialised").touch()
        (data / "logs/kscnd.out").write_text("log")
        with socket.socket(socket.AF_UNIX) as ipc:
            ipc.bind(str(data / "other.ipc"))
        data.chmod(0o750)
        yield up


def release(folder: Path, version: str) -> Package:
    """Return a package whose program tells this version."""
    program = f"#!/bin/sh\n[ \"$1\" != version ] || echo 'Kaia {version}'\n"
    return pack(folder, version, {"bin/kscn": program})


def copies(machine: Machine) -> set[str]:
    return {name for name in machine.files if name.startswith("data.")}


def test_a_newer_major_version_starts_after_a_copy_of_the_data(machine: Machine, tmp_path: Path) -> None:
    newer, pid = release(tmp_path, "v2.0.0"), machine.pid
    (machine.root / f"{COPY}.new").mkdir()
    (machine.root / f"{COPY}.new/half").touch()
    cp, seen = shutil.which("cp"), tmp_path / "seen"
    machine.stub("cp", f'kill -0 {pid} 2>/dev/null && echo up >>{seen} || echo down >>{seen}\nexec {cp} "$@"')
    machine.renew(newer)
    assert seen.read_text() == "down\n"
    assert (machine.current, alive(pid)) == (newer.release, False)
    assert copies(machine) == {COPY}
    copy = machine.root / COPY
    assert {str(path.relative_to(copy)) for path in copy.rglob("*")} == {"klay", "klay/block", ".initialised"}
    assert (copy / "klay/block").read_text() == "of v1"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o750


@pytest.mark.parametrize("keeps_data", [True, False])
@pytest.mark.parametrize("version", ["v1.0.4", "v1.9.0", "v0.9.9"])
def test_any_other_version_starts_without_one(
    machine: Machine, tmp_path: Path, version: str, *, keeps_data: bool
) -> None:
    machine.keeps_data = keeps_data
    machine.renew(release(tmp_path, version))
    assert copies(machine) == set()


def test_without_the_setting_there_is_no_copy(machine: Machine, tmp_path: Path) -> None:
    machine.keeps_data = False
    machine.renew(release(tmp_path, "v2.0.0"))
    assert copies(machine) == set()


def test_the_way_back_copies_nothing_and_a_copy_that_is_there_stays(machine: Machine, tmp_path: Path) -> None:
    older, newer, newest = (release(tmp_path, version) for version in ("v1.0.3", "v2.0.0", "v10.0.0"))
    machine.renew(newer)
    (machine.root / "data/klay/block").write_text("of v2")
    machine.renew(older)
    assert copies(machine) == {COPY}
    machine.renew(newer)
    machine.do("restart", newer)
    assert (machine.root / COPY / "klay/block").read_text() == "of v1"
    machine.renew(newest)
    assert copies(machine) == {COPY, "data.before-v2.0.0"}


def refused(machine: Machine, name: str, package: Package) -> str:
    """Return why a command is refused, during which the node runs on."""
    runs, pid = machine.current, machine.pid
    done = machine.run(name, package)
    assert (done.returncode, DATA_NOT_KEPT.code in done.stderr) == (1, True)
    assert (machine.current, machine.pid, alive(pid)) == (runs, pid, True)
    assert copies(machine) == set()
    return done.stderr


def test_nothing_is_stopped_if_there_is_no_room_for_the_copy(machine: Machine, tmp_path: Path) -> None:
    newer = release(tmp_path, "v2.0.0")
    with (machine.root / "data/klay/chaindata").open("wb") as file:
        file.write(b"x" * 3_000_000)
    with (machine.root / "data/logs/more").open("wb") as file:
        file.write(b"x" * 9_000_000)
    machine.do("unpack", newer)
    machine.stub("df", "echo Avail; echo 3200")
    for name in ("room", "restart"):
        assert f"to {machine.root}/{COPY}: that needs 3 MB of disk, and 3 MB are free" in refused(machine, name, newer)
    machine.stub("df", "echo Avail; echo 3400")
    assert machine.run("room", newer).returncode == 0
    assert copies(machine) == set()
    machine.do("restart", newer)
    assert copies(machine) == {COPY}


def test_a_version_that_is_not_known_is_refused(machine: Machine, tmp_path: Path) -> None:
    newer = pack(tmp_path, "v2.0.0", {"bin/kscn": "#!/bin/sh\necho of my own\n"})
    machine.do("unpack", newer)
    for name in ("room", "restart"):
        refused(machine, name, newer)


def test_after_a_copy_that_fails_the_node_runs_what_it_ran(machine: Machine, tmp_path: Path) -> None:
    newer, runs, pid = release(tmp_path, "v2.0.0"), machine.current, machine.pid
    machine.do("unpack", newer)
    machine.stub("cp", "echo 'cp: an error of the disk' >&2; exit 1")
    done = machine.run("restart", newer)
    assert (done.returncode, DATA_NOT_KEPT.code in done.stderr) == (1, True)
    assert "cp: an error of the disk" in done.stderr
    assert (machine.current, copies(machine)) == (runs, set())
    assert (alive(pid), alive(machine.pid)) == (False, True)
    (machine.stubs / "cp").unlink()
    machine.do("restart", newer)
    assert (machine.current, copies(machine)) == (newer.release, {COPY})
