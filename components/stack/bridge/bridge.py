"""Bridge: the two contracts, who may vote, how many must, which SCNs serve it, and the proof that it works.

An operator is its SCN's, so votes, their funding and registrations go by the SCN and not by the pair: when a pair gets
another name, or two pairs change SCNs, the deletes of old resources would else take the votes of the new ones.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pulumi

from components.domain.survival import Contract, VotingPair, planned, survives
from components.dynamic.contracts.balance import Funding, Liquidity
from components.dynamic.contracts.bridge_contract import BridgeContract
from components.dynamic.contracts.transfer_fees import TransferFees
from components.dynamic.nodes.bridge_registration import BridgeRegistration
from components.dynamic.nodes.bridge_slot import BridgeSlot
from components.dynamic.proofs.resilience import Resilience
from components.dynamic.proofs.transfer_proof import TransferProof
from components.dynamic.proofs.voters import Voters
from components.dynamic.secrets.account import Account
from components.settings.model import BridgeSettings as Settings
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import Chain, Side, levels
from components.stack.bridge.votes import votes
from components.stack.chains.service_chain import ServiceChain
from components.stack.identities import FoundAccount
from components.stack.nodes.existing_node import AnyNode, ExistingNode
from components.stack.nodes.node import Node

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
        self._service_chain = service_chain
        self.adopted = settings.adopted
        self._refunded: dict[str, list[Funding]] = {}
        self._protect = protect
        self.registrations: dict[str, BridgeRegistration] = {}
        self._owned = {chain.name: self._owner(chain, pairs) for chain in (parent, child)}
        voters = {"parent": [p.operators.parent for p in pairs], "child": [p.operators.child for p in pairs]}
        self.contracts = {
            here.name: self._contract(here, there, [account.address for account in voters[here.name]])
            for here, there in ((parent, child), (child, parent))
        }
        self.voters = self._voters(pairs)
        self.parent = self._side(parent, {pair: pair.operators.parent for pair in pairs})
        self.child = self._side(child, {pair: pair.operators.child for pair in pairs})
        for pair in pairs:
            self._slot(pair)
        sides = (self.parent, self.child)
        self.threshold = pulumi.Output.from_input(settings.threshold)
        if not settings.threshold_set:
            self.threshold = pulumi.Output.all(*(side.threshold.threshold for side in sides)).apply(max).apply(int)
        self.done = [
            *self.registrations.values(),
            *(part for side in sides for part in (side.threshold, side.others, side.liquidity) if part),
        ]
        self._serving = pulumi.Output.all(
            *(pulumi.Output.concat(service_chain.nodes[pair.scn].running.id, "/", pair.en.running.id) for pair in pairs)
        ).apply(sorted)
        self.proofs = {
            "childToParent": self._proof(self.child, self.parent),
            "parentToChild": self._proof(self.parent, self.child),
        }
        self.fees = {side.chain.name: self._fees(side) for side in sides}
        self.survives = self._survives(pairs)
        self.register_outputs(
            {"parent_bridge": self.parent.contract.address, "child_bridge": self.child.contract.address}
        )

    def _opts(self, chain: Chain, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self, depends_on=[*chain.ready, *depends_on], deleted_with=chain.lives_with
        )

    def _owner(self, chain: Chain, pairs: Sequence[BridgePair]) -> dict[str, object]:
        """Return the inputs of everything that the owner of the contract of a chain does."""
        name = self._settings.owner_node_of(chain.name)
        if name is None:
            return chain.props()
        address = next(getattr(pair.operators, chain.name).address for pair in pairs if pair.scn == name)
        node = {"node": self._service_chain.nodes[name].endpoint, "address": address, "chain": chain.name}
        return chain.props(owner_node=pulumi.Output.secret(node))

    def _contract(self, chain: Chain, other: Chain, operators: Sequence[pulumi.Input[str]]) -> BridgeContract:
        """Deploy or take over. Both chains are there before: an old contract is judged by its counterpart."""
        settings, name = self._settings, chain.name
        existing = {}
        if settings.adopted:
            existing = {"adopt": settings.bridge_of(name), "other_bridge": settings.bridge_of(other.name)}
        return BridgeContract(
            f"{name}-bridge",
            {
                **self._owned[name],
                "mode_mint_burn": name == "child",
                "artifact": settings.artifact,
                "operators": operators,
                "other_chain_id": other.chain_id,
                "other_endpoints": other.endpoints,
                "other_owner": other.owner.address,
                **existing,
            },
            self._opts(chain, other.ready),
        )

    def _pairs(self, pairs: Sequence[BridgePair]) -> pulumi.Output[Sequence[Mapping[str, object]]]:
        """Return the pairs as those take them who look whether they can vote; a secret."""
        return pulumi.Output.secret(
            pulumi.Output.all(
                *(
                    pulumi.Output.all(
                        pair=pair.name,
                        scn=self._service_chain.nodes[pair.scn].endpoint,
                        en=pair.en.endpoint,
                        parent=pair.operators.parent.address,
                        child=pair.operators.child.address,
                        adopted=pair.operators.adopted,
                    )
                    for pair in pairs
                )
            )
        )

    def _voters(self, pairs: Sequence[BridgePair]) -> Voters:
        """Declare the pairs before anything that changes votes; see dynamic/voters.py."""
        settings = self._settings
        threshold: pulumi.Input[int] = settings.threshold
        if not settings.threshold_set:
            before = [contract.threshold_before for contract in self.contracts.values()]
            threshold = pulumi.Output.all(*before).apply(max)
        return Voters(
            "voters",
            {
                "voters": self._pairs(pairs),
                "child_bridge": self.contracts["child"].address,
                "parent_bridge": self.contracts["parent"].address,
                "threshold": threshold,
                "removes_others": settings.removes_others,
                "owner_nodes": [name for name in self.contracts if settings.owner_node_of(name)],
            },
            pulumi.ResourceOptions(parent=self),
        )

    def _side(self, chain: Chain, operators: Mapping[BridgePair, Account | FoundAccount]) -> Side:
        settings, name = self._settings, chain.name
        contract = self.contracts[name]
        # Nothing is sent to an existing contract before both have been looked at.
        after: list[pulumi.Resource] = list(self.contracts.values()) if settings.adopted else []
        liquidity = None
        if settings.liquidity_set:
            liquidity = Liquidity(
                f"{name}-liquidity",
                chain.props(account=contract.address, **levels(settings.liquidity)),
                self._opts(chain, after),
            )
        if name == "parent":  # on the child chain gas is free
            for pair, account in operators.items():
                self._funding(chain, pair, account, after)
        owners = [pair for pair in operators if pair.scn == settings.owner_node_of(name)]
        after += map(self._registration, owners)  # a node calls only a contract that it knows
        after.append(self.voters)

        registrations = [self._registration(pair) for pair in operators]
        given = votes(
            settings, name, contract, self._owned[name], operators, partial(self._opts, chain), after, registrations
        )
        owner = contract.owner if owners else chain.owner.address
        return Side(
            chain, contract, liquidity, given.operators, given.threshold, given.configuration, given.others, owner
        )

    def _funding(
        self, chain: Chain, pair: BridgePair, account: Account | FoundAccount, after: Sequence[pulumi.Resource]
    ) -> None:
        """Fill up what an operator pays gas with; on a chain that outlives the stack the rest goes back in the end."""
        refund: dict[str, object] = {}
        if chain.lives_with is None and isinstance(account, Account):
            scn = self._service_chain.nodes[pair.scn]
            refund["refund"] = pulumi.Output.secret({"private_key": account.private_key, "scn": scn.endpoint})
        funding = Funding(
            f"{pair.scn}-{chain.name}-funding",
            chain.props(account=account.address, **levels(self._settings.operator_balance), **refund),
            self._opts(chain, after),
        )
        if refund:
            self._refunded[pair.scn] = [funding]

    def _registration(self, pair: BridgePair) -> BridgeRegistration:
        if pair.name not in self.registrations:
            scn, ready = self._service_chain.nodes[pair.scn], self._service_chain.ready[pair.scn]
            self.registrations[pair.name] = BridgeRegistration(
                f"{pair.scn}-registration",
                {
                    **self.on_node(pair, scn),
                    "started": scn.running.id,
                    "en_started": pair.en.running.id,
                    **({"adopted": True} if isinstance(scn, ExistingNode) else {}),
                },
                # An SCN pays for its votes: it releases the bridge before what is left of that is given back.
                pulumi.ResourceOptions(
                    parent=self,
                    depends_on=[ready, pair.ready, *self._refunded.get(pair.scn, [])],
                    deleted_with=scn.resource if isinstance(scn, Node) else None,
                ),
            )
        return self.registrations[pair.name]

    def _slot(self, pair: BridgePair) -> None:
        """Hand the one slot of the pair's EN over, when the pair has another SCN than before."""
        scn = self._service_chain.nodes[pair.scn]
        started = [scn.running] if isinstance(scn, Node) else []
        BridgeSlot(
            f"{pair.en.name}-slot",
            {"en": pair.en.name, "kni": pair.kni, "scn": scn.endpoint},
            # Nothing depends on it, so that a destroy would begin with it, also one that is refused.
            pulumi.ResourceOptions(parent=pair, depends_on=started, protect=self._protect or None),
        )

    def on_node(self, pair: BridgePair, scn: AnyNode) -> dict[str, object]:
        """Return the inputs of a resource on the SCN of a pair."""
        return {
            "node": scn.endpoint,
            "en": pair.en.endpoint,
            "child_bridge": self.contracts["child"].address,
            "parent_bridge": self.contracts["parent"].address,
            "restart": scn.restart_command,
            "siblings": self._service_chain.siblings(pair.scn),
        }

    def _fees(self, side: Side) -> TransferFees:
        chain, adopted = side.chain, {"adopted": True} if self.adopted else {}
        return TransferFees(
            f"{chain.name}-fees",
            chain.place(bridge=side.contract.address, **adopted),
            self._opts(chain, [side.contract]),
        )

    def _survives(self, pairs: Sequence[BridgePair]) -> pulumi.Output[str]:
        """Return what the bridge survives, by what it says itself; in the first preview, by what the settings say."""
        sides = (self.parent, self.child)
        covers: list[pulumi.Input[object]] = []
        for side in sides:
            covers += [side.contract.owner, side.threshold.threshold, side.others.others]
            covers += [vote.operator for vote in side.operators]
        resilience = Resilience(
            "resilience",
            {
                "voters": self._pairs(pairs),
                **{
                    side.chain.name: {
                        "chain_id": side.chain.chain_id,
                        "endpoints": side.chain.endpoints,
                        "bridge": side.contract.address,
                    }
                    for side in sides
                },
                "covers": pulumi.Output.all(*covers).apply(lambda known: [str(one) for one in known]),
            },
            pulumi.ResourceOptions(parent=self, depends_on=self.done),
        )
        by_settings = self.threshold.apply(lambda threshold: planned(len(pairs), int(threshold)))
        operators = [
            pulumi.Output.all(parent=pair.operators.parent.address, child=pair.operators.child.address)
            for pair in pairs
        ]

        def sentence(known: Any) -> pulumi.Input[str]:
            if pulumi.contains_unknowns(known) or not isinstance(known, Mapping) or not known["contracts"]:
                return by_settings
            unable = known["unable"] or ()
            own = [
                VotingPair(pair.name, accounts, pair.name not in unable)
                for pair, accounts in zip(pairs, known["operators"], strict=True)
            ]
            return survives(own, [Contract.of(chain, one) for chain, one in known["contracts"].items()])

        return pulumi.Output.all(
            operators=pulumi.Output.all(*operators), contracts=resilience.contracts, unable=resilience.unable
        ).apply(sentence, run_with_unknowns=True)

    def direction(self, source: Side, target: Side) -> dict[str, object]:
        """Return the inputs of a proof of one direction."""
        voters = [vote.operator for side in (source, target) for vote in side.operators]
        return source.chain.props(
            direction=f"from the {source.chain.name} chain to the {target.chain.name} chain",
            source_bridge=source.contract.address,
            target_chain_id=target.chain.chain_id,
            target_endpoints=target.chain.endpoints,
            target_bridge=target.contract.address,
            amount=str(PROOF_AMOUNT),
            covers=pulumi.Output.all(*voters, self.threshold.apply(str)),
            source=source.chain.name,
            voters=pulumi.Output.all(
                ours=[vote.operator for vote in target.operators], others=target.others.others
            ).apply(lambda known: [*known["ours"], *(known["others"] or [])]),
            serves=self._serving,
        )

    def _proof(self, source: Side, target: Side) -> TransferProof:
        return TransferProof(
            f"{source.chain.name}-to-{target.chain.name}-proof",
            self.direction(source, target),
            self._opts(source.chain, self.done),
        )
