"""The commands for the daemon script, run by a real shell."""

import subprocess
from pathlib import Path

import pytest

from components.domain.problems.chains import FORK_MISSED
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


def node_with_forks(place: Layout, init: str) -> Path:
    """Make a release whose `init` is that script; return the file to which program and daemon write their calls."""
    calls = fake_program(place, f'[ "$1" != init ] || {{ {init}; }}')
    daemon = Path(place.release.daemon)
    daemon.write_text(
        f'#!/bin/sh\necho "daemon $*" >>{calls}\n'
        f'mkdir -p {place.data}; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\\"{place.ipc}\\")"\n'
        f"echo $$ >{place.data}/kscnd.pid\n"
    )
    daemon.chmod(0o755)
    Path(f"{place.root}/next").symlink_to(place.package.release)
    return calls


def test_a_node_takes_the_forks_of_its_genesis_over_between_its_stop_and_its_start(tmp_path: Path) -> None:
    at = layout(str(tmp_path))
    calls = node_with_forks(at, ":")
    assert shell(scripts(at, has_forks=True)["restart"]).returncode == 0
    init = f"init --datadir {tmp_path}/data {tmp_path}/genesis.json"
    assert calls.read_text().splitlines() == [init, "daemon start"]
    assert shell(scripts(at)["restart"]).returncode == 0
    assert calls.read_text().splitlines() == [init, "daemon start", "daemon start"]


def test_a_node_that_refuses_a_fork_is_started_as_it_was_and_the_run_fails(tmp_path: Path) -> None:
    at = layout(str(tmp_path))
    conflict = "mismatching Kaia Block in database (have <nil>, want 150, rewindto 149)"
    calls = node_with_forks(at, f"echo 'CRIT Failed to write genesis block err=\"{conflict}\"' ; exit 1")
    done = shell(scripts(at, has_forks=True)["restart"])
    assert done.returncode == 1
    assert FORK_MISSED.code in done.stderr
    assert f"({conflict})" in done.stderr
    assert calls.read_text().splitlines()[-1] == "daemon start"


def test_another_error_of_the_genesis_is_shown_as_it_is(tmp_path: Path) -> None:
    at = layout(str(tmp_path))
    calls = node_with_forks(at, "echo Fatal: invalid genesis; exit 1")
    done = shell(scripts(at, has_forks=True)["restart"])
    assert (done.returncode, done.stderr) == (1, "Fatal: invalid genesis\n")
    assert calls.read_text().splitlines()[-1] == "daemon start"
