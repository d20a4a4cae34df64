"""The commands for machines with systemd: interrupted work is repeated, finished work is not."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from components.domain.problems.packages import PACKAGE_DIGEST, PACKAGE_UNUSABLE
from components.kaia import systemd_commands
from components.kaia.layout import Layout
from components.kaia.package import Package

SHA = "ab" * 32
URL = "https://example.org/ken.tar.gz"
GOOD = ("ken-linux-amd64/bin/ken", "ken-linux-amd64/conf/kend.conf")
STUBS = {
    "systemd-sysusers": "cat >/dev/null",
    "id": "echo 505",
    "setpriv": 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    **dict.fromkeys(["chown", "systemctl"], ":"),
}
"""Programs that need root or systemd; tests/network runs the real ones."""


@pytest.fixture
def machine(tmp_path: Path) -> "Machine":
    return Machine(tmp_path)


class Machine:
    """A folder in place of a machine, where nothing needs root."""

    def __init__(self, folder: Path) -> None:
        self.root, self.stubs = folder / "srv", folder / "stubs"
        self.packed = folder / "ken.tar.gz"
        self.root.mkdir()
        self.stubs.mkdir()
        for name, text in STUBS.items():
            self.stub(name, text)

    def stub(self, name: str, text: str) -> None:
        """Write a script in place of a program."""
        (self.stubs / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.stubs / name).chmod(0o755)

    def pack(self, *names: str, prefix: str = "") -> None:
        """Make the archive, with these files in it."""
        source = self.packed.parent / "source"
        for name in names:
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            version = '[ "$1" != version ] || exec echo Kaia v1.0.3'
            path.write_text(f'#!/bin/sh\n{version}\necho {name} "$@" >>{self.root}/calls\n')
            path.chmod(0o700)
        subprocess.run(["tar", "-czf", self.packed, "-C", source, f"{prefix}ken-linux-amd64"], check=True)

    def package(self, *, url: bool, sha256: str | None = None) -> Package:
        """Return it, with a file or a URL."""
        digest = sha256 or hashlib.sha256(self.packed.read_bytes()).hexdigest()
        return Package("ken", None, URL, digest) if url else Package("ken", self.packed)

    def run(self, name: str, package: Package) -> subprocess.CompletedProcess[str]:
        """Run one of the commands."""
        return self.shell(systemd_commands.scripts(Layout(str(self.root), package))[name])

    def shell(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run a text with the stubs."""
        path = {"PATH": f"{self.stubs}:{os.environ['PATH']}"}
        return subprocess.run(["sh", "-c", text], env=path, capture_output=True, text=True, check=False)

    def unpacked(self) -> Package:
        """Return a valid package that the machine can get."""
        self.pack(*GOOD)
        self.arrive()
        package = self.package(url=False)
        assert self.run("unpack", package).returncode == 0
        return package

    def arrive(self) -> None:
        """Copy the archive to where it arrives."""
        shutil.copy(self.packed, Layout(str(self.root), self.package(url=False)).archive)

    def started(self, package: Package) -> str:
        """Start a node whose console is there at once; return the release that runs then."""
        ipc = Layout(str(self.root), package).ipc
        text = systemd_commands.scripts(Layout(str(self.root), package))["restart"].replace(f"[ -S {ipc} ]", "true")
        assert self.shell(text).returncode == 0
        return str((self.root / "current").readlink())

    def serve(self) -> None:
        """Let curl find the archive, and count the downloads."""
        find = f'echo x >>{self.root.parent}/fetched; while [ "$1" != --output ]; do shift; done; cp {self.packed} "$2"'
        self.stub("curl", find)

    @property
    def fetched(self) -> int:
        """Return the number of downloads."""
        path = self.root.parent / "fetched"
        return len(path.read_text().splitlines()) if path.exists() else 0

    @property
    def files(self) -> list[str]:
        """Return the files on the volume."""
        return sorted(path.name for path in self.root.iterdir())


@pytest.mark.parametrize("prefix", ["", "./"])
def test_an_archive_is_fetched_once(machine: Machine, prefix: str) -> None:
    machine.pack(*GOOD, prefix=prefix)
    machine.serve()
    for _ in range(2):
        done = machine.run("unpack", machine.package(url=True))
        assert (done.returncode, done.stderr) == (0, "")
    assert machine.fetched == 1
    release = machine.package(url=True).release
    assert machine.files == ["data", release, "next"]
    assert (machine.root / release / "bin/ken").stat().st_mode & 0o777 == 0o755
    assert (machine.root / "data").stat().st_mode & 0o777 == 0o700


def test_another_version_is_unpacked_beside_the_old_one_and_started(machine: Machine) -> None:
    machine.pack(*GOOD)
    machine.serve()
    old = machine.package(url=True)
    assert machine.run("unpack", old).returncode == 0
    assert machine.started(old) == old.release
    (machine.root / "data" / "chain").write_text("blocks")
    machine.pack(*GOOD, "ken-linux-amd64/more")
    new = machine.package(url=True)
    assert machine.run("unpack", new).returncode == 0
    assert machine.fetched == 2
    assert str((machine.root / "current").readlink()) == old.release, "what a reboot would start"
    assert machine.files == sorted(["current", "data", old.release, new.release, "next"])
    assert machine.started(new) == new.release
    assert (machine.root / "data" / "chain").read_text() == "blocks"


def test_the_link_is_switched_while_the_node_is_stopped(machine: Machine) -> None:
    package = machine.unpacked()
    seen = f'echo "$1 $(readlink {machine.root}/current)" >>{machine.root}/units'
    machine.stub("systemctl", seen)
    machine.started(package)
    lines = (machine.root / "units").read_text().splitlines()
    assert [line for line in lines if line.startswith("st")] == ["stop ", f"start {package.release}"]


