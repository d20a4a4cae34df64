"""A local network under test: how to make it, reach into it, and see what is left of it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Network
from pathlib import Path

import asyncssh

from components.dynamic.base import Props
from components.dynamic.machines import local_network
from components.dynamic.machines.local_host import LocalHostProvider
from components.dynamic.machines.local_namespaces import BASE, LocalError, keeper_of
from components.dynamic.machines.local_network import LocalNetworkProvider
from components.dynamic.secrets import ssh_key
from components.topology.local_addresses import addresses, default_subnet

TIMEOUT = 120.0
"""Seconds for a command on a host, on a machine that has other tests to run."""
NAMES = ("parent", "alpha-en", "alpha-scn", "beta-en", "beta-scn", "gamma-scn", "delta-scn", "monitor")
HOSTS, NETWORKS = LocalHostProvider(), LocalNetworkProvider()


def free_id() -> str:
    """Return a random network id whose subnet nobody on this machine has."""
    while True:
        network = secrets.token_hex(4)
        try:
            local_network._refuse_overlap(default_subnet(network))
        except LocalError:
            continue
        return network


@dataclass(frozen=True)
class Network:
    """A network with an id of its own; nothing runs until somebody says so."""

    id: str = field(default_factory=free_id)

    @property
    def subnet(self) -> IPv4Network:
        """Chosen by the id."""
        return default_subnet(self.id)

    @property
    def folder(self) -> Path:
        """All that the machine keeps of it."""
        return BASE / self.id

    @property
    def props(self) -> Props:
        """Inputs of the network."""
        return {"network": self.id, "subnet": str(self.subnet)}

    def seed(self, label: str) -> str:
        """Derive the seed of a key."""
        return sha256(f"{self.id}/{label}".encode()).hexdigest()

    def address(self, name: str) -> str:
        """Return the address of a host."""
        return str(addresses(NAMES, self.subnet)[name])

    def host(self, name: str) -> Props:
        """Return the inputs of a host."""
        return {
            "network": self.id,
            "name": name,
            "address": self.address(name),
            "prefix_length": float(self.subnet.prefixlen),
            "host_private_key": ssh_key.private_key(self.seed(name)),
            "authorized_key": ssh_key.public_key(self.seed("client")),
        }

    def up(self, name: str) -> Props:
        """Create the host; return all its properties."""
        outs = HOSTS.create(self.host(name)).outs
        assert outs is not None
        return dict(outs)

    def down(self, name: str) -> None:
        """Delete the host."""
        HOSTS.delete("", self.host(name))

    def alive(self, name: str) -> bool:
        """Tell whether a refresh finds the host."""
        return bool(HOSTS.read("id", self.host(name)).id)

    def first_process(self, name: str) -> int:
        """Return the id of the host's pid 1 as seen from here."""
        keeper = keeper_of(self.folder / name)
        first = keeper and keeper.first_process()
        assert first
        return first

    @asynccontextmanager
    async def connect(
        self, name: str, *, client: str = "client", pinned: str | None = None
    ) -> AsyncIterator[asyncssh.SSHClientConnection]:
        """Log in to the host with the key of `client`, and with the key of the host `pinned` expected there."""
        host_key = asyncssh.import_public_key(ssh_key.public_key(self.seed(pinned or name)))
        async with asyncssh.connect(
            self.address(name),
            username="root",
            client_keys=[asyncssh.import_private_key(ssh_key.private_key(self.seed(client)))],
            known_hosts=([host_key], [], []),
            config=[],
            agent_path=None,
        ) as connection:
            yield connection

    def run(self, name: str, command: str, *, client: str = "client", pinned: str | None = None) -> str:
        """Run a command on the host over SSH and return what it printed."""

        async def run() -> str:
            async with self.connect(name, client=client, pinned=pinned) as connection:
                result = await connection.run(command, check=True, timeout=TIMEOUT)
                return str(result.stdout)

        return asyncio.run(run())

    def remains(self) -> list[str]:
        """Return everything on the machine that still has to do with this network, in words."""
        found = [str(self.folder)] if self.folder.exists() else []
        found += [f"interface {path.name}" for path in Path("/sys/class/net").iterdir() if self.id in path.name]
        found += [line for line in Path("/proc/mounts").read_text().splitlines() if self.id in line]
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if self.id in (entry / "cmdline").read_text(errors="replace"):
                    found.append(f"process {entry.name}")
            except OSError:
                continue
        return found


@contextmanager
def running_network() -> Iterator[Network]:
    """Run a network; afterwards nothing of it may be left."""
    network = Network()
    NETWORKS.create(network.props)
    try:
        yield network
    finally:
        NETWORKS.delete("", network.props)
    assert network.remains() == []


def processes_in(namespace: str, kind: str) -> list[int]:
    """Return the processes of the whole machine that are in this namespace."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str((entry / "ns" / kind).readlink()) == namespace:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
