"""How local hosts end, for real: deleted, killed, half made, swapped. Needs root."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from components.dynamic.machines.local_namespaces import keeper_of, keepers
from components.hosts.local_preflight import missing
from tests.network.local_hosts import HOSTS, NETWORKS, Network, processes_in, running_network

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))

DAEMON = "setsid nohup sleep 1000 </dev/null >/dev/null 2>&1 &"


@pytest.fixture
def network() -> Iterator[Network]:
    """Yield a running network without hosts."""
    with running_network() as network:
        yield network


def soon(condition: Callable[[], bool]) -> bool:
    """Wait up to five seconds for it."""
    deadline = time.monotonic() + 5
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def killed_while(work: Callable[[], object], seconds: float) -> None:
    """Do the work in a process of its own which is killed after that time."""
    if not (child := os.fork()):
        work()
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_orphans_are_reaped(network: Network) -> None:
    network.up("parent")
    network.run("parent", "for i in $(seq 100); do setsid sleep 0.1 </dev/null >/dev/null 2>&1 & done")
    assert soon(lambda: "sleep" not in network.run("parent", "ps -e -o comm="))
    assert "Z" not in network.run("parent", "ps -e -o stat=")


def test_removal_takes_every_process_along(network: Network) -> None:
    network.up("parent")
    network.run("parent", f"echo data > /srv/file; {DAEMON}")
    inside = Path(f"/proc/{network.first_process('parent')}/ns")
    spaces = {kind: str((inside / kind).readlink()) for kind in ("net", "mnt", "pid")}
    assert len(processes_in(spaces["pid"], "pid")) >= 2
    network.down("parent")
    assert [processes_in(space, kind) for kind, space in spaces.items()] == [[], [], []]
    assert not (network.folder / "parent").exists()
    network.down("parent")


def test_a_dead_host_is_noticed_and_comes_back_as_another_machine(network: Network) -> None:
    before = network.up("parent")
    network.run("parent", f"echo data > /srv/file; {DAEMON}")
    assert HOSTS.read("id", before).outs == before
    os.kill(network.first_process("parent"), signal.SIGKILL)
    assert soon(lambda: not network.alive("parent"))
    after = network.up("parent")
    assert after["instance"] != before["instance"]
    assert network.run("parent", "ls -A /srv; ps -e -o comm= | grep sleep || true") == ""


def test_a_host_ends_with_the_process_that_keeps_it(network: Network) -> None:
    network.up("parent")
    network.run("parent", DAEMON)
    space = str(Path(f"/proc/{network.first_process('parent')}/ns/pid").readlink())
    keeper = keeper_of(network.folder / "parent")
    assert keeper
    os.kill(keeper.pid, signal.SIGKILL)
    assert soon(lambda: not processes_in(space, "pid"))


def test_a_machine_that_was_swapped_behind_our_back_is_noticed(network: Network) -> None:
    before = network.up("parent")
    after = network.up("parent")
    outs = HOSTS.read("id", before).outs
    assert outs is not None
    assert outs["instance"] == after["instance"] != before["instance"]


def test_a_dead_switch_is_noticed_and_made_again(network: Network) -> None:
    network.up("parent")
    switch = keeper_of(network.folder)
    assert switch
    os.kill(switch.pid, signal.SIGKILL)
    assert soon(lambda: not NETWORKS.read("id", network.props).id and not network.alive("parent"))
    NETWORKS.create(network.props)
    network.up("parent")
    assert network.run("parent", "hostname") == "parent\n"


def test_a_running_network_is_adopted(network: Network) -> None:
    network.up("parent")
    NETWORKS.create(network.props)
    assert network.run("parent", "hostname") == "parent\n"


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.11, 0.15])
def test_a_killed_creation_leaves_what_the_next_one_clears(network: Network, seconds: float) -> None:
    killed_while(lambda: network.up("parent"), seconds)
    network.up("parent")
    assert len(list(keepers(network.folder / "parent"))) == 1
    assert network.run("parent", "hostname") == "parent\n"
    network.down("parent")
    assert not (network.folder / "parent").exists()
    assert len(list(keepers(network.folder))) == 1


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.1, 0.2])
def test_a_killed_creation_ends_with_its_network(seconds: float) -> None:
    with running_network() as network:  # which asserts that nothing is left
        killed_while(lambda: network.up("parent"), seconds)


@pytest.mark.parametrize("seconds", [0.0, 0.005, 0.01, 0.02, 0.03, 0.05])
def test_a_killed_creation_of_a_network_is_finished_by_the_next(seconds: float) -> None:
    network = Network()
    killed_while(lambda: NETWORKS.create(network.props), seconds)
    NETWORKS.create(network.props)
    assert len(list(keepers(network.folder))) == 1
    network.up("parent")
    NETWORKS.delete("", network.props)
    assert network.remains() == []


def test_a_killed_removal_is_finished_by_the_next(network: Network) -> None:
    for seconds in (0.0, 0.005, 0.01, 0.02):
        network.up("parent")
        killed_while(lambda: network.down("parent"), seconds)
        network.down("parent")
        assert not (network.folder / "parent").exists()
        assert len(list(keepers(network.folder))) == 1
