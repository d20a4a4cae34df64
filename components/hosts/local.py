"""Hosts on this computer, as namespaces: the default target, also used by tests."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import pulumi

from components.dynamic.machines.local_host import LocalHost
from components.dynamic.machines.local_network import LocalNetwork
from components.dynamic.secrets.ssh_key import SshKey
from components.hosts.host import Host, Ssh
from components.topology.data_holders import Holding
from components.topology.local_addresses import addresses, checked_subnet, default_subnet


class LocalHosts(pulumi.ComponentResource):
    """A network on this computer and the hosts in it."""

    def __init__(
        self,
        name: str,
        *,
        network: pulumi.Input[str],
        names: Sequence[str],
        seed_for: Callable[[str], pulumi.Output[str]],
        subnet: str | None = None,
        holdings: Mapping[str, Holding] = MappingProxyType({}),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Make the network; `host` makes the hosts.

        `network`: 8 hex digits that no other stack on this computer has. `names`: those of all hosts; new ones are
        appended. `seed_for`: derives a secret of 64 hex digits from a label. `holdings`: those of the validators, keyed
        by host.
        Raises ValueError if the subnet is not a private one.
        """
        super().__init__("servicechain-ha:hosts:LocalHosts", name, None, opts)
        given = checked_subnet(subnet) if subnet else None
        # Derived from a secret, but visible in every address and path.
        network_id = pulumi.Output.unsecret(pulumi.Output.from_input(network))
        self._subnet = network_id.apply(lambda id_: given or default_subnet(id_))
        self._addresses = self._subnet.apply(lambda net: {n: str(a) for n, a in addresses(names, net).items()})
        self._seed_for, self._holdings = seed_for, holdings
        mine = pulumi.ResourceOptions(parent=self)
        self._network = LocalNetwork(name, network=network_id, subnet=self._subnet.apply(str), opts=mine)
        self._client = SshKey(f"{name}-client", seed=seed_for("ssh-client"), opts=mine)
        self.register_outputs({})

    @property
    def access(self) -> Mapping[str, pulumi.Input[str]]:
        """Return nothing: these hosts can be reached from this computer only."""
        return {}

    def host(self, name: str, opts: pulumi.ResourceOptions | None = None) -> Host:
        """Return the machine of that name, which has to be one of `names`."""
        opts = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(parent=self), opts)
        key = SshKey(name, seed=self._seed_for(f"ssh-host/{name}"), opts=opts)
        address = self._addresses.apply(lambda all_: all_[name])
        machine = LocalHost(
            name,
            network=self._network.network,
            address=address,
            prefix_length=self._subnet.apply(lambda net: net.prefixlen),
            host_private_key=key.private_key,
            authorized_key=self._client.public_key,
            holding=self._holdings.get(name),
            opts=opts,
        )
        return Host(
            name=name,
            address=address,
            ssh=Ssh(host=address, user="root", private_key=self._client.private_key, host_key=key.public_key),
            root="/srv",
            instance=machine.instance,
            depends_on=(machine,),
            ends_with=machine,
        )
