"""A local host: namespaces of its own with an sshd in them, on a local network.

A rebuilt host is a new machine: it has another `instance` and an empty disk, except for the chain data of a validator
that died.
"""

import secrets
import socket
import subprocess
import sys
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Annotated

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field

from components.domain.problems.hosts import ADDRESS_HELD, LOCAL_START_FAILED
from components.domain.problems.problem import Message
from components.dynamic.base import OLD_GOES_FIRST, Inputs, Props, Provider
from components.dynamic.machines import local_namespaces as namespaces
from components.dynamic.machines.data_loss import LEDGER, DataLossError, declare
from components.dynamic.machines.local_namespaces import Keeper, LocalError
from components.dynamic.machines.local_network import NetworkId, folder_of, leg_of, switch_of
from components.topology.data_holders import Holding

SCRIPT = Path(__file__).with_suffix(".sh")

CHAIN_DATA = "data/klay/chaindata"
"""Path of the chain data on the disk of a host."""
ANSWER_SECONDS = 1.0
REFRESH_TRIES = 3


class LocalHostInputs(Inputs):
    """A host. A change of any input replaces the machine."""

    network: NetworkId
    name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    address: IPv4Address
    prefix_length: Annotated[int, Field(ge=16, le=26)]
    host_private_key: Annotated[str, Field(pattern=r"^-----BEGIN OPENSSH PRIVATE KEY-----\n", repr=False)]
    authorized_key: Annotated[str, Field(pattern=r"^ssh-ed25519 [A-Za-z0-9+/=]+$")]
    holding: Holding | None = None
    """For a validator: the other nodes that hold its chain."""

    @property
    def folder(self) -> Path:
        """Folder of the host on this machine; `srv` in it is the host's disk."""
        return folder_of(self.network) / self.name

    @property
    def disk(self) -> Path:
        """The folder that the host mounts as /srv."""
        return self.folder / "srv"

    @property
    def has_chain(self) -> bool:
        """Return whether a node has chain data on this disk."""
        return (self.disk / CHAIN_DATA).is_dir()

    @property
    def interface(self) -> IPv4Interface:
        """The address and its network."""
        return IPv4Interface(f"{self.address}/{self.prefix_length}")

    @property
    def port(self) -> str:
        """The interface at the switch, named after the host's number in the subnet, so that it is unique."""
        return f"port{int(self.address) - int(self.interface.network.network_address)}"

    @property
    def mac(self) -> str:
        """Derived from the address: a rebuilt host has the same hardware address."""
        return "02:00:" + self.address.packed.hex(":")


class LocalHostProvider(Provider[LocalHostInputs]):
    """Starts and removes hosts."""

    inputs_type = LocalHostInputs
    replaced_by = frozenset(LocalHostInputs.model_fields) - {"holding"}

    def identify(self, inputs: LocalHostInputs) -> str:
        """Return the network and the name."""
        return f"{inputs.network}/{inputs.name}"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore other nodes that come or go."""
        return name != "holding" and old != new

    def complete(self, olds: Props, news: Props) -> Props:
        """Refuse to delete more of a chain's data than the chain can lose, in previews too. Raises ValueError."""
        declare(news)
        known = [name for name in self.replaced_by if olds and not pulumi.contains_unknowns(news.get(name))]
        if any(self._changed(name, olds, news) for name in known):
            self._require_replaceable(self._parse(olds))
        return news

    def _require_replaceable(self, inputs: LocalHostInputs) -> None:
        """Count a host as replaced. Raises DataLossError if its chain cannot lose the data on its disk."""
        if inputs.has_chain:
            LEDGER.require_deletable(inputs.name)

    def converge(self, inputs: LocalHostInputs, known: Props) -> Props:
        """Start the host, after removing what a killed attempt or a dead host left.

        The chain data of a validator stay: all hosts die with this machine, and enough validators with empty disks
        would agree on another chain. Raises LocalError with the host and the step; nothing else is left then.
        """
        if known.get("instance"):
            return {"instance": known["instance"]}
        _clear(inputs)
        instance = secrets.token_hex(6)
        try:
            switch = switch_of(inputs.network)
            if holder := _other_holder(inputs):
                msg = f"its address is still that of {holder}, which has to be removed in a run of its own before"
                raise LocalError(ADDRESS_HELD(msg))  # noqa: TRY301 - the handler adds which host it is
            for part in ("root", "srv"):
                (inputs.folder / part).mkdir(parents=True, exist_ok=True)
            namespaces.start(
                inputs.folder,
                SCRIPT,
                [str(switch.pid), inputs.port, inputs.interface.with_prefixlen, inputs.mac, instance],
                ready=lambda keeper: _answers(keeper, inputs),
                secret=f"{inputs.authorized_key}\n{inputs.host_private_key}",
            )
        except LocalError as error:
            _clear(inputs)
            msg = f"local host {inputs.name} at {inputs.address} did not start: {error}"
            raise LocalError(LOCAL_START_FAILED(msg)) from error
        return {"instance": instance}

    def observe(self, inputs: LocalHostInputs, known: Props) -> Props | None:  # noqa: ARG002 - nothing to compare
        """Return the machine that is there, or None when its sshd is gone or out of reach."""
        keeper = namespaces.keeper_of(inputs.folder)
        if keeper and any(_answers(keeper, inputs) for _ in range(REFRESH_TRIES)):
            return {"instance": keeper.arguments[-1]}
        return None

    def remove(self, inputs: LocalHostInputs, known: Props) -> None:  # noqa: ARG002 - all follows from the inputs
        """End every process of the host and remove its disk.

        Raises LocalError if the host is only replaced and its chain cannot lose the data on that disk.
        """
        try:
            self._require_replaceable(inputs)
        except DataLossError as error:
            raise LocalError(Message(str(error))) from None
        namespaces.stop(inputs.folder)
        _unplug(inputs)
        namespaces.remove_folder(inputs.folder)


