"""ChildValidator: an SCN as a validator of the child chain.

The validators of the genesis block need no vote: their resources find them and send nothing. An SCN that is added later
is voted in once it runs, and an SCN that is removed is voted out before its machine goes.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.chains import SEAT_LOST
from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainPlace, ChainProvider

if TYPE_CHECKING:
    from components.chain.rpc.console import Console
    from components.chain.validators.admission import Candidate


class ChildValidatorInputs(ChainPlace):
    """One SCN, and those that can vote on it: the endpoints are the other SCNs."""

    node: Endpoint
    address: str
    """Address of the node's key."""
    static_nodes: tuple[str, ...] = ()
    """KNIs of the nodes to which it connects."""
    kni: str | None = None
    """The KNI under which the others connect to it."""
    start: str | None = None
    """Command on its host that starts it."""
    begin: str | None = None
    """Command on its host that deletes its chain and starts it from the genesis block."""

    @property
    def candidate(self) -> "Candidate":
        """Return the same in the form that voting takes."""
        from components.chain.validators.admission import Candidate

        return Candidate(self.node, self.address.lower(), self.static_nodes, self.kni, self.start, self.begin)


class ChildValidatorProvider(ChainProvider[ChildValidatorInputs]):
    """Votes an SCN in, and out on removal; refuses what would stop the child chain."""

    inputs_type = ChildValidatorInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "address"})
    old_goes_first: ClassVar[bool] = False

    def identify(self, inputs: ChildValidatorInputs) -> str:
        """One per chain and address."""
        return f"{inputs.chain_id}/validator/{inputs.address}"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore other SCNs that are added, and commands that are only used for voting in."""
        return name not in ("static_nodes", "kni", "start", "begin") and super().differs(name, old, new)

    def converge(self, inputs: ChildValidatorInputs, known: Props) -> Props:
        """Vote it in once it is proven that it can take part; no-op if it is a validator."""
        from components.chain.validators.validator_votes import admit

        admit(inputs.candidate, inputs.endpoints, inputs.chain_id, settled=bool(known))
        return {}

    def nodes(self, inputs: ChildValidatorInputs) -> Sequence[Endpoint]:
        """Ask the other nodes first."""
        return [*inputs.endpoints, inputs.node]

    def look(self, console: "Console", inputs: ChildValidatorInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Gone when a node in sync reports that it is no validator."""
        from components.chain.peers.seats import council

        if inputs.address.lower() in council(console):
            return {}
        words = f"{inputs.node.node}: is no longer a validator of the child chain; the next up votes it in"
        print(SEAT_LOST(words), file=sys.stderr)
        return None

    def remove(self, inputs: ChildValidatorInputs, known: Props) -> None:  # noqa: ARG002
        """Vote it out."""
        from components.chain.validators.validator_votes import vote_out

        vote_out(inputs.endpoints, inputs.chain_id, inputs.address)


class ChildValidator(Resource, module="servicechain", name="ChildValidator"):
    """An SCN as a validator of the child chain."""

    address: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["node", "endpoints"])
        super().__init__(ChildValidatorProvider(), name, props, pulumi.ResourceOptions.merge(secret, opts))
