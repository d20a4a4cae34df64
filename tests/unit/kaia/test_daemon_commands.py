"""The commands for the daemon script, run by a real shell."""

import subprocess
from pathlib import Path

import pytest

from components.kaia.daemon_commands import scripts
from components.kaia.layout import Layout
from components.kaia.package import Package


def layout(root: str = "/srv") -> Layout:
    return Layout(root, Package("kscn", Path(__file__)))


def shell(command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", command], input=stdin, capture_output=True, text=True, check=False)


def fake_program(place: Layout, script: str) -> Path:
    """Write a script in place of the node's program; return the file to which it writes its calls."""
    program = Path(place.release.binary)
    program.parent.mkdir(parents=True)
    calls = Path(place.root) / "calls"
    program.write_text(f'#!/bin/sh\necho "$@" >>{calls}\n{script}\n')
    program.chmod(0o755)
    return calls


@pytest.mark.parametrize("program", ["ken", "kscn", "kcn"])
@pytest.mark.parametrize("name", ["unpack", "init", "start", "restart", "begin"])
@pytest.mark.parametrize("language", ["bash", "sh"])
def test_the_commands_are_valid_shell(program: str, name: str, language: str) -> None:
    command = scripts(Layout("/srv", Package(program, Path(__file__))))[name]
    done = subprocess.run([language, "-n"], input=command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"/srv/{program}" in command or f"/srv/next/bin/{program}" in command


def test_the_first_block_is_written_once(tmp_path: Path) -> None:
    at = layout(str(tmp_path))
    calls = fake_program(at, f"mkdir -p {at.data}/klay/chaindata")
    init = scripts(at)["init"]
    assert [shell(init).returncode for _ in range(2)] == [0, 0]
    assert calls.read_text() == f"init --datadir {tmp_path}/data {tmp_path}/genesis.json\n"


def test_a_genesis_that_cannot_be_used_is_reported(tmp_path: Path) -> None:
    at = layout(str(tmp_path))
    fake_program(at, "echo Fatal: bad genesis; exit 3")
    done = shell(scripts(at)["init"])
    assert (done.returncode, done.stderr) == (1, "Fatal: bad genesis\n")
