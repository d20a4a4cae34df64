"""The parent chain: one that others run, public or private, or one with a single validator in the stack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi

from components.domain.kni import consensus_kni
from components.domain.ports import EN_PORT
from components.domain.roles import VALIDATOR
from components.domain.units import GKEI
from components.dynamic.nodes.genesis import Genesis, fork_inputs
from components.hosts.host import Hosts
from components.kaia import conf, genesis
from components.kaia.conf import Conf, Exposure
from components.kaia.layout import Layout
from components.kaia.package import package as package_of
from components.settings.sections.packages import Packages
from components.settings.sections.parent import ParentChainSettings as Settings
from components.stack.identities import Identities
from components.stack.nodes.existing_node import AnyNode, ExistingNode, network_id
from components.stack.nodes.kept_node import KeptNode, keep_running
from components.stack.nodes.node import File, Node, PreparedNode, console_of


@dataclass(frozen=True)
class ParentChain:
    """What an EN needs to follow the chain, and what the bridge needs to use it."""

    settings: Settings
    genesis: pulumi.Input[str] | None = None
    static_nodes: pulumi.Output[list[str]] | None = None
    kept: KeptNode | None = None
    """The validator of a chain in the stack."""
    ready: Sequence[pulumi.Resource] = ()
    lives_with: pulumi.Resource | None = None
    """The chain itself if it is part of the stack: it is destroyed with its machines."""
    network_id: pulumi.Output[int] | None = None
    """Set if it differs from the chain id, or may differ."""

    @property
    def chain_id(self) -> int:
        """Return the chain's id."""
        return self.settings.chain_id

    @property
    def has_forks(self) -> bool:
        """Return whether the settings name forks of the chain."""
        return self.settings.forks is not None

    @property
    def validator(self) -> Node | None:
        """Return the validator of a chain in the stack."""
        return self.kept.node if self.kept else None

    def as_known_by(self, en: AnyNode) -> "ParentChain":
        """Return the chain with the network id read from an existing EN, unless the settings name one."""
        if self.network_id is not None or not isinstance(en, ExistingNode) or self.settings.public:
            return self
        return replace(self, network_id=network_id(None, self.chain_id, [en]))

    def endpoint_node(self, data_dir: str, exposure: Exposure) -> Conf:
        """Return the conf values of an EN that follows this chain."""
        network = self.settings.network
        if network == "private":
            return conf.endpoint_node(self.chain_id, data_dir, exposure)
        return conf.public_endpoint_node(network, data_dir, exposure)


def existing(settings: Settings) -> ParentChain:
    """Return a chain that others run. Raises GenesisError if the genesis file belongs to another chain."""
    if settings.genesis is None:
        return ParentChain(settings)
    known_nodes: pulumi.Output[list[str]] = pulumi.Output.from_input(list(settings.static_nodes))
    return ParentChain(
        settings,
        genesis.read(settings.genesis, settings.chain_id),
        known_nodes,
        network_id=network_id(settings.network_id, settings.chain_id, ()),
    )


class PrivateParentChain(pulumi.ComponentResource):
    """A chain with one validator. `chain` is what the rest of the program uses."""

    def __init__(
        self,
        settings: Settings,
        packages: Packages,
        exposure: Exposure,
        hosts: Hosts,
        identities: Identities,
        funded: Sequence[tuple[pulumi.Input[str], int]],
        opts: pulumi.ResourceOptions | None = None,
        *,
        before: int = 0,
    ) -> None:
        """`funded`: accounts and their balances in the first block, in peb.

        `before`: how many nodes a run may restart before the validator, which is the last one.
        """
        super().__init__("servicechain:index:ParentChain", "parent-chain", None, opts)
        child = pulumi.ResourceOptions(parent=self)
        host = hosts.host(VALIDATOR, child)
        identity = identities.node(VALIDATOR)
        package = package_of("kcn", packages.kcn)
        layout = Layout(host.root, package)
        first_block = Genesis(
            "parent-genesis",
            pulumi.Output.all(identity.address, *(account for account, _ in funded)).apply(
                lambda known: _genesis(settings, known[0], known[1:], [amount for _, amount in funded])
            ),
            child,
            fork_inputs(settings.forks, [console_of(host, layout.ipc)], before + 1),
        ).text
        values = conf.validator(settings.chain_id, layout.data, exposure)
        files = [File("nodekey", layout.node_key, identity.private_key, mode="0600", restarts=True)]
        validator = PreparedNode(
            host, package, values, files, first_block, child, has_forks=settings.forks is not None
        ).launch()
        kept = keep_running(validator, {"role": "validator", "chain_id": settings.chain_id}, child)
        static_nodes: pulumi.Output[list[str]] = pulumi.Output.all(identity.public_key, host.address).apply(
            lambda known: [consensus_kni(known[0], known[1], EN_PORT)]
        )
        self.chain = ParentChain(settings, first_block, static_nodes, kept, [kept.running], lives_with=self)
        self.register_outputs({"chain_id": settings.chain_id})


def _genesis(settings: Settings, validator: str, accounts: Sequence[str], amounts: Sequence[int]) -> str:
    balances: Mapping[str, int] = dict(zip(accounts, amounts, strict=True)) | settings.balances
    return genesis.parent_chain(
        settings.chain_id, [validator], balances, settings.unit_price * GKEI, settings.forks or {}
    )
