"""A bridge on machines that the program did not make: each kind of login with each kind of service. Needs root.

They are compared before and after: files, users, processes and ports.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.domain.problems.hosts import LEFT_BEHIND, MACHINE_LACKS
from components.dynamic.secrets import ssh_key
from components.hosts.local_preflight import missing
from tests.network import systemd_machine
from tests.network.conftest import make_stack
from tests.network.existing_hosts import SUDOER, USER, HandMade, different, existing, hand_made
from tests.network.local_hosts import Network as Machines
from tests.network.local_hosts import running_network
from tests.network.network import CHAINS, Network
from tests.run import lines
from tests.stack import Failed, Settings, Stack, settings

_ABSENT = [*missing(), *filter(None, [systemd_machine.missing()])]
pytestmark = pytest.mark.skipif(bool(_ABSENT), reason=" ".join(_ABSENT))

NAMES = {
    "parent": False,
    "alpha-en": True,
    "alpha-scn": False,
    "beta-en": False,
    "beta-scn": True,
    "gamma-scn": False,
    "delta-scn": False,
}
"""Whether it has systemd."""
LOGINS: Mapping[str, Mapping[str, object]] = {
    "parent": {"user": "root", "service": "daemon"},
    "alpha-en": {},
    "alpha-scn": {"user": USER, "sudo": False},
    "beta-en": {"service": "daemon", "root": "/srv/chains/beta"},
    "beta-scn": {"user": "root"},
    "gamma-scn": {"service": "daemon"},
    "delta-scn": {"user": USER, "sudo": False},
}
"""How each is entered, and what starts its node. Of what is not said: as SUDOER, with sudo, by systemd."""

_FAST = """#!/bin/sh
echo $(($(/usr/bin/date +%s) + 3601)).0"""
"""A clock."""


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with running_network() as network:
        yield network


@pytest.fixture(scope="module")
def hosts(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, HandMade]]:
    with hand_made(machines, tmp_path_factory.mktemp("machines"), NAMES) as found:
        yield found


@pytest.fixture(scope="module")
def before(hosts: dict[str, HandMade]) -> Mapping[str, Mapping[str, list[str]]]:
    return {name: host.found() for name, host in hosts.items()}


@pytest.fixture(scope="module")
def stack(
    hosts: dict[str, HandMade], before: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:  # whatever happens to the stack, they were looked at before
    assert before
    with make_stack(tmp_path_factory.mktemp("stack"), wanted(hosts)) as stack:
        yield stack


def wanted(hosts: dict[str, HandMade]) -> Settings:
    """Return the settings of two pairs and four SCNs on these machines."""
    return settings(
        target="existing",
        existing=existing(hosts, LOGINS),
        serviceChain={"chainId": 3000, "nodes": [name for name in hosts if name.endswith("-scn")]},
        pairs=[{"name": name, "scn": f"{name}-scn"} for name in ("alpha", "beta")],
    )


def test_what_is_missing_is_reported_of_all_at_once_and_nothing_is_changed(
    stack: Stack, hosts: dict[str, HandMade], before: Mapping[str, Any]
) -> None:
    hosts["parent"].ask("mkdir /srv/servicechain && touch /srv/servicechain/somebodys")
    hosts["alpha-en"].ask("touch /etc/systemd/system/kend.service; useradd --uid 505 somebody")
    hosts["beta-en"].ask(
        f"mount -t tmpfs tmpfs /usr/local/bin; echo '{_FAST}' >/usr/local/bin/date; chmod +x /usr/local/bin/date"
    )
    hosts["beta-scn"].ask("systemd-run --unit=squatter python3 -m http.server 8551")
    hosts["beta-scn"].ask("timeout 10 bash -c 'until (: </dev/tcp/127.0.0.1/8551) 2>/dev/null; do sleep 0.1; done'")
    hosts["gamma-scn"].ask(f"rm /etc/sudoers.d/{SUDOER}")
    hosts["delta-scn"].ask(f"chmod 0500 /home/{USER}; mount --bind /dev/null /usr/bin/tar")
    with pytest.raises(Failed) as caught:
        stack.preview()
    hosts["parent"].ask("rm -r /srv/servicechain")
    hosts["alpha-en"].ask("rm /etc/systemd/system/kend.service; userdel somebody")
    hosts["beta-en"].ask("umount /usr/local/bin")
    hosts["beta-scn"].ask("systemctl stop squatter")
    hosts["gamma-scn"].ask(f"echo '{SUDOER} ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/{SUDOER}")
    hosts["gamma-scn"].ask(f"chmod 0440 /etc/sudoers.d/{SUDOER}")
    hosts["delta-scn"].ask(f"chmod 0755 /home/{USER}; umount /usr/bin/tar")
    (text,) = (error for error in caught.value.run.errors if MACHINE_LACKS.code in error)
    assert lines(text, MACHINE_LACKS, "8 things", "6 of them")
    found = [line for line in text.splitlines() if line.startswith("  - ")]
    lacking = [
        ("parent", "/srv/servicechain", "somebodys"),
        ("alpha-en", "kend.service"),
        ("alpha-en", "505", "somebody"),
        ("beta-en", "clock"),
        ("beta-scn", "tcp 8551"),
        ("gamma-scn", f"`{SUDOER} ALL=(ALL) NOPASSWD: ALL`"),
        ("delta-scn", "lacks tar"),
        ("delta-scn", f"/home/{USER}"),
    ]
    assert len(found) == len(lacking)
    for name, *named in lacking:
        place = f"  - {name} at {hosts[name].settings['address']}:22: "
        (line,) = (one for one in found if all(part in one for part in (place, *named)))
        assert "clock" not in named or re.search(r" 3[56][0-9]{2} s ", line)
    assert {name: different(before[name], host.found()) for name, host in hosts.items()} == {name: [] for name in hosts}


def test_a_bridge_comes_up_on_them(stack: Stack, hosts: dict[str, HandMade]) -> None:
    assert stack.up().changes.keys() == {"create"}
    assert not stack.preview().changes
    secret = ssh_key.private_key(hosts["parent"].network.seed("client")).splitlines()[3]
    assert secret not in stack.state
    network = Network(stack)
    for source in CHAINS:
        network.send(source, 3).wait()
    owners = {
        name: host.ask("ps -e -o user=,comm= | grep -e ken$ -e kcn$ -e kscn$").split() for name, host in hosts.items()
    }
    assert owners == {
        "parent": ["root", "kcn"],
        "alpha-en": ["kaia", "ken"],
        "alpha-scn": [USER, "kscn"],
        "beta-en": [SUDOER, "ken"],
        "beta-scn": ["kaia", "kscn"],
        "gamma-scn": [SUDOER, "kscn"],
        "delta-scn": [USER, "kscn"],
    }


def test_a_refresh_finds_all_as_it_is(stack: Stack) -> None:
    assert not stack.refresh().changes
    assert not stack.preview().changes


def test_a_lost_en_stops_nothing(stack: Stack, hosts: dict[str, HandMade]) -> None:
    hosts["beta-en"].ask("pkill -KILL ken")
    network = Network(stack)
    for source in CHAINS:
        network.send(source, 3).wait()


def test_they_are_left_as_they_were_found(
    stack: Stack, hosts: dict[str, HandMade], before: Mapping[str, Any], machines: Machines
) -> None:
    machines.down("beta-en")
    assert not stack.preview().changes, "a preview without changes needs no machine"
    assert stack.destroy().lines(LEFT_BEHIND, "beta-en: ", "/srv/chains/beta")
    living = [name for name in hosts if name != "beta-en"]
    assert {name: different(before[name], hosts[name].found()) for name in living} == {name: [] for name in living}
