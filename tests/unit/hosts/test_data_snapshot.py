"""What is deleted on a volume that was made from a snapshot, in plain folders: all that makes a node that node."""

import os
import subprocess
from pathlib import Path

import pytest

from components.hosts.aws import data_volume

SCRIPT = Path(data_volume.__file__).parent / "data_snapshot.sh"
VOLUME, SNAPSHOT = "vol-0123456789abcdef0", "snap-0123456789abcdef0"
MARK = ".servicechain-volume"
KEPT = ("data/klay/chaindata/header/CURRENT", "data/klay/chaindata/statetrie/0/000001.ldb")
FORMER = (
    *("data/klay/nodekey", "data/klay/nodes/CURRENT", "data/klay/subbridgedata/CURRENT", "data/klay/LOCK"),
    *("data/parent_bridge_account/keystore-0xab", "data/parent_bridge_account/0xAB", "data/child_bridge_account/0xCD"),
    *("data/bridge_addrs.rlp", "data/bridge_transactions.rlp", "data/static-nodes.json", "data/main-bridges.json"),
    *("data/.initialised", "data/logs/kscnd.out", "data/klay.ipc", "data/keystore/UTC--0xef"),
    *("genesis.json", "kscn-v1.0.3/bin/kscn", ".alone", "init.log", "data.before-v1/klay/nodekey", "data/a b\tc"),
    "odd/chaindata/CURRENT",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with what a volume of an SCN holds, and the mark of a former volume made from a snapshot."""
    root = tmp_path / "srv"
    for name in (*KEPT, *FORMER, "lost+found/piece"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "current").symlink_to("kscn-v1.0.3")
    (root / MARK).write_text("vol-0fffffffffffffff0\n")
    return root


def run(folder: Path, volume: str = VOLUME, disks: str = "") -> "subprocess.CompletedProcess[str]":
    command = ["sh", str(SCRIPT), volume, SNAPSHOT, str(folder)]
    env = {"PATH": os.environ["PATH"], "DISKS": disks}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


def test_only_chain_data_stays_and_the_rest_is_named(folder: Path) -> None:
    ran = run(folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert files(folder) == {*KEPT, "lost+found/piece", MARK}
    assert all((folder / name).read_text() == name for name in KEPT)
    assert (folder / MARK).read_text() == f"{VOLUME}\n"
    assert not [path for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir())]
    named = {line.strip().removeprefix("./") for line in ran.stdout.splitlines()[1:]}
    assert {"data/klay/nodekey", "data/parent_bridge_account", "data/bridge_transactions.rlp", "genesis.json"} <= named
    assert f"data snapshot {SNAPSHOT}: of the former node, data/klay/chaindata stays" in ran.stdout


def test_it_is_done_once_for_a_volume_and_again_for_a_copy_of_it(folder: Path) -> None:
    run(folder)
    (folder / "data/klay/nodekey").write_text("its own")
    again = run(folder)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (folder / "data/klay/nodekey").read_text() == "its own"
    assert run(folder, "vol-0aaaaaaaaaaaaaaa0").returncode == 0
    assert not (folder / "data/klay/nodekey").exists()


def test_what_was_cut_off_is_done_to_the_end(folder: Path) -> None:
    for name in ("data/klay/nodekey", "data/parent_bridge_account/0xAB"):
        (folder / name).unlink()
    (folder / MARK).unlink()
    assert run(folder).returncode == 0
    assert files(folder) == {*KEPT, "lost+found/piece", MARK}


@pytest.mark.parametrize("spoil", ["empty", "no chain data", "a link", "a file"])
def test_a_volume_without_chain_data_is_left_as_it_is(folder: Path, spoil: str) -> None:
    chain = folder / "data/klay/chaindata"
    if spoil == "no chain data":
        (folder / KEPT[0]).unlink()
    else:
        chain.rename(folder / "elsewhere")
        if spoil == "a link":
            chain.symlink_to(folder / "elsewhere")
        if spoil == "a file":
            chain.write_text("CURRENT")
    before = files(folder)
    ran = run(folder)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"data snapshot {SNAPSHOT}: ")
    assert ran.stderr.endswith("; nothing was deleted\n")
    assert files(folder) == before


def test_a_running_node_keeps_its_disk(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text('#!/bin/sh\n[ "$*" = "--quiet is-active kscnd" ]\n')
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    before = files(folder)
    ran = run(folder)
    assert ran.returncode == 1
    assert "kscnd runs on this machine" in ran.stderr
    assert files(folder) == before


def test_a_folder_that_is_not_the_disk_of_the_volume_is_left_as_it_is(folder: Path) -> None:
    before = files(folder)
    ran = run(folder, disks="/dev/disk/by-id")
    assert ran.returncode == 1
    assert f"the disk of {VOLUME} is not what is mounted at {folder}" in ran.stderr
    assert files(folder) == before


def test_the_command_is_the_former_one_without_a_snapshot() -> None:
    plain = data_volume.command(VOLUME, "/srv")
    assert data_volume.command(VOLUME, "/srv", "") == data_volume.command(VOLUME, "/srv", None) == plain
    with_one = data_volume.command(VOLUME, "/srv", SNAPSHOT)
    assert with_one.startswith(f"({plain}) && ")
    assert with_one.endswith(f"data_snapshot.sh {VOLUME} {SNAPSHOT} /srv")