class LocalHost(Resource, module="servicechain", name="LocalHost"):
    """A tracked local host. Raises LocalError at creation if it does not come up."""

    address: pulumi.Output[str]
    instance: pulumi.Output[str]
    """Random, different for every machine."""

    def __init__(
        self,
        resource_name: str,
        *,
        network: pulumi.Input[str],
        address: pulumi.Input[str],
        prefix_length: pulumi.Input[int],
        host_private_key: pulumi.Input[str],
        authorized_key: pulumi.Input[str],
        holding: Holding | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "network": network,
            "name": resource_name,
            "address": address,
            "prefix_length": prefix_length,
            "host_private_key": host_private_key,
            "authorized_key": authorized_key,
            "instance": None,
            **({"holding": holding.model_dump()} if holding else {}),
        }
        super().__init__(LocalHostProvider(), resource_name, props, pulumi.ResourceOptions.merge(OLD_GOES_FIRST, opts))


def _clear(inputs: LocalHostInputs) -> None:
    """End the host and remove what it left, except the chain data of a validator."""
    namespaces.stop(inputs.folder)
    _unplug(inputs)
    if not (inputs.holding and inputs.has_chain):
        namespaces.remove_folder(inputs.folder)
        return
    print(f"{inputs.name}: its chain data in {inputs.disk} are kept", file=sys.stderr)
    for stale in (inputs.disk / "data").glob("*.pid"):  # the number may be that of another process on the next host
        stale.unlink()


def _answers(keeper: Keeper, inputs: LocalHostInputs) -> bool:
    """Return whether the host's sshd sends its banner."""
    first = keeper.first_process()
    try:
        # If asked too early, the kernel finds nobody at the address and tries again only after a second.
        if first is None or Path(f"/proc/{first}/comm").read_text(encoding="ascii") != "sshd\n":
            return False
        with socket.socket() as connection:
            # Only through this interface: the default route may lead to a foreign host.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, leg_of(inputs.network).encode())
            connection.settimeout(ANSWER_SECONDS)
            connection.connect((str(inputs.address), 22))
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _other_holder(inputs: LocalHostInputs) -> str | None:
    """Return the name of another host with this address, which is to be removed only after our creation."""
    others = (keeper for keeper in namespaces.keepers(folder_of(inputs.network)) if keeper.folder != inputs.folder)
    return next((other.folder.name for other in others if inputs.interface.with_prefixlen in other.arguments), None)


def _unplug(inputs: LocalHostInputs) -> None:
    """Remove the host's port at the switch now: the kernel would remove it some time after the host."""
    switch = namespaces.keeper_of(folder_of(inputs.network))
    if switch and not _other_holder(inputs):
        command = ["nsenter", f"--net=/proc/{switch.pid}/ns/net", "ip", "link", "delete", "dev", inputs.port]
        subprocess.run(command, capture_output=True, check=False)
