"""ServiceChain: the SCNs of the child chain, all of them validators."""

from collections.abc import Mapping, Sequence

import pulumi

from components.domain.kni import consensus_kni
from components.domain.ports import SCN_PORT
from components.dynamic.nodes.genesis import Genesis, fork_inputs
from components.dynamic.secrets.account import Account
from components.dynamic.validators.child_council import ChildCouncil
from components.dynamic.validators.child_seat import ChildSeat
from components.dynamic.validators.child_validator import ChildValidator
from components.hosts.host import Host, Hosts
from components.kaia import conf, genesis
from components.kaia.layout import Layout, json_list
from components.kaia.package import package as package_of
from components.settings.model import ServiceChainSettings as Settings
from components.settings.sections.packages import ArchiveSettings
from components.stack.identities import Identities
from components.stack.nodes.existing_node import AnyNode, ExistingNode, network_id
from components.stack.nodes.kept_node import KeptNode, keep_running
from components.stack.nodes.node import File, Node, PreparedNode, console_of
from components.stack.nodes.pair_half import PairHalf, bridge_files


class ServiceChain(pulumi.ComponentResource):
    """The child chain: its genesis and its nodes. `nodes`, `kept` (those it makes) and `ready` are keyed by SCN."""

    def __init__(
        self,
        settings: Settings,
        archives: Mapping[str, ArchiveSettings],
        exposure: conf.Exposure,
        hosts: Hosts,
        identities: Identities,
        sub_bridges: Mapping[str, PairHalf],
        funded: Sequence[tuple[pulumi.Input[str], int]],
        opts: pulumi.ResourceOptions | None = None,
        *,
        keeps_data: bool = False,
    ) -> None:
        """Declare it. `archives` and `sub_bridges` are keyed by SCN.

        `funded`: accounts and their balances in the first block, in peb. `keeps_data`: an SCN's data are copied before
        a newer major version.
        """
        super().__init__("servicechain:index:ServiceChain", "service-chain", None, opts)
        self.chain_id = settings.chain_id
        self._exposure = exposure
        self._keeps_data = keeps_data
        self._child = pulumi.ResourceOptions(parent=self)
        self.nodes: Mapping[str, AnyNode]
        self.ready: Mapping[str, pulumi.Resource]
        machines = {name: hosts.host(name, self._child) for name in settings.nodes}
        found = {name: host for name, host in machines.items() if host.node}
        self.lives_with = None if found else self
        """The chain itself if all its nodes are part of the stack: it is destroyed with its machines."""
        existing = {name: self._existing(host, sub_bridges.get(name)) for name, host in found.items()}
        keys = {name: identities.node(name) for name in settings.nodes if name not in found}
        self.static_nodes: pulumi.Output[list[str]] = pulumi.Output.all(
            *settings.static_nodes,
            *(node.identity.kni for node in existing.values()),
            *(_kni(key, machines[name]) for name, key in keys.items()),
        )
        consoles = [
            console_of(machines[name], Layout(machines[name].root, package_of("kscn", archives[name])).ipc)
            for name in keys
        ]
        self._has_forks = settings.forks is not None
        self._genesis = self._first_block(settings, keys, funded, consoles) if keys else ""
        self._network_id = network_id(settings.network_id, settings.chain_id, existing.values())
        prepared = {
            name: self._prepared(machines[name], key, archives[name], sub_bridges.get(name))
            for name, key in keys.items()
        }
        everybody = [step for node in prepared.values() for step in node.prepared]
        made = {name: node.launch(after=everybody) for name, node in prepared.items()}
        self.nodes = {name: made.get(name) or existing[name] for name in settings.nodes}
        self.council = self._council(existing, keys)
        seats = {name: self._seat(node, keys[name]) for name, node in made.items()}
        self.kept = {
            name: self._kept(node, keys[name], sub_bridges.get(name), seats[name]) for name, node in made.items()
        }
        self.ready = {name: node.running for name, node in existing.items()} | {
            name: kept.running for name, kept in self.kept.items()
        }
        self.register_outputs({"chain_id": self.chain_id})

    def _first_block(
        self,
        settings: Settings,
        keys: Mapping[str, Account],
        funded: Sequence[tuple[pulumi.Input[str], int]],
        consoles: Sequence[pulumi.Output[Mapping[str, object]]],
    ) -> pulumi.Input[str]:
        """Return the genesis, from a file if the chain exists. Raises GenesisError if it belongs to another chain."""
        if settings.genesis:
            return genesis.read(settings.genesis, settings.chain_id, "serviceChain")
        return Genesis(
            "service-chain-genesis",
            pulumi.Output.all(
                validators=[key.address for key in keys.values()], accounts=[account for account, _ in funded]
            ).apply(
                lambda known: _genesis(
                    settings, known["validators"], known["accounts"], [amount for _, amount in funded]
                )
            ),
            self._child,
            fork_inputs(settings.forks, consoles, len(keys)),
        ).text

    def _existing(self, host: Host, bridge: PairHalf | None) -> ExistingNode:
        """Return an SCN that exists: the one of its pair, or one that is only read."""
        if bridge and bridge.existing:
            return bridge.existing
        return ExistingNode(host, "scn", self.chain_id, opts=self._child)

    def _prepared(self, host: Host, key: Account, archive: ArchiveSettings, bridge: PairHalf | None) -> PreparedNode:
        package = package_of("kscn", archive)
        layout = Layout(host.root, package)
        values = conf.service_chain_node(self.chain_id, layout.data, bridge.conf if bridge else None, self._exposure)
        files = [
            File("nodekey", layout.node_key, key.private_key, mode="0600", restarts=True),
            File("static-nodes.json", layout.static_nodes, self.static_nodes.apply(json_list)),
        ]
        if bridge:
            files += bridge_files(layout, bridge)
        return PreparedNode(
            host,
            package,
            values,
            files,
            self._genesis,
            self._child,
            network_id=self._network_id,
            keeps_data=self._keeps_data,
            has_forks=self._has_forks,
        )

    def _kept(
        self,
        node: Node,
        key: Account,
        bridge: PairHalf | None,
        seat: ChildValidator,
    ) -> KeptNode:
        expected: dict[str, object] = {}
        if bridge and bridge.operators:
            expected = {
                "parent_operator": bridge.operators.parent.address,
                "child_operator": bridge.operators.child.address,
                "peer": bridge.kni,
                "en": bridge.en,
                "anchoring": bridge.conf.anchoring,
                "anchoring_period": bridge.conf.anchoring_period,
            }
        return keep_running(
            node,
            {
                "role": "scn",
                "chain_id": self.chain_id,
                "static_nodes": self._others(key),
                "others": self.siblings(node.name),
                "siblings": self.siblings(node.name),
                **expected,
            },
            pulumi.ResourceOptions.merge(self._child, pulumi.ResourceOptions(depends_on=[seat])),
        )

    def _council(self, existing: Mapping[str, ExistingNode], keys: Mapping[str, Account]) -> ChildCouncil:
        """Read who has a seat, before a seat is given: a validator without a node weakens the quorum."""
        return ChildCouncil(
            "service-chain-council",
            {
                "chain_id": self.chain_id,
                "endpoints": pulumi.Output.secret(pulumi.Output.all(*(node.endpoint for node in self.nodes.values()))),
                "made": [key.address for key in keys.values()],
                "found": [node.identity.public_key for node in existing.values()],
            },
            pulumi.ResourceOptions.merge(
                self._child, pulumi.ResourceOptions(depends_on=[node.running for node in self.nodes.values()])
            ),
        )

    def _seat(self, node: Node, key: Account) -> ChildValidator:
        """Make an SCN a validator: other SCNs connect to validators only. On a chain in the stack no seat is undone."""
        shared: dict[str, object] = {
            "chain_id": self.chain_id,
            "address": key.address,
            "endpoints": self.siblings(node.name),
        }
        goes = pulumi.ResourceOptions.merge(self._child, pulumi.ResourceOptions(deleted_with=self.lives_with))
        claim = ChildSeat(
            f"{node.name}-seat",
            shared,
            pulumi.ResourceOptions.merge(goes, pulumi.ResourceOptions(depends_on=[node.running, self.council])),
        )
        return ChildValidator(
            f"{node.name}-validator",
            {
                **shared,
                "node": node.endpoint,
                "static_nodes": self._others(key),
                "kni": _kni(key, node.host),
                "start": node.restart_command,
                "begin": node.begin_command,
            },
            pulumi.ResourceOptions.merge(goes, pulumi.ResourceOptions(depends_on=[node.running, claim])),
        )

    def siblings(self, name: str) -> pulumi.Output[list[Mapping[str, object]]]:
        """Return the consoles of the other SCNs; a secret."""
        others = [node.endpoint for other, node in self.nodes.items() if other != name]
        return pulumi.Output.secret(pulumi.Output.all(*others))

    def _others(self, key: Account) -> pulumi.Output[list[str]]:
        """Return the KNIs of all nodes except the one with this key."""
        return pulumi.Output.all(self.static_nodes, key.public_key).apply(
            lambda known: [kni for kni in known[0] if known[1] not in kni]
        )


def _kni(key: Account, host: Host) -> pulumi.Output[str]:
    return pulumi.Output.all(key.public_key, host.address).apply(
        lambda known: consensus_kni(known[0], known[1], SCN_PORT)
    )


def _genesis(settings: Settings, validators: Sequence[str], accounts: Sequence[str], amounts: Sequence[int]) -> str:
    balances = dict(zip(accounts, amounts, strict=True)) | settings.balances
    return genesis.service_chain(settings.chain_id, validators, balances, settings.forks or {})
