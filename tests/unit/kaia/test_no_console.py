"""A release that runs and opens no console: its start fails after a time, and the former one can return."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from components.kaia import daemon_commands, systemd_commands
from tests.unit.kaia.archives import pack
from tests.unit.kaia.machine import Machine, alive, machine_in
from tests.unit.kaia.test_systemd_commands import Machine as SystemdMachine

POLLS = 4
LONG = 30.0
"""Seconds; the real limit is 20 minutes."""


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon_commands, "CONSOLE_POLLS", POLLS)
    monkeypatch.setattr(systemd_commands, "CONSOLE_POLLS", POLLS)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with machine_in(tmp_path) as up:
        yield up


def test_a_node_that_opens_no_console_is_given_up_and_stopped_by_the_way_back(machine: Machine, tmp_path: Path) -> None:
    old, new = pack(tmp_path), pack(tmp_path, "v2.0.0")
    machine.renew(old)
    machine.do("unpack", new)
    (machine.root / "data/logs/kscnd.out").write_text("waiting for a clock")
    machine.opens_console = False
    begin = monotonic()
    done = machine.run("restart", new)
    assert monotonic() - begin < LONG
    assert (done.returncode, machine.current) == (1, new.release)
    assert [str(machine.at(new).ipc) in line for line in done.stderr.splitlines()] == [True, False]
    assert done.stderr.splitlines()[1] == "waiting for a clock"
    assert alive(hanging := machine.pid), "it may only be slow, so it is left running"
    machine.opens_console = True
    machine.renew(old)
    assert not alive(hanging)
    assert (machine.current, alive(machine.pid)) == (old.release, True)
    assert machine.files == {old.release, "next", "current"}, "what never opened its console is not what is kept"


def test_so_it_is_by_systemd(tmp_path: Path) -> None:
    machine = SystemdMachine(tmp_path)
    package = machine.unpacked()
    machine.stub("journalctl", "[ \"$1\" = --sync ] || echo 'waiting for a clock'")
    begin = monotonic()
    done = machine.run("restart", package)
    assert monotonic() - begin < LONG
    assert (done.returncode, done.stderr.splitlines()[1:]) == (1, ["waiting for a clock"])
