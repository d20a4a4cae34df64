"""How faults are made on machines and undone."""

import os
import shlex
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.chain.errors import ChainError, HostUnreachable
from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.operations.drills import EN_NOT_KILLED, FAULT_NOT_UNDONE, NO_DRILL_HERE
from tests.unit.toolchain.drill.fakes import Machines, scene
from toolchain.ops.drill import commands
from toolchain.ops.drill.acts import AGAIN, ATTEMPTS, OnNodes, act_of
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
    assert machines.commands("ip -4 route add blackhole 10.0.0.6/32 proto 86") == ["alpha-en"]
    assert machines.commands("ip -4 route del blackhole 10.0.0.6/32 proto 86") == ["alpha-en"]


@pytest.mark.parametrize(
    ("kind", "subject", "nodes", "part", "hand"),
    [
        ("en", "alpha-en", ("alpha-en",), "start-of", "run make up"),
        ("hostile", "alpha", ("scn-1",), "start-of", "run make refresh, then make up"),
        ("hung", "scn-1", ("scn-1",), "kill -CONT", f"{AGAIN}; or make up"),
        ("hung", "beta-en", ("beta-en",), "kill -CONT", f"{AGAIN}; or there: pkill -CONT -x ken"),
        ("disk", "scn-1", ("scn-1",), "rm -f", f"{AGAIN}; or there: rm -f /srv/data/{commands.FILLER}; then make up"),
        (
            "link",
            "alpha",
            ("alpha-en", "scn-1"),
            "del",
            f"{AGAIN}; or there: ip -4 route del blackhole 10.0.0.6/32 proto 86",
        ),
    ],
)
def test_what_was_not_undone_comes_with_the_way_back_by_hand(
    kind: Any, subject: str, nodes: tuple[str, ...], part: str, hand: str
) -> None:
    found = linked("10.0.0.5", "10.0.0.6")
    nodes_of_others = {"beta-en": replace(found.nodes["beta-en"], start=None)}
    machines = Machines(*((node, part, LOST) for node in nodes))
    one = act(kind, subject, nodes, machines, replace(found, nodes={**found.nodes, **nodes_of_others}))
    (left,) = one.undo()
    assert left.codes == (FAULT_NOT_UNDONE.code,)
    assert left.words.endswith(f"; {hand}")


@pytest.mark.parametrize(
    ("addresses", "user"),
    [
        (("10.0.0.5", "scn.example"), "0"),
        (("10.0.0.5",) * 2, "0"),
        (("10.0.0.5", "10.0.0.6"), "7"),
        (("10.0.0.5", "10.0.0.6"), ""),
        (("10.0.0.5", "10.0.0.6"), "0\n10.0.0.6 dev wg0 scope link \n"),
    ],
)
def test_a_link_is_not_cut_blindly(addresses: tuple[str, str], user: str) -> None:
    machines = Machines()
    machines.answers["alpha-en"] = user
    why = act("link", "alpha", ("alpha-en", "scn-1"), machines, linked(*addresses)).obstacle()
    assert why is not None
    assert why.codes == (NO_DRILL_HERE.code,)


def test_a_disk_that_others_use_is_not_filled() -> None:
    for answer, refused in (("yes", False), ("no", True)):
        machines = Machines()
        machines.answers["scn-1"] = answer
        why = act("disk", "scn-1", ("scn-1",), machines).obstacle()
        assert (why is not None) == refused
        assert machines.commands("findmnt") == ["scn-1"]


# -- the commands themselves, in a network of their own ------------------------------------------------------

ADDRESSES = ("10.0.0.6", "fd00::6")