def test_data_are_kept_while_the_node_is_stopped(machine: Machine) -> None:
    package = machine.unpacked()
    machine.started(package)
    (machine.root / "data/block").touch()
    machine.pack(*GOOD)
    program = machine.packed.parent / "source" / GOOD[0]
    program.write_text(program.read_text().replace("v1.0.3", "v2.0.0"))
    subprocess.run(
        ["tar", "-czf", machine.packed, "-C", program.parents[2], "ken-linux-amd64"],
        check=True,
    )
    newer = machine.package(url=False)
    machine.arrive()
    assert machine.run("unpack", newer).returncode == 0
    machine.stub("systemctl", f'echo "$1" $(ls -d {machine.root}/data.*) >>{machine.root}/units 2>/dev/null')
    at = Layout(str(machine.root), newer)
    restart = systemd_commands.scripts(at, keeps_data=True)["restart"].replace(f"[ -S {at.ipc} ]", "true")
    assert machine.shell(restart).returncode == 0
    lines = (machine.root / "units").read_text().splitlines()
    copy = machine.root / "data.before-v1.0.3"
    assert [line for line in lines if line.startswith("st")] == ["stop", f"start {copy}"]
    assert (copy / "block").exists()


def test_a_copied_archive_is_checked_and_removed(machine: Machine) -> None:
    machine.pack(*GOOD)
    for _ in range(2):
        machine.arrive()
        done = machine.run("unpack", machine.package(url=False))
        assert (done.returncode, done.stderr) == (0, "")
        assert machine.files == ["data", machine.package(url=False).release, "next"]


def test_an_archive_with_another_digest_is_not_unpacked(machine: Machine) -> None:
    machine.pack(*GOOD)
    machine.serve()
    done = machine.run("unpack", machine.package(url=True, sha256=SHA))
    found = hashlib.sha256(machine.packed.read_bytes()).hexdigest()
    assert done.returncode == 1
    said = (f"{machine.root}/ken-abababab.tar.gz.part ", found, SHA, PACKAGE_DIGEST.code)
    assert all(value in done.stderr for value in said)
    assert machine.files == ["data"]


def test_an_interrupted_download_is_repeated(machine: Machine) -> None:
    machine.pack(*GOOD)
    machine.serve()
    release = machine.package(url=True).release
    (machine.root / f"{release}.tar.gz").write_text("another")
    (machine.root / f"{release}.tar.gz.part").write_text("half")
    (machine.root / f"{release}.new").mkdir()
    assert machine.run("unpack", machine.package(url=True)).returncode == 0
    assert machine.files == ["data", release, "next"]


def test_a_failed_download_changes_nothing(machine: Machine) -> None:
    machine.pack(*GOOD)
    machine.stub("curl", "echo 'curl: (7) no connection' >&2; exit 7")
    done = machine.run("unpack", machine.package(url=True))
    assert (done.returncode, done.stderr) == (7, "curl: (7) no connection\n")
    assert machine.files == ["data"]


@pytest.mark.parametrize("names", [["ken-linux-amd64/conf/kend.conf"], ["ken-linux-amd64/bin/kend"]])
def test_an_archive_of_another_layout_is_refused_and_the_old_one_stays(machine: Machine, names: list[str]) -> None:
    machine.pack(*GOOD)
    machine.serve()
    old = machine.package(url=True)
    machine.run("unpack", old)
    shutil.rmtree(machine.packed.parent / "source")
    machine.pack(*names)
    new = machine.package(url=True)
    done = machine.run("unpack", new)
    assert done.returncode == 1
    assert (
        f"{machine.root}/{new.release}.tar.gz holds no ken-linux-amd64/bin/ken [{PACKAGE_UNUSABLE.code}]\n"
        in done.stderr
    )
    assert (machine.root / old.release / "bin/ken").exists()
    assert str((machine.root / "next").readlink()) == old.release


def test_a_user_id_that_is_taken_is_reported(machine: Machine) -> None:
    machine.pack(*GOOD)
    machine.stub("id", "echo 999")
    done = machine.run("unpack", machine.package(url=False))
    said = "the number 505 of the user kaia is taken on this machine by somebody else\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_the_first_block_is_written_once_and_again_after_an_interruption(machine: Machine) -> None:
    package = machine.unpacked()
    machine.stub("touch", "exit 1")
    assert machine.run("init", package).returncode == 1
    (machine.stubs / "touch").unlink()
    assert [machine.run("init", package).returncode for _ in range(2)] == [0, 0]
    call = f"ken-linux-amd64/bin/ken init --datadir {machine.root}/data {machine.root}/genesis.json\n"
    assert (machine.root / "calls").read_text() == 2 * call


def test_a_genesis_that_cannot_be_used_is_reported(machine: Machine) -> None:
    package = machine.unpacked()
    (machine.root / package.release / "bin/ken").write_text("#!/bin/sh\necho Fatal: bad genesis; exit 3\n")
    done = machine.run("init", package)
    assert (done.returncode, done.stderr) == (1, "Fatal: bad genesis\n")


def test_a_start_that_fails_shows_the_log(machine: Machine) -> None:
    package = machine.unpacked()
    machine.stub("systemctl", '[ "$1" != start ]')
    machine.stub("journalctl", '[ "$1" = --sync ] || seq 20')
    done = machine.run("start", package)
    said = f"the node did not open its console {machine.root}/data/klay.ipc; the end of its log:"
    assert (done.returncode, done.stderr.splitlines()) == (1, [said, *map(str, range(6, 21))])
