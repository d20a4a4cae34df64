"""The chain data of a former node under the real program of an SCN: taken over, unless it is of another chain."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

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


def test_chain_data_is_taken_over_by_a_node_of_the_same_chain_only(kscn: Path, tmp_path: Path) -> None:
    root = tmp_path / "srv"
    root.mkdir()
    assert init(kscn, root, VALIDATORS).returncode == 0
    (root / "data/klay/nodekey").write_text("11" * 32)
    (root / "data/.initialised").touch()
    command = ["sh", str(SCRIPT), "vol-0123456789abcdef0", "snap-0123456789abcdef0", str(root)]
    env = {"PATH": os.environ["PATH"], "DISKS": ""}
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=60)
    assert sorted(path.name for path in (root / "data/klay").iterdir()) == ["chaindata"]
    assert not (root / "data/.initialised").exists(), "or init would not compare the genesis"
    other = init(kscn, root, VALIDATORS[:3])
    assert other.returncode != 0
    assert "incompatible genesis" in other.stdout + other.stderr
    assert init(kscn, root, VALIDATORS).returncode == 0
