"""What a local host that dies, or is replaced, does to the chain data of a validator on it: on real hosts."""

import os
import signal
from collections.abc import Iterator

import pytest

from components.domain.problems.hosts import TOO_MANY_AT_ONCE
from components.dynamic.base import Props
from components.dynamic.machines import data_loss, local_host
from components.dynamic.machines.data_loss import Ledger
from components.dynamic.machines.local_namespaces import LocalError
from components.hosts.local_preflight import missing
from components.topology.data_holders import Holding
from tests.network.local_hosts import HOSTS, Network, running_network
from tests.run import lines

pytestmark = pytest.mark.nightly

NAMES = ("alpha-scn", "beta-scn", "gamma-scn", "delta-scn")
HOLDING = Holding(nodes=NAMES, quorum=3).model_dump()
CHAIN = "mkdir -p /srv/data/klay/chaindata && echo {} >/srv/data/klay/chaindata/CURRENT && echo 1 >/srv/data/kscnd.pid"


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    if absent := missing():
        pytest.skip(" ".join(absent))
    with running_network() as network:
        ledger = Ledger()
        for module in (data_loss, local_host):
            monkeypatch.setattr(module, "LEDGER", ledger)
        yield network


def scn(network: Network, name: str) -> Props:
    return {**network.host(name), "holding": HOLDING}


def test_validators_that_die_with_their_computer_come_back_with_their_chain(network: Network) -> None:
    """Once they all came back empty, which is a quorum for another chain from the first block on."""
    before = {name: dict(HOSTS.create(scn(network, name)).outs or {}) for name in NAMES}
    for name in NAMES:
        network.run(name, CHAIN.format(name))
        os.kill(network.first_process(name), signal.SIGKILL)
    for name in NAMES:
        HOSTS.check({}, scn(network, name))
        after = dict(HOSTS.create(scn(network, name)).outs or {})
        assert after["instance"] != before[name]["instance"], "it is another machine all the same"
        assert network.run(name, "cat /srv/data/klay/chaindata/CURRENT").strip() == name
        assert network.run(name, "ls /srv/data").split() == ["klay"], "a stale pid may be that of any process"


def test_of_those_that_are_replaced_in_one_run_a_quorum_keeps_its_data(network: Network) -> None:
    for name in NAMES:
        HOSTS.create(scn(network, name))
        network.run(name, CHAIN.format(name))
    for name in NAMES:  # as the engine does for `--replace`
        assert not HOSTS.check({}, scn(network, name)).failures
    HOSTS.delete("", scn(network, "beta-scn"))
    for name in ("alpha-scn", "gamma-scn", "delta-scn"):
        with pytest.raises(LocalError) as refused:
            HOSTS.delete("", scn(network, name))
        assert lines(str(refused.value), TOO_MANY_AT_ONCE, f"{name}: ", "3 of 4 SCNs", "and beta-scn would lose")
        assert network.run(name, "cat /srv/data/klay/chaindata/CURRENT").strip() == name
