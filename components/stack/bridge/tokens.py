"""Tokens: which tokens the bridge carries, in both contracts and on the SCNs.

The order of a change is safe by construction. The addresses pass from one SCN (NodeToken) to the next and then to the
registrations. They are the same everywhere, but each resource depends on the one before, so Pulumi replaces them one at
a time, the last one first. A token whose counterpart changes is deregistered on both chains, then removed from every
SCN, and then registered again. Otherwise an SCN could learn the old counterpart again in between and use it forever.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.dynamic.nodes.node_token import NodeToken
from components.dynamic.proofs.token_proof import TokenProof
from components.dynamic.tokens.development_token import DevelopmentToken
from components.dynamic.tokens.token_registration import TokenRegistration
from components.settings.sections.tokens import TokenSettings as Settings
from components.settings.sections.tokens import artifact_of
from components.stack.bridge.bridge import Bridge
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import BridgeSide
from components.stack.chains.service_chain import ServiceChain

SUPPLY = {"erc20": 10**24, "erc721": 16}
"""Supply of a development token, held by the owner on the parent chain: a million with 18 decimals, or 16 ids."""


@dataclass(frozen=True)
class Token:
    """A token and its addresses on both chains."""

    kind: str
    parent: pulumi.Output[str]
    child: pulumi.Output[str]


class Tokens(pulumi.ComponentResource):
    """All tokens of a bridge. Names of resources begin with that of the token, so that tokens are independent."""

    def __init__(
        self,
        settings: Sequence[Settings],
        bridge: Bridge,
        pairs: Sequence[BridgePair],
        service_chain: ServiceChain,
        *,
        protect: bool = False,
    ) -> None:
        """`protect`: whether Pulumi refuses to undo anything on chain."""
        super().__init__("servicechain:index:Tokens", "tokens", None, pulumi.ResourceOptions(protect=protect or None))
        self._bridge, self._pairs, self._service_chain = bridge, pairs, service_chain
        self.proofs: dict[str, TokenProof] = {}
        """Keyed by direction, slash and token name."""
        self.by_name = {token.name: self._token(token) for token in settings}
        self.register_outputs({})

    def _token(self, settings: Settings) -> Token:
        parent = self._address(settings, self._bridge.parent, settings.parent)
        child = self._address(settings, self._bridge.child, settings.child)
        token = Token(settings.kind, parent, child)
        for pair in self._pairs:
            node = self._on_node(settings, pair, parent, child)
            parent, child = node.parent_token, node.child_token
        registered = [
            self._register(settings, self._bridge.parent, self._bridge.child, parent, child),
            self._register(settings, self._bridge.child, self._bridge.parent, child, parent),
        ]
        if settings.development and settings.kind == "erc20":
            self._prove(settings, token, registered)
        return token

    def _prove(self, settings: Settings, token: Token, after: Sequence[pulumi.Resource]) -> None:
        """Prove the bridge by transfers of a development token, there and back, where coins cannot prove it."""
        for name, address in (("parentToChild", token.parent), ("childToParent", token.child)):
            direction = self._bridge.directions[name]
            source, target = direction.source, direction.target
            coins = self._bridge.proofs[name]
            proof = TokenProof(
                f"{settings.name}-{source.chain.name}-to-{target.chain.name}-proof",
                {
                    **direction.inputs(),
                    "token": address,
                    "recipient": target.chain.owner.address,
                    "coins": coins.request,
                },
                pulumi.ResourceOptions(parent=self, depends_on=[*after, coins], deleted_with=source.chain.lives_with),
            )
            self.proofs[f"{name}/{settings.name}"] = proof
            after = [*after, proof]  # a token has to arrive before it can come back

    def _address(self, settings: Settings, side: BridgeSide, address: str | None) -> pulumi.Output[str]:
        if address is not None:
            return pulumi.Output.from_input(address)
        name, chain = settings.name, side.chain
        return DevelopmentToken(
            f"{name}-on-{chain.name}",
            chain.props(
                bridge=side.contract.address,
                kind=settings.kind,
                token_name=name,
                supply=str(SUPPLY[settings.kind] if chain.name == "parent" else 0),
                artifact=artifact_of(settings.kind),
                **({"minter": settings.minter} if settings.minter else {}),
            ),
            pulumi.ResourceOptions(parent=self, depends_on=chain.ready, deleted_with=chain.lives_with),
        ).address

    def _on_node(
        self, settings: Settings, pair: BridgePair, parent: pulumi.Output[str], child: pulumi.Output[str]
    ) -> NodeToken:
        scn = self._service_chain.nodes[pair.scn]
        return NodeToken(
            f"{settings.name}/{pair.name}",  # no name has a slash in it
            {**self._bridge.on_node(pair), "parent_token": parent, "child_token": child},
            pulumi.ResourceOptions(
                parent=self, depends_on=[self._bridge.registrations[pair.name]], deleted_with=scn.resource
            ),
        )

    def _register(
        self,
        settings: Settings,
        here: BridgeSide,
        there: BridgeSide,
        token: pulumi.Output[str],
        counterpart: pulumi.Output[str],
    ) -> TokenRegistration:
        chain = here.chain
        return TokenRegistration(
            f"{settings.name}-{chain.name}-registration",
            chain.props(
                bridge=here.contract.address,
                kind=settings.kind,
                token=token,
                counterpart=counterpart,
                other_chain_id=there.chain.chain_id,
                other_endpoints=there.chain.endpoints,
                other_bridge=there.contract.address,
                **({"before": here.contract.tokens_before} if self._bridge.adopted else {}),
            ),
            pulumi.ResourceOptions(
                parent=self,
                depends_on=[*chain.ready, *there.chain.ready, *self._bridge.done],
                deleted_with=chain.lives_with,
            ),
        )
