"""The data volume of a machine, for real: a loop device in a mount namespace of its own. Needs root."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.hosts.aws import data_volume
from components.hosts.local_preflight import missing

TOOLS = ("losetup", "mkfs.ext4", "resize2fs", "wipefs", "blkid", "flock")
pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=" ".join(missing())),
    pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="needs e2fsprogs and util-linux"),
]

VOLUME, OTHER = "vol-0123456789abcdef0", "vol-0fedcba9876543210"
SNAPSHOT = "snap-0123456789abcdef0"
MIB = 1024 * 1024
CAP_SYS_RESOURCE = 24
"""Without it the kernel does not let a file system grow while it is mounted."""
PARTITION = r"\0\0\0\0\203\0\0\0\0\10\0\0\0\100\0\0" + r"\0" * 48 + r"\125\252"
"""Of a DOS partition table with one partition for Linux: its last 66 bytes."""
OTHERS_LINE = "/dev/vda1 / ext4 defaults 0 1\n"


def _capable(capability: int) -> bool:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff:"))
    return bool(int(line.split()[1], 16) >> capability & 1)


@dataclass(frozen=True)
class Machine:
    """Where a volume is mounted: a mount namespace, which a process of its own keeps alive."""

    folder: Path
    keeper: int
    disk: str
    volume: str = VOLUME

    @property
    def place(self) -> Path:
        """The mount point."""
        return self.folder / "srv"

    @property
    def fstab(self) -> Path:
        """Its own."""
        return self.folder / "fstab"

    def inside(self, command: str) -> "subprocess.CompletedProcess[str]":
        """Run a shell command in the namespace."""
        env = {"PATH": os.environ["PATH"], "DISKS": str(self.folder), "FSTAB": str(self.fstab), "PATIENCE": "2"}
        arguments = ["nsenter", f"--mount=/proc/{self.keeper}/ns/mnt", "sh", "-c", command]
        return subprocess.run(arguments, env=env, capture_output=True, text=True, timeout=60, check=False)

    def mount(self, snapshot: str | None = None) -> str:
        """Run what is tested; return what it said."""
        ran = self.inside(data_volume.command(self.volume, str(self.place), snapshot))
        assert ran.returncode == 0, ran.stderr
        assert ran.stderr == ""
        return ran.stdout

    def refuse(self) -> str:
        """Run it where it must fail; return why it says it did."""
        ran = self.inside(data_volume.command(VOLUME, str(self.place)))
        assert ran.returncode == 1
        assert ran.stderr.startswith(f"data volume {VOLUME}: ")
        return ran.stderr

    def out(self, command: str) -> str:
        """Run a command that has to work; return its output."""
        ran = self.inside(command)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Yield a machine with an attached, blank disk of 64 MiB."""
    with blank(tmp_path) as found:
        yield found


@contextmanager
def blank(tmp_path: Path) -> Iterator[Machine]:
    """Yield a machine with a blank disk of 64 MiB, whose files are in a folder."""
    if any(character not in "/-_." and not character.isalnum() for character in str(tmp_path)):
        pytest.skip(f"fstab cannot name {tmp_path}")
    with (tmp_path / "disk").open("wb") as file:
        file.truncate(64 * MIB)
    with booted(tmp_path, VOLUME) as found:
        yield found


@contextmanager
def booted(tmp_path: Path, volume: str) -> Iterator[Machine]:
    """Yield a machine with the file `disk` of a folder as its disk."""
    image = tmp_path / "disk"
    (tmp_path / "fstab").write_text(OTHERS_LINE)
    disk = subprocess.run(
        ["losetup", "--find", "--show", str(image)], check=True, capture_output=True, text=True
    ).stdout.strip()
    keeper = None
    try:
        (tmp_path / f"nvme-Amazon_Elastic_Block_Store_vol{volume.removeprefix('vol-')}").symlink_to(disk)
        # Nothing that is mounted in there is seen outside, and it is gone with its last process.
        keeper = subprocess.Popen(["unshare", "--mount", "sh", "-c", "echo && exec sleep 600"], stdout=subprocess.PIPE)
        assert keeper.stdout
        keeper.stdout.readline()
        yield Machine(tmp_path, keeper.pid, disk, volume)
    finally:
        if keeper:
            keeper.kill()
            keeper.communicate()
        subprocess.run(["losetup", "--detach", disk], check=True)
    assert str(tmp_path) not in Path("/proc/mounts").read_text()
    assert disk not in subprocess.run(["losetup", "--all"], check=True, capture_output=True, text=True).stdout


def test_a_blank_disk_is_formatted_once_and_keeps_its_data(machine: Machine) -> None:
    assert "making a file system" in machine.mount()
    machine.out(f"echo kept > {machine.place}/file")
    (others, ours) = machine.fstab.read_text().splitlines(keepends=True)
    uuid = machine.out(f"blkid -p -s UUID -o value {machine.disk}").strip()
    assert others == OTHERS_LINE
    assert ours.startswith(f"UUID={uuid} {machine.place} ext4 nofail,noatime,x-systemd.device-timeout=30s,")
    assert "noatime" in machine.out(f"findmnt -no OPTIONS {machine.place}")

    before = machine.fstab.stat()
    assert machine.mount() == ""
    assert machine.fstab.stat().st_ino == before.st_ino
    assert machine.out(f"grep -c ' {machine.place} ' /proc/mounts").strip() == "1"

    machine.out(f"umount {machine.place}")  # a reboot, or another machine
    machine.fstab.write_text(OTHERS_LINE)
    assert machine.mount() == ""
    assert machine.out(f"cat {machine.place}/file") == "kept\n"
    assert sorted(path.name for path in machine.folder.iterdir()) == sorted(
        ["disk", "fstab", "nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0", "srv"]
    )


