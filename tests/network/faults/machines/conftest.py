"""One pair and four SCNs on machines that the program did not make, one of each kind of login and service."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.dynamic.secrets import ssh_key
from components.hosts.local_preflight import missing
from tests.network import systemd_machine
from tests.network.conftest import make_stack
from tests.network.existing_hosts import SUDOER, USER, HandMade, hand_made
from tests.network.local_hosts import running_network
from tests.network.network import Network
from tests.stack import Settings, Stack, settings

LOGINS: Mapping[str, Mapping[str, Any]] = {
    "parent": {"user": "root", "service": "daemon"},
    "alpha-en": {},
    "alpha-scn": {},
    "beta-scn": {"user": USER, "sudo": False},
    "gamma-scn": {"user": "root", "service": "daemon"},
    "delta-scn": {"service": "daemon"},
}
"""How each is entered, and what starts its node. Of what is not said: as SUDOER, with sudo, by systemd."""
WITH_SYSTEMD = frozenset({"alpha-scn", "alpha-en"})
SCNS = [name for name in LOGINS if name.endswith("-scn")]


@pytest.fixture(scope="package")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, HandMade]]:
    if absent := [*missing(), *filter(None, [systemd_machine.missing()])]:
        pytest.skip(" ".join(absent))
    names = {name: name in WITH_SYSTEMD for name in LOGINS}
    with running_network() as network, hand_made(network, tmp_path_factory.mktemp("machines"), names) as found:
        yield found


@pytest.fixture(scope="package")
def stack(hosts: dict[str, HandMade], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield the stack, which is up."""
    with make_stack(tmp_path_factory.mktemp("stack"), wanted(hosts)) as stack:
        stack.up()
        yield stack


@pytest.fixture
def network(stack: Stack) -> Network:
    """Return what the nodes are now."""
    return Network(stack)


def wanted(hosts: dict[str, HandMade], client: str = "client", **more: Mapping[str, Any]) -> Settings:
    """Return the settings of the stack; `more` of a host, by its name with underscores."""
    listed = {
        name: {**host.settings, **LOGINS[name], **more.get(name.replace("-", "_"), {})} for name, host in hosts.items()
    }
    key = ssh_key.private_key(hosts["parent"].network.seed(client))
    return settings(
        target="existing",
        existing={"user": SUDOER, "privateKey": key, "diskGib": 1, "hosts": listed},
        serviceChain={"chainId": 3000, "nodes": SCNS},
        pairs=[{"name": "alpha", "scn": "alpha-scn"}],
    )