def routed(*steps: str) -> "subprocess.CompletedProcess[str]":
    """Run commands where there is no route but those to the loopback interface, until one fails."""
    script = "\n".join(f"({step}) || exit 3" for step in ("ip link set lo up", *steps))
    command = ["unshare", "--net", "sh", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def shown(address: str) -> str:
    """Return the command that prints the routes to an address."""
    return f"ip {'-6' if ':' in address else '-4'} -o route show exact {address}"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_is_cut_and_mended_twice(address: str) -> None:
    cut, mend = commands.cut(address), commands.mend(address)
    done = routed(cut, cut, commands.other_routes(address), f"{shown(address)} >&2", mend, mend, shown(address))
    assert (done.returncode, done.stdout) == (0, "0\n"), "our own route is no obstacle"
    assert f"blackhole {address}" in done.stderr


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_route_of_somebody_else_is_an_obstacle_and_stays(address: str) -> None:
    theirs = f"ip route add {address} dev lo"
    done = routed(theirs, commands.other_routes(address))
    user, route = done.stdout.splitlines()
    assert (done.returncode, user) == (0, "0")
    assert route.startswith(f"{address} dev lo")
    failed = routed(theirs, commands.cut(address))
    assert failed.returncode == 3, "a route that came meanwhile"
    done = routed(theirs, f"{commands.cut(address)} true", commands.mend(address), shown(address))
    assert done.returncode == 0
    assert done.stdout.startswith(f"{address} dev lo")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_route_that_cannot_be_deleted_is_not_said_to_be(address: str) -> None:
    as_nobody = "setpriv --reuid 65534 --clear-groups --inh-caps=-all sh -c"
    mend = f"{commands.mend(address)} echo ended with $?"
    done = routed(commands.cut(address), f"{as_nobody} {shlex.quote(mend)}")
    assert (done.returncode, done.stdout) == (0, "ended with 1\n")


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
    assert stands(process)
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


def stands(process: "subprocess.Popen[bytes]") -> bool:
    """Wait until the process stands still."""
    until = time.monotonic() + 5
    while status_of(process) != "T" and time.monotonic() < until:
        time.sleep(0.01)
    return status_of(process) == "T"


def test_what_a_killed_drill_left_is_undone_once(node: Any, tmp_path: Path) -> None:
    one, process = node
    clean, filler = commands.clean(one), tmp_path / commands.FILLER
    filler.touch()
    assert run(commands.hang(one)).returncode == 0
    assert stands(process)
    theirs = ("10.0.0.7 dev lo proto 86", "blackhole 10.0.0.8", "blackhole 10.1.0.0/24 proto 86", "fd00::7 dev lo")
    steps = [*(f"ip route add {route}" for route in theirs), *map(commands.cut, (*ADDRESSES, "10.0.0.9"))]
    listed = "ip -4 route show; ip -6 route show"
    done = routed(*steps, clean, "echo --", clean, listed)
    said, _, then = done.stdout.partition("--\n")
    assert (done.returncode, sorted(said.split())) == (0, ["disk", "hung", "link", "link", "link"])
    assert then == routed(*steps[: len(theirs)], listed).stdout, "routes of others stay, and nothing is found again"
    assert not filler.exists()
    assert status_of(process) in "SR"


def test_a_node_that_somebody_stopped_is_not_started(node: Any, tmp_path: Path) -> None:
    one, process = node
    process.kill()
    process.wait()
    done = routed(commands.clean(one))
    assert (done.returncode, done.stdout) == (0, "")
    assert not (tmp_path / "started").exists()


def test_what_cannot_be_undone_fails_and_keeps_nothing_else_from_it(node: Any, tmp_path: Path) -> None:
    one, _ = node
    (tmp_path / commands.FILLER).mkdir()
    done = routed(commands.cut(ADDRESSES[0]), f"{commands.clean(one)} true", shown(ADDRESSES[0]))
    assert done.stdout == "link\n"
    assert routed(commands.clean(one)).returncode == 3


@pytest.mark.parametrize(
    ("mount", "answer"),
    [
        ("true", "no"),
        ("mount -t tmpfs disk {folder}", "yes"),
        ("mount -t tmpfs disk {parent} && mkdir {folder}", "yes"),
        ("mount -t tmpfs disk {others} && mkdir -p {folder}", "no"),
        # What containers have: a part of a file system that others use too.
        ("mkdir {parent}/part && mount --bind {parent}/part {folder}", "no"),
        (
            "mount -t tmpfs disk {others} && mkdir -p {folder} {others}/part && mount --bind {others}/part {folder}",
            "no",
        ),
    ],
)
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts need root")
def test_whether_data_have_a_disk_of_their_own(node: Any, tmp_path: Path, mount: str, answer: str) -> None:
    one, _ = node
    folder = tmp_path / "others/node/data"
    folder.mkdir(parents=True)
    endpoint = one.target.endpoint.model_copy(update={"ipc": str(folder / "klay.ipc")})
    one = replace(one, target=replace(one.target, endpoint=endpoint))
    steps = mount.format(folder=folder, parent=folder.parent, others=folder.parents[1])
    done = run(f"unshare --mount sh -c {shlex.quote(f'{steps} && {commands.own_disk(one)}')}")
    assert (done.returncode, done.stdout.strip()) == (0, answer), done.stderr
