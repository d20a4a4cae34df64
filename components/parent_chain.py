"""ParentChain: a private one of a single validator, for development and tests."""

from collections.abc import Mapping, Sequence

import pulumi

from components.dynamic.account import Account
from components.dynamic.genesis import Genesis
from components.dynamic.running_node import RunningNode
from components.hosts.host import Hosts
from components.identities import Identities
from components.nodes import conf, genesis
from components.nodes.files import Layout
from components.nodes.identity import EN_PORT, consensus_kni
from components.nodes.node import File, Node
from components.nodes.package import Package
from components.nodes.package import package as package_of
from components.settings_model import GKEI, Packages
from components.settings_model import ParentChain as Settings

VALIDATOR = "parent"
"""Name of the validator's machine."""


class ParentChain(pulumi.ComponentResource):
    """The parent chain: its genesis, its validator, and what an EN needs to follow it."""

    def __init__(
        self,
        settings: Settings,
        packages: Packages,
        hosts: Hosts,
        identities: Identities,
        funded: Sequence[tuple[pulumi.Input[str], int]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`funded`: accounts and what they hold from the first block on, in peb."""
        super().__init__("servicechain:index:ParentChain", "parent-chain", None, opts)
        self.chain_id = settings.chain_id
        child = pulumi.ResourceOptions(parent=self)
        host = hosts.host(VALIDATOR, child)
        identity = identities.node(VALIDATOR)
        self.genesis = Genesis(
            "parent-genesis",
            pulumi.Output.all(identity.address, *(account for account, _ in funded)).apply(
                lambda known: _genesis(settings, known[0], known[1:], [amount for _, amount in funded])
            ),
            child,
        ).text
        self.static_nodes: pulumi.Output[list[str]] = pulumi.Output.all(identity.public_key, host.address).apply(
            lambda known: [consensus_kni(known[0], known[1], EN_PORT)]
        )
        package = package_of("kcn", packages.kcn)
        self.validator = Node(host, package, self._files(host.root, package, identity), self.genesis, opts=child)
        self.ready = RunningNode(
            VALIDATOR,
            {
                "node": self.validator.endpoint,
                "role": "validator",
                "chain_id": self.chain_id,
                "started": self.validator.launch(),
            },
            child,
        )
        self.register_outputs({"chain_id": self.chain_id})

    def _files(self, root: str, package: Package, identity: Account) -> list[File]:
        layout = Layout(root, package)
        values = conf.validator(self.chain_id, layout.data)
        return [
            File(f"{package.daemon}.conf", layout.conf, conf.render(package.conf, values), restarts=True),
            File("nodekey", layout.node_key, identity.private_key, mode="0600", restarts=True),
        ]


def _genesis(settings: Settings, validator: str, accounts: Sequence[str], amounts: Sequence[int]) -> str:
    balances: Mapping[str, int] = dict(zip(accounts, amounts, strict=True)) | settings.balances
    return genesis.parent_chain(settings.chain_id, [validator], balances, settings.unit_price * GKEI)
