"""The life of local networks and hosts, of the first login to one, and of watched files there, for real. Needs root."""

import hashlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from components.domain.problems.nodes import FILE_CHANGED, STATE_UNKNOWN
from components.dynamic.base import Props
from components.dynamic.machines.first_login import FirstLogin, FirstLoginProvider
from components.dynamic.machines.local_host import LocalHost, LocalHostProvider
from components.dynamic.machines.local_namespaces import keeper_of
from components.dynamic.machines.local_network import LocalNetwork, LocalNetworkProvider
from components.dynamic.nodes.node_files import NodeFiles, NodeFilesProvider
from components.dynamic.secrets import ssh_key
from components.hosts.local_preflight import missing
from components.kaia.host_commands import install
from components.topology.local_addresses import default_subnet
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.booted import Booted
from tests.network.local_hosts import Network, free_id, running_network
from tests.run import lines

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """Yield a running network."""
    with running_network() as network:
        yield network


def end(pid: int) -> None:
    """Kill a process, and return when it is dead."""
    handle = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        assert select.select([handle], [], [], 60)[0]
    finally:
        os.close(handle)


def test_a_local_network() -> None:
    network = Network()

    def kill() -> None:
        switch = keeper_of(network.folder)
        assert switch
        end(switch.pid)

    edits = [Edit({"subnet": str(default_subnet(free_id()))}, "replace"), Edit(network.props, "replace")]
    life = Life(LocalNetworkProvider(), LocalNetwork)
    try:
        lifecycle(life, network.props, edits, disappear=Behind(kill))
    finally:
        LocalNetworkProvider().delete("", network.props)
    assert network.remains() == []


def test_a_local_host(network: Network) -> None:
    program, other = network.host("alpha-en"), network.host("beta-en")
    secrets = [program["host_private_key"].splitlines()[3]]

    def kill() -> None:
        end(network.first_process("alpha-en"))

    edits = [
        Edit({"address": network.address("gamma-scn")}, "replace"),
        Edit({"host_private_key": other["host_private_key"]}, "replace"),
        Edit({"authorized_key": ssh_key.public_key(network.seed("another"))}, "replace"),
    ]
    life = Life(LocalHostProvider(), LocalHost)
    try:
        lifecycle(life, {**program, "instance": None}, edits, disappear=Behind(kill), secrets=secrets)
    finally:
        network.down("alpha-en")


def test_a_first_login(network: Network) -> None:
    machine = Booted(network, "alpha-scn")

    def boot_anew() -> None:
        network.down(machine.name)
        machine.boot()

    def boot_another() -> None:
        network.down(machine.name)
        machine.boot(shown="third")

    machine.boot()
    program = {**machine.props(), "instance": None}
    secrets = [program["host_private_key"].splitlines()[3], program["login"]["private_key"].splitlines()[3]]
    edits = [Edit({"name": "renamed"}), Edit({"machine": "i-2"})]
    drifts = [(Behind(boot_anew), ["instance"])]
    disappear = Behind(boot_another, before_mending=boot_anew)
    life = Life(FirstLoginProvider(), FirstLogin)
    try:
        lifecycle(life, program, edits, disappear=disappear, drifts=drifts, secrets=secrets, lasting=True)
    finally:
        network.down(machine.name)


GIVEN_UP = 60
"""Seconds."""
CONTENTS = {"nodekey": ("46" * 32, "0600", True), "genesis.json": ("{}\n", "0644", False)}


def files_of(network: Network, name: str) -> Props:
    """Return the inputs of the watched files of a host."""
    login = {
        "host": network.address(name),
        "private_key": ssh_key.private_key(network.seed("client")),
        "host_key": ssh_key.public_key(network.seed(name)),
    }
    files = {
        file: {
            "path": f"/srv/data/{file}",
            "digest": hashlib.sha256(content.encode()).hexdigest(),
            "mode": mode,
            "owner": "root",
            "restarts": restarts,
        }
        for file, (content, mode, restarts) in CONTENTS.items()
    }
    return {"node": name, "login": login, "ipc": "/srv/data/klay.ipc", "files": files, "tokens": None}


def test_watched_files(network: Network, capfd: pytest.CaptureFixture[str]) -> None:
    name = "alpha-en"
    network.up(name)

    def write() -> None:
        """Do what the commands and the restart of an up do."""
        for file, (content, mode, _) in CONTENTS.items():
            network.run(name, f"printf %s '{content}' | {{ {install(f'/srv/data/{file}', mode)}; }}")
        network.run(name, "rm -f /srv/data/klay.ipc")

    def drift(command: str) -> tuple[Behind, list[str]]:
        return Behind(lambda: network.run(name, f"cd /srv/data; {command}"), before_mending=write), ["drift"]

    write()
    program = files_of(network, name)
    drifts = [
        drift("echo >>genesis.json"),
        drift("rm nodekey genesis.json"),
        drift("mv genesis.json g; ln -s g genesis.json"),
        drift("chmod 0640 nodekey"),
        drift("chown nobody genesis.json"),
        drift("touch -d '1 hour ago' klay.ipc"),
    ]
    edits = [Edit({"files": {"nodekey": program["files"]["nodekey"]}}), Edit({"files": program["files"]})]
    secrets = [program["login"]["private_key"].splitlines()[3]]
    try:
        lifecycle(Life(NodeFilesProvider(), NodeFiles), program, edits, drifts=drifts, secrets=secrets, lasting=True)
    finally:
        network.down(name)
    said = capfd.readouterr().err.splitlines()
    found = [
        ("genesis.json", "edited"),
        ("genesis.json", "missing"),
        ("nodekey", "missing"),
        ("genesis.json", "missing"),
        ("nodekey", "640", "600"),
        ("genesis.json", "nobody", "root"),
        ("nodekey", "after the node had started"),
    ]
    for line, (file, *named) in zip(said, found, strict=True):
        assert lines(line, FILE_CHANGED, f"{name}: /srv/data/{file} ", *named)
        assert ("restarts the node" in line) == CONTENTS[file][2]


def test_a_host_that_went_silent_is_not_waited_for(network: Network, capfd: pytest.CaptureFixture[str]) -> None:
    name = "beta-en"
    network.up(name)
    provider, program = NodeFilesProvider(), {**files_of(network, name), "tokens": {}}
    try:
        assert "drift" in (provider.read(name, program).outs or {}), "nothing was written"
        capfd.readouterr()
        first = str(network.first_process(name))
        subprocess.run(["nsenter", "-t", first, "-n", "ip", "link", "set", "eth0", "down"], check=True)
        begin = time.monotonic()
        assert provider.read(name, program).outs == program
        took = time.monotonic() - begin
    finally:
        network.down(name)
    print(f"given up after {took:.0f} s")
    assert took < GIVEN_UP
    said = capfd.readouterr().err
    assert said.startswith(f"{name}: ")
    assert said.endswith(f" [{STATE_UNKNOWN.code}]\n")
