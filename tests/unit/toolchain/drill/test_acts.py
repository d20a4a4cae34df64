"""How faults are made on machines and undone."""

import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.chain.errors import ChainError, HostUnreachable
from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.operations import EN_NOT_KILLED, FAULT_NOT_UNDONE, NO_DRILL_HERE
from tests.unit.toolchain.drill.fakes import Machines, scene
from toolchain.ops.drill import commands
from toolchain.ops.drill.acts import ATTEMPTS, OnNodes, act_of
from toolchain.ops.drill.plan import fault_of
from toolchain.ops.drill.scene import Scene

LOST = HostUnreachable(HOST_SILENT("no answer"))


def act(kind: Any, subject: str, nodes: tuple[str, ...], machines: Machines, found: Scene | None = None) -> OnNodes:
    one = found or scene()
    made = act_of(one, fault_of(one, kind, subject, nodes), machines)
    return replace(made, pause=lambda _: None)


@pytest.mark.parametrize(
    ("kind", "nodes", "begin", "undo"),
    [
        ("pair", ("alpha-en", "scn-1"), "kill -KILL", "start-of"),
        ("hung", ("scn-1",), "kill -STOP", "kill -CONT"),
        ("disk", ("scn-1",), "fallocate", "rm -f"),
    ],
)
def test_a_fault_is_made_and_undone_on_all_its_machines(
    kind: Any, nodes: tuple[str, ...], begin: str, undo: str
) -> None:
    machines = Machines()
    one = act(kind, "alpha", nodes, machines)
    one.begin()
    assert sorted(machines.commands(begin)) == [*nodes]
    assert one.undo() == []
    assert sorted(machines.commands(undo)) == [*nodes]


def test_a_fault_that_fails_on_one_machine_is_undone_on_all() -> None:
    machines = Machines(("scn-1", "kill -KILL", LOST))
    one = act("pair", "alpha", ("alpha-en", "scn-1"), machines)
    with pytest.raises(ChainError, match=EN_NOT_KILLED.code):
        one.begin()
    one.undo()
    assert sorted(machines.commands("start-of")) == ["alpha-en", "scn-1"]


def test_what_cannot_be_undone_is_tried_again_and_then_named() -> None:
    machines = Machines(("scn-1", "kill -CONT", LOST))
    one = act("hung", "scn-1", ("scn-1",), machines)
    (left,) = one.undo()
    assert left.codes == (FAULT_NOT_UNDONE.code,)
    assert len(machines.commands("kill -CONT")) == ATTEMPTS
    assert "scn-1: not undone" in left


def linked(en: str, scn: str) -> Scene:
    pair = {"en": {"name": "alpha-en", "address": en}, "scn": {"name": "scn-1", "address": scn}}
    return scene(pairs={"alpha": pair})


def test_a_link_is_cut_on_the_machine_of_the_en() -> None:
    machines = Machines()
    machines.answers["alpha-en"] = "0\n"
    one = act("link", "alpha", ("alpha-en", "scn-1"), machines, linked("10.0.0.5", "10.0.0.6"))
    assert one.obstacle() is None
    one.begin()
    one.undo()
    assert machines.commands("ip route replace blackhole 10.0.0.6/32 proto 86") == ["alpha-en"]
    assert machines.commands("ip route del blackhole 10.0.0.6/32 proto 86") == ["alpha-en"]


@pytest.mark.parametrize(
    ("addresses", "user"),
    [(("10.0.0.5", "scn.example"), "0"), (("10.0.0.5",) * 2, "0"), (("10.0.0.5", "10.0.0.6"), "7")],
)
def test_a_link_is_not_cut_blindly(addresses: tuple[str, str], user: str) -> None:
    machines = Machines()
    machines.answers["alpha-en"] = user
    why = act("link", "alpha", ("alpha-en", "scn-1"), machines, linked(*addresses)).obstacle()
    assert why is not None
    assert why.codes == (NO_DRILL_HERE.code,)


@pytest.mark.parametrize(("host", "other"), [("LocalHost", "/srv"), ("ExistingHost", "/")])
def test_a_disk_that_others_use_is_not_filled(host: str, other: str) -> None:
    for answer, refused in (("yes", False), ("no", True)):
        machines = Machines()
        machines.answers["scn-1"] = answer
        why = act("disk", "scn-1", ("scn-1",), machines, scene(host=host)).obstacle()
        assert (why is not None) == refused
        assert machines.commands(f"stat -c %d {other})") == ["scn-1"]


# -- the commands themselves, on a process of our own --------------------------------------------------------


@pytest.fixture
def node(tmp_path: Path) -> Any:
    """Return a node whose process is ours, and the process."""
    process = subprocess.Popen(["sleep", "60"])
    found = scene().nodes["scn-1"]
    endpoint = found.target.endpoint.model_copy(update={"ipc": str(tmp_path / "klay.ipc")})
    (tmp_path / "kscnd.pid").write_text(str(process.pid))
    changed = type(found)(type(found.target)("scn-1", "scn", 3000, endpoint), start=f"touch {tmp_path}/started")
    yield changed, process
    process.kill()
    process.wait()


def run(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)


def status_of(process: "subprocess.Popen[bytes]") -> str:
    return Path(f"/proc/{process.pid}/stat").read_text().split()[2]


def test_a_process_hangs_and_goes_on(node: Any) -> None:
    one, process = node
    assert run(commands.hang(one)).returncode == 0
    until = time.monotonic() + 5
    while status_of(process) != "T" and time.monotonic() < until:
        time.sleep(0.01)
    assert status_of(process) == "T"
    for _ in range(2):
        assert run(commands.resume(one)).returncode == 0
    assert status_of(process) in "SR"


def test_a_node_that_runs_is_not_started_again_and_one_that_is_down_is(node: Any, tmp_path: Path) -> None:
    one, process = node
    assert run(commands.start(one)).returncode == 0
    assert not (tmp_path / "started").exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert run(commands.hang(one)).returncode == 1
    assert run(commands.resume(one)).returncode == 0
    assert run(commands.stop(one)).returncode == 0, "it is down already"
    assert run(commands.start(one)).returncode == 0
    assert (tmp_path / "started").exists()


def test_a_killed_process_is_gone(node: Any) -> None:
    one, process = node
    reaper = subprocess.Popen(["sh", "-c", commands.stop(one)])
    assert process.wait(timeout=10) == -signal.SIGKILL
    assert reaper.wait(timeout=30) == 0


def test_whether_data_have_a_disk_of_their_own(node: Any, tmp_path: Path) -> None:
    one, _ = node
    assert run(commands.own_disk(one, str(tmp_path))).stdout.strip() == "no"
    if Path("/dev/shm").stat().st_dev != tmp_path.stat().st_dev:  # noqa: S108
        assert run(commands.own_disk(one, "/dev/shm")).stdout.strip() == "yes"  # noqa: S108
