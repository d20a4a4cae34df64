"""Bridge: the two contracts, who may vote, how many must, which SCNs serve it, and the proof that it works.

The order is safe by construction: a threshold depends on its operators, so growing registers first and raises
after, and shrinking lowers first (in Pulumi's update phase) and deregisters after (in its delete phase).
An operator is its SCN's, so votes, their funding and registrations go by the SCN and not by the pair: when a pair gets
another name, or two pairs change SCNs, the deletes of old resources would else take the votes of the new ones.
"""

from collections.abc import Mapping, Sequence

import pulumi

from components.bridge_pair import BridgePair
from components.dynamic.account import Account
from components.dynamic.balance import Funding, Liquidity
from components.dynamic.bridge_contract import BridgeContract
from components.dynamic.bridge_operator import BridgeOperator
from components.dynamic.bridge_registration import BridgeRegistration
from components.dynamic.operator_threshold import OperatorThreshold
from components.dynamic.transfer_proof import TransferProof
from components.identities import Found
from components.nodes.existing import ExistingNode, Runner
from components.nodes.node import Node
from components.service_chain import ServiceChain
from components.settings_model import Bridge as Settings
from components.sides import Chain, Side

PROOF_AMOUNT = 1
"""peb. It goes to the owner on the other side, once in each direction."""


class Bridge(pulumi.ComponentResource):
    """A bridge over both chains. `parent` and `child` are its two sides."""

    def __init__(
        self,
        settings: Settings,
        parent: Chain,
        child: Chain,
        pairs: Sequence[BridgePair],
        service_chain: ServiceChain,
        *,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`protect`: whether Pulumi refuses to undo anything on chain, and with it to remove what that stands on."""
        super().__init__(
            "servicechain:index:Bridge",
            "bridge",
            None,
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions(protect=protect or None), opts),
        )
        self._settings = settings
        self._scns = frozenset(service_chain.nodes)
        self.threshold = settings.threshold
        self.parent = self._side(parent, {pair: pair.operators.parent for pair in pairs})
        self.child = self._side(child, {pair: pair.operators.child for pair in pairs})
        self.registrations = {pair.name: self._registration(pair, service_chain) for pair in pairs}
        self.done = [
            *self.registrations.values(),
            *(part for side in (self.parent, self.child) for part in (side.threshold, side.liquidity)),
        ]
        self.proofs = {
            "childToParent": self._proof(self.child, self.parent),
            "parentToChild": self._proof(self.parent, self.child),
        }
        self.register_outputs(
            {"parent_bridge": self.parent.contract.address, "child_bridge": self.child.contract.address}
        )

    def _opts(self, chain: Chain, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self, depends_on=[*chain.ready, *depends_on], deleted_with=chain.lives_with
        )

    def _once(self, pair: BridgePair, suffix: str) -> pulumi.ResourceOptions:
        """Return the name that stacks knew it by when it went by its pair, where no SCN has that name now."""
        known = [] if pair.name in self._scns else [pulumi.Alias(name=f"{pair.name}-{suffix}")]
        return pulumi.ResourceOptions(aliases=known)

    def _side(self, chain: Chain, operators: Mapping[BridgePair, Account | Found]) -> Side:
        settings, name = self._settings, chain.name
        contract = BridgeContract(
            f"{name}-bridge",
            chain.props(mode_mint_burn=name == "child", artifact=settings.artifact),
            self._opts(chain),
        )
        liquidity = Liquidity(
            f"{name}-liquidity",
            chain.props(account=contract.address, **_levels(settings.liquidity)),
            self._opts(chain),
        )
        votes = []
        cohort = [account.address for account in operators.values()]
        for pair, account in operators.items():
            vote = BridgeOperator(
                f"{pair.scn}-{name}-vote",
                chain.props(bridge=contract.address, operator=account.address, cohort=cohort),
                pulumi.ResourceOptions.merge(self._opts(chain), self._once(pair, f"{name}-vote")),
            )
            votes.append(vote)
            if name == "parent":  # on the child chain gas is free
                Funding(
                    f"{pair.scn}-{name}-funding",
                    chain.props(account=account.address, **_levels(settings.operator_balance)),
                    pulumi.ResourceOptions.merge(self._opts(chain), self._once(pair, f"{name}-funding")),
                )
        threshold = OperatorThreshold(
            f"{name}-threshold",
            chain.props(bridge=contract.address, threshold=settings.threshold),
            self._opts(chain, votes),
        )
        return Side(chain, contract, liquidity, votes, threshold)

    def _registration(self, pair: BridgePair, service_chain: ServiceChain) -> BridgeRegistration:
        scn = service_chain.nodes[pair.scn]
        return BridgeRegistration(
            f"{pair.scn}-registration",
            {
                **self.on_node(pair, scn),
                "started": scn.running.id,
                "en_started": pair.en.running.id,
                **({"adopted": True} if isinstance(scn, ExistingNode) else {}),
            },
            pulumi.ResourceOptions.merge(
                self._once(pair, "registration"),
                pulumi.ResourceOptions(
                    parent=self,
                    depends_on=[service_chain.ready[pair.scn], pair.ready],
                    deleted_with=scn if isinstance(scn, Node) else None,
                ),
            ),
        )

    def on_node(self, pair: BridgePair, scn: Runner) -> dict[str, object]:
        """Return the inputs of a resource on the SCN of a pair."""
        return {
            "node": scn.endpoint,
            "en": pair.en.endpoint,
            "child_bridge": self.child.contract.address,
            "parent_bridge": self.parent.contract.address,
            "restart": scn.restart_command,
        }

    def _proof(self, source: Side, target: Side) -> TransferProof:
        votes = [vote.operator for side in (source, target) for vote in side.operators]
        return TransferProof(
            f"{source.chain.name}-to-{target.chain.name}-proof",
            source.chain.props(
                direction=f"from the {source.chain.name} chain to the {target.chain.name} chain",
                source_bridge=source.contract.address,
                target_chain_id=target.chain.chain_id,
                target_endpoints=target.chain.endpoints,
                target_bridge=target.contract.address,
                amount=str(PROOF_AMOUNT),
                covers=pulumi.Output.all(*votes, str(self._settings.threshold)),
            ),
            self._opts(source.chain, self.done),
        )


def _levels(target: int) -> dict[str, object]:
    """Return when to fill a balance up, and up to what (peb)."""
    return {"minimum": str(target // 2), "target": str(target)}
