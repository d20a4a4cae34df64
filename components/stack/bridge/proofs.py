"""The proof that the bridge works: one transfer in each direction, requested again when its voters have changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.domain.gas import PROOF_AMOUNT
from components.dynamic.proofs.transfer_proof import TransferProof
from components.stack.bridge.bridge_pair import BridgePair
from components.stack.bridge.chain_side import BridgeSide
from components.stack.chains.service_chain import ServiceChain


@dataclass(frozen=True)
class ProvenDirection:
    """One direction of transfers over the bridge."""

    source: BridgeSide
    target: BridgeSide
    threshold: pulumi.Output[int]
    """Of the target: existing contracts may have different ones."""
    serving: pulumi.Output[Sequence[str]]
    """The starts of the nodes that serve the bridge: another value once one of them is another machine."""

    def inputs(self) -> dict[str, object]:
        """Return the inputs of a proof of this direction."""
        source, target = self.source, self.target
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
            serves=self.serving,
        )

    def proof(self, bridge: pulumi.Resource, after: Sequence[pulumi.Resource]) -> TransferProof:
        """Prove it by a transfer of coins, once everything in `after` is done."""
        chain = self.source.chain
        return TransferProof(
            f"{chain.name}-to-{self.target.chain.name}-proof", self.inputs(), chain.options(bridge, after)
        )


def serving(pairs: Sequence[BridgePair], service_chain: ServiceChain) -> pulumi.Output[Sequence[str]]:
    """Return which starts of nodes serve the bridge, in an order that does not depend on that of the pairs."""
    return pulumi.Output.all(
        *(pulumi.Output.concat(service_chain.nodes[pair.scn].running.id, "/", pair.en.running.id) for pair in pairs)
    ).apply(sorted)
