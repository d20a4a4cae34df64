"""Forks on machines that exist already: nodes of systemd, run by the user kaia, and one of a user without sudo.

One pair and four SCNs. A node of systemd that passed a fork by the old rules is named too.
"""

from collections.abc import Iterator, Mapping
from functools import partial

import pytest

from components.chain.rpc.waiting import wait_for
from components.domain.problems.chains import FORK_MISSED
from components.hosts.local_preflight import missing
from tests.network import systemd_machine
from tests.network.conftest import make_stack
from tests.network.edited_program import edited_program
from tests.network.existing_hosts import USER, HandMade, existing, hand_made
from tests.network.forks.conftest import LEAD
from tests.network.forks.planned import forks_of, has_passed, hash_of
from tests.network.local_hosts import running_network
from tests.network.network import CHAINS, Network
from tests.network.traffic import traffic
from tests.run import lines
from tests.stack import Failed, Settings, Stack, settings

_ABSENT = [*missing(), *filter(None, [systemd_machine.missing()])]
pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(_ABSENT), reason=" ".join(_ABSENT))]

SCNS = ("alpha-scn", "beta-scn", "gamma-scn", "delta-scn")
SYSTEMD = {"parent": True, "alpha-en": True, **dict.fromkeys(SCNS, True), "delta-scn": False}
"""Whether it has systemd."""
LOGINS: Mapping[str, Mapping[str, object]] = {
    "parent": {"user": "root"},
    "delta-scn": {"user": USER, "sudo": False},
}
CHAIN_OF = {"parent": "parentChain", "alpha-en": "parentChain", **dict.fromkeys(SCNS, "serviceChain")}
ROOT = "/srv/servicechain"
AHEAD = 220
"""Blocks until the fork."""
MISSES = "gamma-scn"


def wanted(hosts: dict[str, HandMade], forks: Mapping[str, int]) -> Settings:
    """Return the settings, with Kaia at these blocks."""
    base = settings(
        target="existing",
        existing=existing(hosts, LOGINS),
        serviceChain={"chainId": 3000, "nodes": list(SCNS)},
        pairs=[{"name": "alpha", "scn": "alpha-scn"}],
    )
    return {**base, **{chain: {**base[chain], "forks": {"kaia": block}} for chain, block in forks.items()}}


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, HandMade]]:
    with running_network() as machines, hand_made(machines, tmp_path_factory.mktemp("machines"), SYSTEMD) as found:
        yield found


@pytest.fixture(scope="module")
def bridge(hosts: dict[str, HandMade], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a bridge whose settings say nothing of forks."""
    program = edited_program(tmp_path_factory.mktemp("program"), "components/domain/forks.py", LEAD)
    with make_stack(tmp_path_factory.mktemp("stack"), wanted(hosts, {}), program) as stack:
        assert stack.up().changes.keys() == {"create"}
        yield stack


def test_nodes_of_systemd_take_a_fork_over_and_pass_it(bridge: Stack, hosts: dict[str, HandMade]) -> None:
    network = Network(bridge)
    old = {node: forks_of(network, node) for node in CHAIN_OF}
    hosts[MISSES].ask(f"systemctl stop kscnd && cp -a {ROOT}/data {ROOT}/data.old && systemctl start kscnd")
    wait_for(lambda: network.console(MISSES).web3.eth.block_number, 60)
    planned = {
        "parentChain": network.head("parent") + AHEAD,
        "serviceChain": network.head("child") + AHEAD,
    }
    bridge.configure(wanted(hosts, planned))
    with traffic(network, pauses=True):
        bridge.up()
        seen = Network(bridge)  # with consoles of its own: those of the other one are of the thread that sends
        print(f"after the up: {seen.head('parent')}, {seen.head('child')} of {planned}")
        found = {node: forks_of(seen, node) for node in CHAIN_OF}
        assert not any(old.values())
        assert found == {node: {"kaia": planned[chain]} for node, chain in CHAIN_OF.items()}
        for node, chain in CHAIN_OF.items():
            wait_for(partial(has_passed, seen, node, planned[chain] + 1), AHEAD + 120)
    for chain, block in planned.items():
        for number in (block - 1, block, block + 1):
            nodes = [node for node, its in CHAIN_OF.items() if its == chain]
            assert len({hash_of(network, node, number) for node in nodes}) == 1, (chain, number)
    assert bridge.preview(expect_no_changes=True).steps == []
    for source in CHAINS:
        network.send(source, 2).wait()


def test_a_node_of_systemd_that_passed_the_fork_by_the_old_rules_is_named(
    bridge: Stack, hosts: dict[str, HandMade]
) -> None:
    network = Network(bridge)
    block = forks_of(network, "beta-scn")["kaia"]
    hosts[MISSES].ask(f"systemctl stop kscnd && mv {ROOT}/data {ROOT}/data.new && mv {ROOT}/data.old {ROOT}/data")
    hosts[MISSES].ask("systemctl start kscnd")
    wait_for(lambda: has_passed(network, MISSES, block), 120)
    assert forks_of(network, MISSES) == {}
    bridge.refresh()
    with pytest.raises(Failed) as caught:
        bridge.up()
    assert lines(str(caught.value), FORK_MISSED, f"{MISSES}: ")
    assert has_passed(network, MISSES, block) is True
    hosts[MISSES].ask(f"systemctl stop kscnd && mv {ROOT}/data {ROOT}/data.old && mv {ROOT}/data.new {ROOT}/data")
    bridge.refresh()
    bridge.up()
    assert forks_of(network, MISSES) == {"kaia": block}
    assert bridge.preview(expect_no_changes=True).steps == []
    hosts[MISSES].ask(f"rm -r {ROOT}/data.old")
