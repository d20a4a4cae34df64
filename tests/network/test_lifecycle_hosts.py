"""The life of local networks and hosts, and of the first login to one, for real. Needs root."""

import os
import select
import signal
from collections.abc import Iterator

import pytest

from components.dynamic import ssh_key
from components.dynamic.first_login import FirstLogin, FirstLoginProvider
from components.dynamic.local_host import LocalHost, LocalHostProvider
from components.dynamic.local_namespaces import keeper_of
from components.dynamic.local_network import LocalNetwork, LocalNetworkProvider
from components.hosts.addresses import default_subnet
from components.hosts.local_preflight import missing
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.booted import Booted
from tests.network.local_hosts import Network, free_id, running_network

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
        assert select.select([handle], [], [], 10)[0]
    finally:
        os.close(handle)


def test_a_local_network() -> None:
    one, other = Network(), Network()

    def kill() -> None:
        switch = keeper_of(other.folder)
        assert switch
        end(switch.pid)

    edits = [Edit({"subnet": str(default_subnet(free_id()))}, "replace"), Edit(other.props, "replace")]
    life = Life(LocalNetworkProvider(), LocalNetwork)
    try:
        lifecycle(life, one.props, edits, disappear=Behind(kill))
    finally:
        for network in (one, other):
            LocalNetworkProvider().delete("", network.props)
    assert one.remains() == other.remains() == []


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