def test_a_copy_of_the_disk_of_a_running_node_becomes_the_disk_of_another_one(tmp_path: Path) -> None:
    former, other = tmp_path / "former", tmp_path / "other"
    for folder in (former, other):
        folder.mkdir()
    with blank(former) as machine:
        machine.mount()
        data = machine.place / "data"
        machine.out(
            f"mkdir -p {data}/klay/chaindata/header {data}/klay/subbridgedata {data}/parent_bridge_account"
            f" && echo chain > {data}/klay/chaindata/header/CURRENT && echo key > {data}/klay/nodekey"
            f" && echo account > {data}/parent_bridge_account/keystore-0xab"
            f" && echo unsent > {data}/bridge_transactions.rlp"
            f" && sync -f {data} && echo late > {data}/klay/chaindata/header/late"
        )
        # It is mounted, and its last blocks may not be on it: a snapshot is taken like this.
        shutil.copyfile(former / "disk", other / "disk")
    with booted(other, OTHER) as copy:
        said = copy.mount(SNAPSHOT)
        assert f"data snapshot {SNAPSHOT}" in said
        assert "data/klay/nodekey" in said
        assert copy.out(f"cat {copy.place}/data/klay/chaindata/header/CURRENT") == "chain\n"
        left = copy.out(f"cd {copy.place} && find . -type f ! -name late").split()
        assert sorted(left) == ["./.servicechain-volume", "./data/klay/chaindata/header/CURRENT"]
        copy.out(f"echo own > {copy.place}/data/klay/nodekey && umount {copy.place}")  # another machine gets it
        assert copy.mount(SNAPSHOT) == ""
        assert copy.out(f"cat {copy.place}/data/klay/nodekey") == "own\n"


def test_every_run_lets_the_file_system_grow(machine: Machine) -> None:
    stub = machine.folder / "resize2fs"
    stub.write_text(f'#!/bin/sh\necho "$*" >> {machine.folder}/grown\n')
    stub.chmod(0o755)
    run = f"PATH={machine.folder}:$PATH; {data_volume.command(VOLUME, str(machine.place))}"
    for _ in range(2):
        machine.out(run)
    assert (machine.folder / "grown").read_text() == f"{machine.disk}\n" * 2
    stub.write_text("#!/bin/sh\necho no space left\nexit 1\n")
    assert "does not grow to the size of" in machine.inside(run).stderr


@pytest.mark.skipif(not _capable(CAP_SYS_RESOURCE), reason="this root may not resize a mounted file system")
def test_the_file_system_grows_with_its_disk(machine: Machine) -> None:
    machine.mount()
    machine.out(f"echo kept > {machine.place}/file")
    size = f"findmnt -bno SIZE {machine.place}"
    small = int(machine.out(size))
    os.truncate(machine.folder / "disk", 256 * MIB)
    machine.out(f"losetup --set-capacity {machine.disk}")
    assert machine.mount() == ""
    assert int(machine.out(size)) > 3 * small
    assert machine.out(f"cat {machine.place}/file") == "kept\n"


def test_another_disk_takes_the_place_of_the_old_one_in_fstab(machine: Machine) -> None:
    machine.mount()
    machine.out(f"umount {machine.place} && wipefs --all --quiet {machine.disk}")
    machine.mount()
    uuid = machine.out(f"blkid -p -s UUID -o value {machine.disk}").strip()
    (_, ours) = machine.fstab.read_text().splitlines()
    assert ours.startswith(f"UUID={uuid} ")


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        ("mkswap {}", "swap"),
        ("mkfs.ext2 -q {}", "ext2"),
        (f"printf '{PARTITION}' | dd of={{}} bs=1 seek=446 conv=notrunc status=none", "dos"),
    ],
)
def test_a_disk_that_holds_something_else_is_left_as_it_is(machine: Machine, make: str, kind: str) -> None:
    machine.out(make.format(machine.disk))
    before = (machine.folder / "disk").read_bytes()
    assert f"holds {kind}, not ext4; it is left as it is" in machine.refuse()
    assert (machine.folder / "disk").read_bytes() == before
    assert machine.fstab.read_text() == OTHERS_LINE


def test_nothing_is_hidden_or_mounted_over(machine: Machine) -> None:
    machine.place.mkdir()
    (machine.place / "file").write_text("mine")
    assert "is not empty" in machine.refuse()
    (machine.place / "file").unlink()

    machine.out(f"mount -t tmpfs tmpfs {machine.place}")
    assert "something else is mounted" in machine.refuse()
    machine.out(f"umount {machine.place}")

    machine.fstab.write_text(OTHERS_LINE + f"/dev/vdb {machine.place} xfs defaults 0 2\n")
    assert "mounts something else" in machine.refuse()
    assert [path.name for path in machine.folder.glob("fstab*")] == ["fstab"]


def test_a_disk_that_does_not_come_is_waited_for_and_then_named(machine: Machine) -> None:
    (machine.folder / "nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0").unlink()
    assert "after 2 s; is the volume attached?" in machine.refuse()
