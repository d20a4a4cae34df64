"""Machines with systemd that lose their power: their nodes start by themselves, and the pair votes again. Needs root.

Both pairs have to vote, so a transfer that arrives has the vote of the pair whose machines were off.
"""

from collections.abc import Iterator

import pytest

from components.hosts.local_preflight import missing
from tests.network import systemd_machine
from tests.network.conftest import make_stack
from tests.network.existing_hosts import HandMade, existing, hand_made
from tests.network.local_hosts import running_network
from tests.network.network import CHAINS, Network
from tests.stack import Stack, settings

_ABSENT = [*missing(), *filter(None, [systemd_machine.missing()])]
pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(_ABSENT), reason=" ".join(_ABSENT))]

NAMES = {
    **dict.fromkeys(("parent", "alpha-en", "alpha-scn", "gamma-scn", "delta-scn"), False),
    **dict.fromkeys(("beta-en", "beta-scn"), True),
}
"""Whether it has systemd."""
UNITS = {"beta-en": "kend", "beta-scn": "kscnd"}


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, HandMade]]:
    with running_network() as network, hand_made(network, tmp_path_factory.mktemp("machines"), NAMES) as found:
        yield found


@pytest.fixture(scope="module")
def stack(hosts: dict[str, HandMade], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    logins: dict[str, dict[str, object]] = {
        name: {} if systemd else {"service": "daemon"} for name, systemd in NAMES.items()
    }
    wanted = settings(
        target="existing",
        existing=existing(hosts, logins),
        serviceChain={"chainId": 3000, "nodes": [name for name in hosts if name.endswith("-scn")]},
        pairs=[{"name": name, "scn": f"{name}-scn"} for name in ("alpha", "beta")],
        bridge={"threshold": 2},
    )
    with make_stack(tmp_path_factory.mktemp("stack"), wanted) as stack:
        stack.up()
        yield stack


@pytest.mark.parametrize("off", [("beta-en",), ("beta-scn",), ("beta-en", "beta-scn")])
def test_a_pair_whose_machines_lost_their_power_votes_again(
    stack: Stack, hosts: dict[str, HandMade], off: tuple[str, ...]
) -> None:
    network = Network(stack)
    for name in off:
        boot = hosts[name].loses_power_and_boots
        assert boot
        hosts[name].ask("touch /run/before")
        boot()
        assert hosts[name].ask("ls -A /run/before 2>/dev/null || echo none").strip() == "none", "it has booted"
        assert hosts[name].ask(f"systemctl is-enabled {UNITS[name]}").strip() == "enabled"
    for source in CHAINS:
        network.send(source, 2).wait()
    for name in off:
        assert hosts[name].ask(f"systemctl is-active {UNITS[name]}").strip() == "active"
    assert stack.refresh().changes.keys() <= {"same"}
    assert stack.preview(expect_no_changes=True).steps == []
