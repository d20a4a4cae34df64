"""The chain data of a former node under the real program of an SCN: taken over, unless it is of another chain."""

import os
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from eth_account import Account

from components.hosts.aws import data_volume
from components.kaia import genesis

ARCHIVES = sorted(Path(".build/packages").glob("kscn-*.tar.gz"))
pytestmark = pytest.mark.skipif(not ARCHIVES, reason="make setup has built no kscn")
SCRIPT = Path(data_volume.__file__).parent / "data_snapshot.sh"
VALIDATORS = [f"0x{digit * 40}" for digit in "1234"]
"""They are in the first block, and so in its hash, by which the program knows its chain."""


@pytest.fixture(scope="module")
def kscn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kscn")
    with tarfile.open(ARCHIVES[0]) as archive:
        archive.extractall(folder, filter="data")
    (found,) = folder.rglob("bin/kscn")
    return found


def init(kscn: Path, root: Path, validators: list[str]) -> "subprocess.CompletedProcess[str]":
    """Do what the init of an SCN does."""
    first_block = root / "genesis.json"
    first_block.write_text(genesis.service_chain(3000, validators, {}))
    command = [str(kscn), "init", "--datadir", str(root / "data"), str(first_block)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def forget_the_former_node(root: Path) -> None:
    """Run what is tested."""
    command = ["sh", str(SCRIPT), "vol-0123456789abcdef0", "snap-0123456789abcdef0", str(root)]
    env = {"PATH": os.environ["PATH"], "DISKS": ""}
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=60)


def test_chain_data_is_taken_over_by_a_node_of_the_same_chain_only(kscn: Path, tmp_path: Path) -> None:
    root = tmp_path / "srv"
    root.mkdir()
    assert init(kscn, root, VALIDATORS).returncode == 0
    (root / "data/klay/nodekey").write_text("11" * 32)
    (root / "data/.initialised").touch()
    forget_the_former_node(root)
    assert sorted(path.name for path in (root / "data/klay").iterdir()) == ["chaindata"]
    assert not (root / "data/.initialised").exists(), "or init would not compare the genesis"
    other = init(kscn, root, VALIDATORS[:3])
    assert other.returncode != 0
    assert "incompatible genesis" in other.stdout + other.stderr
    assert init(kscn, root, VALIDATORS).returncode == 0


@contextmanager
def running(kscn: Path, root: Path, key: str) -> Iterator[Path]:
    """Run a node with this key and without peers; yield its console."""
    (root / "data/klay/nodekey").write_text(key)
    command = [str(kscn), "--datadir", str(root / "data"), "--networkid", "3000", "--nodiscover", "--port", "0"]
    with (root / "log").open("w") as log:
        node = subprocess.Popen(command, stdout=log, stderr=log)
    console = root / "data/klay.ipc"
    try:
        reach(kscn, console, 0)
        yield console
    finally:
        node.send_signal(signal.SIGTERM)
        node.wait(60)


def ask(kscn: Path, console: Path, question: str) -> str:
    command = [str(kscn), "attach", "--exec", question, str(console)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout.strip()


def reach(kscn: Path, console: Path, block: int) -> None:
    """Wait until a node answers that it has a block. Without peers and votes a node gets none."""
    deadline = monotonic() + 60
    while not (height := ask(kscn, console, "klay.blockNumber")).isdigit() or int(height) < block:
        assert monotonic() < deadline, height
        sleep(0.2)


@pytest.mark.nightly
def test_another_node_goes_on_from_a_copy_that_was_made_while_the_first_one_ran(kscn: Path, tmp_path: Path) -> None:
    former, new = tmp_path / "former", tmp_path / "new"
    former.mkdir()
    first, second = "11" * 32, "22" * 32
    validators = [Account.from_key(f"0x{first}").address]
    assert init(kscn, former, validators).returncode == 0
    with running(kscn, former, first) as console:  # and stopped, so that its blocks are on the disk
        reach(kscn, console, 3)
    with running(kscn, former, first) as console:
        third, identity = (ask(kscn, console, question) for question in ("klay.getBlock(3).hash", "admin.nodeInfo.id"))
        shutil.copytree(former, new, ignore=shutil.ignore_patterns("*.ipc"))
    forget_the_former_node(new)
    assert init(kscn, new, validators).returncode == 0
    with running(kscn, new, second) as console:
        reach(kscn, console, 3)
        assert ask(kscn, console, "klay.getBlock(3).hash") == third
        assert ask(kscn, console, "admin.nodeInfo.id") != identity
