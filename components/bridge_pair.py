"""BridgePair: one EN and one SCN, strictly one to one. This is where the EN is; the SCN belongs to the ServiceChain."""

import pulumi

from components.dynamic.running_node import RunningNode
from components.dynamic.synced_node import SyncedNode
from components.hosts.host import Hosts
from components.identities import Identities, Operators
from components.nodes import conf
from components.nodes.files import Layout, json_list
from components.nodes.identity import bridge_kni
from components.nodes.node import File, Node
from components.nodes.package import package as package_of
from components.parent_chain import ParentChain
from components.service_chain import SubBridge
from components.settings_model import Pair, Settings
from components.traffic import exposure


class BridgePair(pulumi.ComponentResource):
    """A pair, by its name. Its KNI and operators are known before any machine exists."""

    def __init__(
        self,
        pair: Pair,
        settings: Settings,
        parent_chain: ParentChain,
        hosts: Hosts,
        identities: Identities,
        operators: Operators,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("servicechain:index:BridgePair", pair.name, None, opts)
        self.name, self.scn = pair.name, pair.scn
        self.operators = operators
        child = pulumi.ResourceOptions(parent=self)
        key = identities.node(pair.en)
        host = hosts.host(pair.en, child)
        package = package_of("ken", settings.packages.ken)
        layout = Layout(host.root, package)
        values = parent_chain.endpoint_node(layout.data, exposure(settings))
        files = [
            File("nodekey", layout.node_key, key.private_key, mode="0600", restarts=True),
        ]
        known_nodes = parent_chain.static_nodes
        if known_nodes is not None:
            files.append(File("static-nodes.json", layout.static_nodes, known_nodes.apply(json_list), restarts=True))
        self.kni: pulumi.Output[str] = pulumi.Output.all(key.public_key, host.address).apply(
            lambda known: bridge_kni(known[0], known[1])
        )
        self.en = Node(host, package, values, files, parent_chain.genesis, child)
        launched = self.en.launch()
        running = RunningNode(
            self.en.name,
            {
                **launched,
                "role": "en",
                "chain_id": parent_chain.chain_id,
                "kni": self.kni,
                "static_nodes": [] if known_nodes is None else known_nodes,
            },
            child,
        )
        ours = parent_chain.settings.ours
        self.ready = running if ours else self._synced(parent_chain, launched["started"], running)
        self.sub_bridge = SubBridge(_sub_bridge_conf(pair, settings), self.kni, operators)
        self.register_outputs({"kni": self.kni})

    def _synced(self, chain: ParentChain, started: pulumi.Input[object], running: RunningNode) -> pulumi.Resource:
        """Have what comes after wait until the EN has caught up with a chain that others run."""
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


def _sub_bridge_conf(pair: Pair, settings: Settings) -> conf.SubBridge:
    anchoring = settings.anchoring_of(pair)
    return conf.SubBridge(
        parent_chain_id=settings.parent_chain.chain_id,
        anchoring=anchoring.enabled,
        anchoring_period=anchoring.period,
        recovery_interval=settings.recovery.interval,
    )
