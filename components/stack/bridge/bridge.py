"""Bridge: the two contracts, the votes in them, the SCNs that serve it, and the proof that it works.

An operator belongs to its SCN, so the resources of votes, fundings and registrations are named after the SCN and not
after the pair. Otherwise, when a pair is renamed or two pairs exchange their SCNs, the deletion of the old resources
would remove the votes of the new ones. An SCN that existed before the stack can get another name itself: then the
removals of the old resources leave alone what the new ones have (dynamic/renamed.py).
"""

from collections.abc import Mapping, Sequence
from functools import partial

import pulumi

from components.dynamic.contracts.balance import Liquidity
from components.dynamic.contracts.bridge_contract import BridgeContract
from components.dynamic.nodes.bridge_registration import BridgeRegistration
from components.settings.model import BridgeSettings as Settings
from components.stack.bridge import contracts, registrations, resilience
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import BridgeSide, Chain, levels
from components.stack.bridge.proofs import ProvenDirection, serving
from components.stack.bridge.votes import Accounts, votes
from components.stack.chains.service_chain import ServiceChain


class Bridge(pulumi.ComponentResource):
    """A bridge over both chains. `parent` and `child` are its two sides."""

    def __init__(
        self,
        settings: Settings,
        parent: Chain,
        child: Chain,
        pairs: Sequence[BridgePair],
        service_chain: ServiceChain,
        versions: Mapping[str, pulumi.Output[str]],
        *,
        protect: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare it. `versions`: what each node that the program makes reports as its version, by name.

        `protect`: whether Pulumi refuses to undo anything on chain, and to remove what that depends on.
        """
        super().__init__(
            "servicechain:index:Bridge",
            "bridge",
            None,
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions(protect=protect or None), opts),
        )
        self.adopted = settings.adopted
        self._service_chain = service_chain
        operators: Mapping[str, Accounts] = {
            "parent": {pair: pair.operators.parent for pair in pairs},
            "child": {pair: pair.operators.child for pair in pairs},
        }
        owned = {chain.name: contracts.owner_inputs(settings, chain, pairs, service_chain) for chain in (parent, child)}
        self.contracts = {
            here.name: contracts.contract(
                self,
                settings,
                here,
                there,
                owned[here.name],
                [account.address for account in operators[here.name].values()],
            )
            for here, there in ((parent, child), (child, parent))
        }
        # Nothing is sent to an existing contract before both have been read.
        read: list[pulumi.Resource] = list(self.contracts.values()) if settings.adopted else []
        refunded = registrations.fundings(self, settings, parent, pairs, service_chain, read)
        self.registrations = registrations.registrations(
            self, self.contracts, pairs, service_chain, refunded, deployed=not settings.adopted
        )
        voters = resilience.voters(self, settings, self.contracts, pairs, service_chain)
        self.parent, self.child = (
            _side(
                self,
                settings,
                chain,
                self.contracts[chain.name],
                owned[chain.name],
                operators[chain.name],
                self.registrations,
                read=read,
                voters=voters,
            )
            for chain in (parent, child)
        )
        for pair in pairs:
            registrations.slot(pair, service_chain, protect=protect)
        sides = (self.parent, self.child)
        thresholds = [
            pulumi.Output.from_input(settings.threshold)
            if settings.threshold_set
            else pulumi.Output.from_input(side.threshold.threshold).apply(int)
            for side in sides
        ]
        self.threshold = pulumi.Output.all(*thresholds).apply(max)
        self.done: Sequence[pulumi.Resource] = [
            *self.registrations.values(),
            *(part for side in sides for part in (side.threshold, side.others, side.liquidity) if part),
        ]
        """What has to exist before a transfer arrives."""
        serves = serving(pairs, service_chain)
        self.directions = {
            "childToParent": ProvenDirection(self.child, self.parent, thresholds[0], serves),
            "parentToChild": ProvenDirection(self.parent, self.child, thresholds[1], serves),
        }
        self.proofs = {name: direction.proof(self, self.done) for name, direction in self.directions.items()}
        self.fees = {side.chain.name: contracts.transfer_fees(self, side, adopted=self.adopted) for side in sides}
        self.survives = resilience.survival(self, sides, self.threshold, pairs, service_chain, versions, self.done)
        self.register_outputs(
            {"parent_bridge": self.parent.contract.address, "child_bridge": self.child.contract.address}
        )

    def on_node(self, pair: BridgePair) -> dict[str, object]:
        """Return the inputs of a resource on the SCN of a pair."""
        return registrations.node_inputs(self.contracts, pair, self._service_chain)


def _side(
    bridge: pulumi.Resource,
    settings: Settings,
    chain: Chain,
    contract: BridgeContract,
    owned: Mapping[str, object],
    operators: Accounts,
    registered: Mapping[str, BridgeRegistration],
    *,
    read: Sequence[pulumi.Resource],
    voters: pulumi.Resource,
) -> BridgeSide:
    """Give a contract its coins and its votes. `read`: both contracts if they exist already, else nothing."""
    name = chain.name
    liquidity = None
    if settings.liquidity_set:
        liquidity = Liquidity(
            f"{name}-liquidity",
            chain.props(account=contract.address, **levels(settings.liquidity)),
            chain.options(bridge, read),
        )
    owners = [pair for pair in operators if pair.scn == settings.owner_node_of(name)]
    # A node calls a contract only if the contract is registered on it.
    after = [*read, *(registered[pair.name] for pair in owners), voters]
    given = votes(
        settings,
        name,
        contract,
        owned,
        operators,
        partial(chain.options, bridge),
        after,
        [registered[pair.name] for pair in operators],
    )
    owner = contract.owner if owners else chain.owner.address
    return BridgeSide(
        chain, contract, liquidity, given.operators, given.threshold, given.configuration, given.others, owner
    )
