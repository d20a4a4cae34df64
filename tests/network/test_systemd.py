"""A real systemd runs real nodes by the steps that Node takes: they are kept up, let go in time, and begun once.

Each machine is a set of namespaces on this one (see systemd_machine). One node has its package by address and the
chain's only validator's key, so that it makes blocks alone; the other has its package as a file.
"""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from components.domain.problems.packages import RELEASE_ABSENT
from components.kaia.layout import SERVICE_ID
from components.kaia.systemd_unit import STOP_SECONDS, command
from tests.network.systemd_machine import machine, missing
from tests.network.systemd_node import ADDRESS, KEY, PACKAGES, Running, archive, brought_up, kept, sha256, until, volume
from tests.network.systemd_steps import CHAIN_ID, Wanted, steps

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.fixture(scope="module", params=["kscn by address", pytest.param("ken as a file", marks=pytest.mark.nightly)])
def node(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    program = request.param.partition(" ")[0]
    packed = archive(program)
    wanted = Wanted(program, KEY, ADDRESS, str(packed), None, sha256(packed))
    folder = tmp_path_factory.mktemp("machine")
    with machine(folder, volume(folder)) as up:
        if program == "ken":
            yield brought_up(up, wanted)
            return
        with up.serving(PACKAGES) as address:
            yield brought_up(up, replace(wanted, file=None, url=f"{address}/{packed.name}"))


def test_the_node_answers_on_its_socket(node: Running) -> None:
    assert node.machine.call("eth_chainId") == hex(CHAIN_ID)
    assert node.machine.show(node.unit, "Description") == f"Kaia {node.wanted.program} v1.0.3: {node.wanted.program}-1"
    assert node.machine.ask(f"systemctl is-enabled {node.unit}") == "enabled"
    if node.wanted.program == "kscn":
        assert len(node.machine.call("subbridge_getParentOperatorAddr")) == len(ADDRESS)
        until(lambda: node.head() >= 2 or None, 60)
    else:
        assert node.machine.call("mainbridge_nodeInfo")["kni"].startswith("kni://")


def test_the_node_is_nobody_and_may_do_nothing(node: Running) -> None:
    status = dict(
        line.split(":\t", 1) for line in node.machine.ask(f"cat /proc/{node.pid}/status").splitlines() if ":\t" in line
    )
    assert status["Uid"].split() == status["Gid"].split() == [str(SERVICE_ID)] * 4
    assert status["Groups"].split() in ([], [str(SERVICE_ID)])
    assert {int(status[f"Cap{kind}"], 16) for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {0}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    inside = f"nsenter --target {node.pid} --mount --wd=/ sh -c"
    for place in ("/etc", "/srv", "/srv/current/bin", "/usr/bin"):
        assert "Read-only" in node.machine.run(f"{inside} 'touch {place}/x'").stderr
    node.machine.ask(f"{inside} 'touch /srv/data/x && rm /srv/data/x'")
    assert "MemTotal" in node.machine.ask(f"{inside} 'cat /proc/meminfo'")


def test_files_belong_to_whom_they_should(node: Running) -> None:
    volume = node.machine.volume
    home = node.release
    assert owner_and_mode(volume / "data") == (SERVICE_ID, 0o700)
    assert owner_and_mode(volume / "data/klay/nodekey") == (SERVICE_ID, 0o600)
    assert owner_and_mode(volume / "data/static-nodes.json") == (SERVICE_ID, 0o644)
    assert owner_and_mode(volume / "genesis.json") == (0, 0o644)
    assert owner_and_mode(home / "bin" / node.wanted.program) == (0, 0o755)
    assert {path.stat().st_uid for path in (volume / "data").rglob("*")} == {SERVICE_ID}
    assert (volume / "data/klay/nodekey").read_text() == KEY
    assert sorted(path.name for path in volume.iterdir()) == sorted(
        ["current", "data", "genesis.json", "init.log", home.name, "next"]
    )


def owner_and_mode(path: Path) -> tuple[int, int]:
    return path.stat().st_uid, path.stat().st_mode & 0o7777


def test_a_killed_node_comes_back(node: Running) -> None:
    head = node.head()
    assert node.is_killed_and_returns() >= head
    assert int(node.machine.show(node.unit, "NRestarts")) == 1


def test_a_stop_is_clean_and_in_time(node: Running) -> None:
    begin = time.monotonic()
    node.machine.ask(f"systemctl stop {node.unit}")
    took = time.monotonic() - begin
    print(f"{node.wanted.program}: stopped within {took:.1f} s")
    assert took < STOP_SECONDS
    assert node.machine.show(node.unit, "ActiveState") == "inactive"
    assert node.machine.show(node.unit, "Result") == "success"
    assert (node.machine.show(node.unit, "ExecMainCode"), node.machine.show(node.unit, "ExecMainStatus")) == ("1", "0")
    node.take(steps(node.wanted)[-1])
    assert until(node.head, 60) >= 0


def test_a_second_time_changes_nothing(node: Running) -> None:
    head, before = node.head(), kept(node)
    node.take_all()
    assert kept(node) == before
    assert until(node.head, 60) >= head


def test_a_changed_unit_is_what_runs_then(node: Running) -> None:
    changed = replace(node.wanted, metrics=True)
    assert steps(changed)[-1].command == steps(node.wanted)[-1].command
    node.take_all(changed)
    assert "--prometheus" in node.machine.ask(f"tr '\\0' ' ' </proc/{node.pid}/cmdline")
    assert "klaytn_" in node.machine.ask("curl --silent --retry 20 --retry-connrefused localhost:61001/metrics")
    node.take_all()


def test_a_node_that_cannot_start_says_why(node: Running) -> None:
    unit_file = f"/etc/systemd/system/{node.unit}"
    start = steps(node.wanted)[-1]
    node.machine.ask(f"sed -i 's/--verbosity 3/--verbosityy 3/' {unit_file}")
    done = node.machine.run(start.command)
    assert done.returncode == 1
    assert "the node did not open its console /srv/data/klay.ipc; the end of its log:" in done.stderr
    assert "flag provided but not defined" in done.stderr
    binary = f"/srv/current/bin/{node.wanted.program}"
    node.machine.ask(f"mv {binary} /srv/away; printf '\\177ELF' >{binary}; chmod 755 {binary}")
    done = node.machine.run(start.command)
    node.machine.ask(f"mv /srv/away {binary}")
    assert done.returncode == 1
    assert "Exec format error" in done.stderr
    node.take_all()
    assert until(node.head, 60) >= 0


def test_a_node_is_not_stopped_if_there_is_nothing_to_start(node: Running) -> None:
    pid = node.pid
    node.machine.ask("mv /srv/current/bin /srv/away")
    done = node.machine.run(steps(node.wanted)[-1].command)
    node.machine.ask("mv /srv/away /srv/current/bin")
    assert (done.returncode, RELEASE_ABSENT.code in done.stderr) == (1, True)
    assert node.pid == pid


def test_a_release_waits_beside_the_one_that_runs_until_a_start(node: Running, tmp_path: Path) -> None:
    """A node that comes back meanwhile, as after a reboot, runs the old one; and there is a way back."""
    old, before = node.release.name, kept(node)
    other = replace(node.wanted, file=str(repacked(archive(node.wanted.program), tmp_path)), url=None)
    other = replace(other, sha256=sha256(Path(str(other.file))))
    new = f"{node.wanted.program}-v1.0.3-{other.sha256[:8]}"
    *staged, start = steps(other)
    for step in staged:
        node.take(step)
    assert kept(node) == before
    node.is_killed_and_returns()
    assert (node.runs, node.release.name) == (old, old)
    node.take(start)
    assert (node.runs, node.release.name) == (new, new)
    assert until(node.head, 60) >= 0
    node.take_all()
    assert (node.runs, node.release.name) == (old, old)
    assert {path.name for path in node.machine.volume.glob(f"{node.wanted.program}-*")} == {old, new}
    node.machine.ask(f"rm -rf /srv/{new}")


def repacked(packed: Path, folder: Path) -> Path:
    """Return the archive with one more file in it, so that it has another digest."""
    subprocess.run(["tar", "-xf", packed, "-C", folder], check=True)
    (top,) = folder.iterdir()
    (top / "conf/more").touch()
    path = folder / "other.tar.gz"
    subprocess.run(["tar", "-I", "gzip -1", "-cf", path, "-C", folder, top.name], check=True)
    return path


def test_another_archive_is_refused_and_nothing_is_taken_away(node: Running) -> None:
    before = kept(node)
    unpack = next(step for step in steps(node.wanted) if step.name.endswith("-unpack"))
    other = unpack.command.replace(node.wanted.sha256, "ab" * 32)
    arrived = node.machine.volume / f"{node.release.name}.tar.gz"
    arrived.write_text("another")
    done = node.machine.run(other)
    assert done.returncode == 1
    assert f"has the sha256 {node.wanted.sha256 if node.wanted.url else ''}" in done.stderr
    assert f"not {'ab' * 32}" in done.stderr
    assert kept(node) == before
    arrived.unlink(missing_ok=True)
    assert not list(node.machine.volume.glob("*.part"))
    assert node.head() >= 0


def test_systemd_takes_every_argument_as_it_is(node: Running) -> None:
    hostile = ["100%", "%h", "$HOME", "${HOME}", "a b", "", ";", "*", "'", '"', "\\n", "\\", "-x", "{}", "é", "#"]
    run = command("/usr/bin/printf", ["[%s]", *hostile])
    text = f"[Service]\nType=oneshot\nStandardOutput=file:/tmp/said\nExecStart={run}\n"
    node.machine.run("cat >/run/systemd/system/hostile.service", text)
    node.machine.ask("systemctl daemon-reload && systemctl start hostile")
    assert node.machine.ask("cat /tmp/said") == "".join(f"[{word}]" for word in hostile)


def test_an_en_of_a_public_network_needs_no_genesis(tmp_path: Path) -> None:
    packed = archive("ken")
    wanted = Wanted("ken", KEY, ADDRESS, str(packed), None, sha256(packed), public=True)
    with machine(tmp_path, volume(tmp_path)) as up:
        running = brought_up(up, wanted)
        assert running.machine.call("eth_chainId") == hex(1001)
        assert running.head() == 0
        up.ask(f"systemctl stop {running.unit}")
        assert up.show(running.unit, "Result") == "success"


def test_a_machine_leaves_nothing_when_its_test_fails(tmp_path: Path) -> None:
    """What is left in its control group or mounted would fail the end of `machine` itself, in another way."""
    seen: list[int] = []

    def fails() -> None:
        with machine(tmp_path, volume(tmp_path)) as up:
            up.ask("nohup sleep 600 >/dev/null 2>&1 &")
            seen.append(up.pid)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["systemd.log", "volume"]
    until(lambda: None if Path(f"/proc/{seen[0]}").exists() else True, 60)


def test_a_new_machine_goes_on_with_the_old_volume(node: Running, tmp_path: Path) -> None:
    head, before = node.head(), kept(node)
    node.machine.ask(f"systemctl stop {node.unit}")
    with machine(tmp_path, node.machine.volume) as other:
        moved = Running(other, node.wanted if node.wanted.file else replace(node.wanted, url="http://127.0.0.1:9/gone"))
        moved.take_all()  # nothing listens at that address: what is unpacked already is not fetched again
        assert kept(moved) == before
        assert until(moved.head, 60) >= head
        test_files_belong_to_whom_they_should(moved)
        other.ask(f"systemctl stop {moved.unit}")
    node.take(steps(node.wanted)[-1])
