"""A network of local hosts: a switch in a namespace of its own, and this machine's one interface to it."""

import json
import os
import subprocess
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Annotated, Any

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field

from components.domain.problems.hosts import (
    INTERFACE_REMAINS,
    LOCAL_NETWORK_DOWN,
    LOCAL_START_FAILED,
    OTHER_SEED,
    SUBNET_IN_USE,
)
from components.dynamic.base import OLD_GOES_FIRST, Inputs, Props, Provider
from components.dynamic.machines import local_namespaces as namespaces
from components.dynamic.machines import local_record
from components.dynamic.machines.local_namespaces import Keeper, LocalError

SCRIPT = Path(__file__).with_suffix(".sh")

SHORTEST_PREFIX = 8
"""A route to more addresses than this is part of a default route, not a network."""


NetworkId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]


class LocalNetworkInputs(Inputs):
    """A network: an id that is unique on this machine, and its addresses."""

    network: NetworkId
    subnet: IPv4Network


def folder_of(network: str) -> Path:
    """Return the folder of the network, which holds those of its hosts."""
    return namespaces.BASE / network


def leg_of(network: str) -> str:
    """Return the name of the interface by which this machine reaches the network; at most 15 characters."""
    return f"sc-{network}"


class LocalNetworkProvider(Provider[LocalNetworkInputs]):
    """Creates, adopts and removes the switch. With it everything that is left of its hosts is removed."""

    inputs_type = LocalNetworkInputs
    replaced_by = frozenset({"subnet"})

    def identify(self, inputs: LocalNetworkInputs) -> str:
        """Return the network id."""
        return inputs.network

    def complete(self, olds: Props, news: Props) -> Props:
        """Refuse another id, which means another identity seed: all hosts would be made again. Raises ValueError."""
        if olds.get("network", news.get("network")) != news.get("network"):
            words = "the identity seed is not the one that this stack was made with"
            raise ValueError(OTHER_SEED(f"local network {olds['network']}: {words}; put its seed file back"))
        return news

    def converge(self, inputs: LocalNetworkInputs, known: Props) -> Props:
        """Start the switch unless it runs; raises LocalError if others use the addresses."""
        if self.observe(inputs, known) is not None:
            return {}
        self.remove(inputs, known)
        _refuse_overlap(inputs.subnet)
        folder = folder_of(inputs.network)
        folder.mkdir(parents=True)
        local_record.write(folder)
        leg, address = leg_of(inputs.network), _own_address(inputs)
        try:
            namespaces.start(
                folder,
                SCRIPT,
                [leg, address, str(inputs.subnet), str(os.getpid())],
                ready=lambda _switch: address in _addresses(leg),
            )
        except LocalError as error:
            self.remove(inputs, known)
            msg = f"local network {inputs.network} did not start: {error}"
            raise LocalError(LOCAL_START_FAILED(msg)) from error
        return {}

    def observe(self, inputs: LocalNetworkInputs, known: Props) -> Props | None:  # noqa: ARG002 - nothing to compare
        """Return None unless the switch runs and this machine has its address in it."""
        switch = namespaces.keeper_of(folder_of(inputs.network))
        if switch is None or str(inputs.subnet) not in switch.arguments:
            return None
        if _own_address(inputs) not in _addresses(leg_of(inputs.network)):
            return None
        local_record.write(folder_of(inputs.network))  # the checkout may have been moved
        return {}

    def remove(self, inputs: LocalNetworkInputs, known: Props) -> None:  # noqa: ARG002 - all follows from the id
        """End the switch, and hosts that are in no state because their creation was killed."""
        namespaces.stop(folder_of(inputs.network))
        _remove_interface(leg_of(inputs.network))
        namespaces.remove_folder(folder_of(inputs.network))


class LocalNetwork(Resource, module="servicechain", name="LocalNetwork"):
    """A tracked local network. Raises LocalError at creation if its subnet is in use."""

    network: pulumi.Output[str]
    subnet: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        network: pulumi.Input[str],
        subnet: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"network": network, "subnet": subnet}
        super().__init__(
            LocalNetworkProvider(), resource_name, props, pulumi.ResourceOptions.merge(OLD_GOES_FIRST, opts)
        )


def switch_of(network: str) -> Keeper:
    """Return the running switch; raises LocalError if there is none."""
    switch = namespaces.keeper_of(folder_of(network))
    if switch is None:
        msg = f"local network {network} is not running; `pulumi up --refresh` creates it again, with its hosts"
        raise LocalError(LOCAL_NETWORK_DOWN(msg))
    return switch


def _own_address(inputs: LocalNetworkInputs) -> str:
    return str(inputs.subnet.network_address + 1)


def _refuse_overlap(subnet: IPv4Network) -> None:
    for route in _ip("-4", "route", "show", "table", "all"):
        if route["dst"] == "default":
            continue
        other = ip_network(route["dst"])
        if other.prefixlen >= SHORTEST_PREFIX and other.overlaps(subnet):
            where = f" (interface {route['dev']})" if "dev" in route else ""
            msg = (
                f"the addresses {subnet} of the local network are in use on this machine by {other}{where}: "
                "set servicechain-ha:local.subnet to a free /22"
            )
            raise LocalError(SUBNET_IN_USE(msg))


def _addresses(interface: str) -> list[str]:
    """Return the addresses of an interface that is up."""
    if not Path(f"/sys/class/net/{interface}").exists():
        return []
    return [
        address["local"]
        for link in _ip("-4", "address", "show", "dev", interface, "up")
        for address in link.get("addr_info", ())
    ]


def _remove_interface(interface: str) -> None:
    """Remove it now: the kernel would remove it some time after its other end."""
    subprocess.run(["ip", "link", "delete", "dev", interface], capture_output=True, check=False)
    if Path(f"/sys/class/net/{interface}").exists():
        msg = f"interface {interface} cannot be removed"
        raise LocalError(INTERFACE_REMAINS(msg))


def _ip(*arguments: str) -> list[dict[str, Any]]:
    answer = subprocess.run(["ip", "-json", *arguments], capture_output=True, check=False).stdout
    # For an interface that is gone meanwhile the answer is empty.
    return [entry for entry in json.loads(answer or "[]") if entry]
