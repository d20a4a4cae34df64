"""ExistingNode: a node that was running before the stack; it has the same attributes as Node."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pulumi

from components.adoption import commands
from components.adoption.commands import NodePlace
from components.domain.roles import PairRole
from components.dynamic.nodes.adopted_identity import AdoptedIdentity
from components.dynamic.nodes.adopted_node import AdoptedNode
from components.hosts.host import Host
from components.kaia.conf import BridgeKeys
from components.stack.nodes.node import Node, console_of

NO_BRIDGE = BridgeKeys()


class ExistingNode(pulumi.ComponentResource):
    """A node that exists already. The settings that the bridge needs are edited in its files, and restored on removal.

    Its identity is read from it: unknown in the first preview, known in all later ones.
    """

    def __init__(
        self,
        host: Host,
        role: PairRole,
        chain_id: int,
        bridge: BridgeKeys = NO_BRIDGE,
        *,
        peer: pulumi.Input[str] | None = None,
        en: pulumi.Input[Mapping[str, object]] | None = None,
        partner: pulumi.Input[object] | None = None,
        owns: bool = False,
        siblings: pulumi.Input[object] | None = None,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare it, of a chain with this id and with these keys in its conf.

        `peer` and `en`: for an SCN, the KNI and the console of the EN of its pair. `partner`: for an EN, the console or
        public key of the SCN of its pair. `siblings`: the consoles of the other nodes with the same role. `owns`:
        whether it owns a bridge contract.
        """
        super().__init__("servicechain:node:ExistingNode", host.name, None, opts)
        self.resource: pulumi.Resource = self
        self.host, self.name = host, host.name
        self._place = _place(host)
        self.restart_command = commands.restart(self._place)
        given = {
            "peer": peer,
            "en": en,
            "partner": partner,
            "siblings": siblings,
            "restart": self._place.restart,
        }
        self.running = AdoptedNode(
            host.name,
            {
                "node": self.endpoint,
                "role": role,
                "chain_id": chain_id,
                "data": self._place.data,
                "conf": self._place.conf,
                "conf_keys": dict(bridge.keys),
                "needed": dict(bridge.needed),
                **({"owns": True} if owns else {}),
                **{name: value for name, value in given.items() if value is not None},
            },
            pulumi.ResourceOptions(parent=self, depends_on=[*host.depends_on, *after]),
        )
        self.version = self.running.version
        self.identity = AdoptedIdentity(
            host.name,
            {"node": self.endpoint, "role": role, "address": host.address, "bridge": bool(bridge.keys)},
            pulumi.ResourceOptions(parent=self, depends_on=[self.running]),
        )
        self.register_outputs({"address": host.address})

    @property
    def ipc(self) -> str:
        """Return the path of the IPC socket."""
        return self._place.ipc

    @cached_property
    def endpoint(self) -> pulumi.Output[Mapping[str, object]]:
        """Return the console of the node, as chain/ takes it. A secret: it holds the SSH key."""
        return console(self.host)


AnyNode = Node | ExistingNode
"""A running node, made by this program or found."""


def network_id(given: int | None, chain_id: int, nodes: Iterable[ExistingNode]) -> pulumi.Output[int] | None:
    """Return the network id of a chain: the given one, or that of an existing node; None if there is neither.

    On a chain that others began it can differ from the chain id. Nodes with different network ids never connect.
    """
    if given is not None:
        return pulumi.Output.from_input(given)
    one = next(iter(nodes), None)
    return one.identity.network_id.apply(lambda known: int(known or chain_id)) if one else None


def console(host: Host) -> pulumi.Output[Mapping[str, object]]:
    """Return the console of the existing node on a host. A secret."""
    return console_of(host, _place(host).ipc)


def _place(host: Host) -> NodePlace:
    if host.node is None:
        msg = f"{host.name}: no node exists there"
        raise ValueError(msg)
    return NodePlace(host.node.data, host.node.conf, host.node.restart)
