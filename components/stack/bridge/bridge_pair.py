"""BridgePair: one EN and one SCN, strictly one to one. The EN is made here; the SCN belongs to the ServiceChain."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.domain.kni import bridge_kni
from components.dynamic.nodes.synced_node import SyncedNode
from components.hosts.host import Host, Hosts
from components.kaia import conf
from components.kaia.layout import Layout, json_list
from components.kaia.package import package as package_of
from components.settings.model import PairSettings, Settings
from components.stack.chains.parent_chain import ParentChain
from components.stack.identities import FoundAccount, FoundOperators, Identities, Operators
from components.stack.nodes.chain_data import with_chain_data
from components.stack.nodes.existing_node import AnyNode, ExistingNode, console
from components.stack.nodes.kept_node import KeptNode, keep_running
from components.stack.nodes.node import File, Node, PreparedNode
from components.stack.nodes.pair_half import PairHalf
from components.topology.flows import exposure


class Ens:
    """The consoles of the ENs of all pairs. Each EN needs those of the others, so they are known once all pairs exist.

    They include the validator of a private parent chain in the stack: without it no EN can be checked for health.
    """

    def __init__(self) -> None:
        """Begin with none known."""
        self._known: asyncio.Future[Any] = asyncio.get_event_loop().create_future()

    def complete(self, pairs: "Sequence[BridgePair]", validator: Node | None) -> None:
        """Set them: these are all pairs."""
        nodes: Sequence[AnyNode] = [*(pair.en for pair in pairs), *([validator] if validator else [])]
        self._known.set_result({node.name: node.endpoint for node in nodes})

    def without(self, name: str) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """Return the consoles of all but the node of that name; a secret."""
        known: pulumi.Output[Mapping[str, Mapping[str, object]]] = pulumi.Output.from_input(self._known)
        consoles = known.apply(lambda known: [console for other, console in known.items() if other != name])
        return pulumi.Output.secret(consoles)


class BridgePair(pulumi.ComponentResource):
    """A pair. Its KNI and operators are known before any machine exists, unless its nodes exist already."""

    def __init__(
        self,
        pair: PairSettings,
        settings: Settings,
        parent_chain: ParentChain,
        hosts: Hosts,
        identities: Identities,
        operators: Operators | None,
        ens: Ens,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`operators`: for an SCN that is made; an existing one has its own. `ens`: those of all pairs."""
        super().__init__("servicechain:index:BridgePair", pair.name, None, opts)
        self.name, self.scn = pair.name, pair.scn
        self._child = pulumi.ResourceOptions(parent=self)
        sub_bridge = _sub_bridge_conf(pair, settings)
        host = hosts.host(pair.en, self._child)
        scn = hosts.host(pair.scn, self._child) if settings.adopts(pair.scn) else None
        self.kni: pulumi.Output[str]
        self.en: AnyNode
        self.kept: KeptNode | None = None
        """The EN, if the program makes it."""
        running: pulumi.Resource
        if host.node:
            partner = console(scn) if scn else identities.node(pair.scn).public_key
            self.en = ExistingNode(
                host,
                "en",
                parent_chain.chain_id,
                conf.main_bridge_keys(),
                partner=partner,
                siblings=ens.without(pair.en),
                opts=self._child,
            )
            self.kni, running = self.en.identity.kni, self.en.running
        else:
            host = with_chain_data(host, settings, self._child)
            self.kept = self._made(pair, settings, parent_chain, host, identities, ens)
            running = self.kept.running
        ours = parent_chain.settings.ours
        self.ready = running if ours else self._synced(parent_chain, self.en.running.id, running)
        self.operators: Operators | FoundOperators
        if not scn:
            self.operators = operators or identities.operators(pair.scn)
            self.sub_bridge = PairHalf(sub_bridge, self.kni, self.en.endpoint, self.operators)
        else:
            existing = ExistingNode(
                scn,
                "scn",
                settings.service_chain.chain_id,
                conf.sub_bridge_keys(sub_bridge),
                peer=self.kni,
                en=self.en.endpoint,
                owns=pair.scn in map(settings.bridge.owner_node_of, ("parent", "child")),
                after=[self.ready],
                opts=self._child,
            )
            found = existing.identity
            self.operators = FoundOperators(FoundAccount(found.parent_operator), FoundAccount(found.child_operator))
            self.sub_bridge = PairHalf(sub_bridge, self.kni, self.en.endpoint, None, existing)
        self.register_outputs({"kni": self.kni})

    def _made(
        self,
        pair: PairSettings,
        settings: Settings,
        parent_chain: ParentChain,
        host: Host,
        identities: Identities,
        ens: Ens,
    ) -> KeptNode:
        key = identities.node(pair.en)
        package = package_of("ken", settings.archive_of(pair.en).archive)
        layout = Layout(host.root, package)
        values = parent_chain.endpoint_node(layout.data, exposure(settings))
        files = [
            File("nodekey", layout.node_key, key.private_key, mode="0600", restarts=True),
        ]
        known_nodes = parent_chain.static_nodes
        if known_nodes is not None:
            files.append(File("static-nodes.json", layout.static_nodes, known_nodes.apply(json_list), restarts=True))
        self.kni = pulumi.Output.all(key.public_key, host.address).apply(lambda known: bridge_kni(known[0], known[1]))
        self.en = node = PreparedNode(
            host,
            package,
            values,
            files,
            parent_chain.genesis,
            self._child,
            network_id=parent_chain.network_id,
            has_forks=parent_chain.has_forks,
        ).launch()
        return keep_running(
            node,
            {
                "role": "en",
                "chain_id": parent_chain.chain_id,
                "kni": self.kni,
                "static_nodes": [] if known_nodes is None else known_nodes,
                "others": pulumi.Output.secret([parent_chain.validator.endpoint]) if parent_chain.validator else [],
                "siblings": ens.without(pair.en),
            },
            self._child,
        )

    def _synced(self, chain: ParentChain, started: pulumi.Input[object], running: pulumi.Resource) -> pulumi.Resource:
        """Declare that everything after it waits until the EN has caught up with a chain that others run."""
        reference = chain.settings.reference_rpc
        return SyncedNode(
            f"{self.en.name}-sync",
            {
                "node": self.en.endpoint,
                "chain_id": chain.chain_id,
                "started": started,
                "hours": chain.settings.sync_hours,
                "reference_rpc": pulumi.Output.secret(reference.get_secret_value()) if reference else None,
            },
            pulumi.ResourceOptions(parent=self, depends_on=[running]),
        )


def bridge_pairs(
    settings: Settings,
    parent_chain: ParentChain,
    hosts: Hosts,
    identities: Identities,
    operators: Mapping[str, Operators],
) -> list[BridgePair]:
    """Return all pairs in the order of the settings. Existing ENs are read first: they know the network id."""
    made: dict[str, BridgePair] = {}
    ens = Ens()
    for pair in sorted(settings.pairs, key=lambda one: not settings.adopts(one.en)):
        one = BridgePair(pair, settings, parent_chain, hosts, identities, operators.get(pair.name), ens)
        made[pair.name], parent_chain = one, parent_chain.as_known_by(one.en)
    ens.complete(list(made.values()), parent_chain.validator)
    return [made[pair.name] for pair in settings.pairs]


def _sub_bridge_conf(pair: PairSettings, settings: Settings) -> conf.SubBridge:
    anchoring = settings.anchoring_of(pair)
    return conf.SubBridge(
        parent_chain_id=settings.parent_chain.chain_id,
        anchoring=anchoring.enabled,
        anchoring_period=anchoring.period,
        recovery_interval=settings.recovery.interval,
        parent_gas_limit=settings.bridge.operator_gas_limit,
    )
