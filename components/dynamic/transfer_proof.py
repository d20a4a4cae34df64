"""TransferProof: a small transfer over the bridge that arrived, with the set of operators as it is now.

It is the proof that the bridge works, and it moves the recovery pointer away from block 1, from which a missed
first transfer would have the parent chain scanned (domain: trap 16).
"""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.chain.endpoint import Endpoint
from components.dynamic.base import Props
from components.dynamic.chain_resource import ChainInputs, ChainProvider, ChainResource, session
from components.dynamic.drift import tell

if TYPE_CHECKING:
    from components.chain.direction import Direction

DEADLINE = 180.0
"""Seconds for a transfer: one block on each chain, or a few round changes of 11 s."""


class TransferProofInputs(ChainInputs):
    """One direction: the chain of ChainInputs is the one where the transfer is requested."""

    direction: str
    source_bridge: str
    target_chain_id: int
    target_endpoints: list[Endpoint]
    target_bridge: str
    amount: str
    """peb, as a decimal string."""
    covers: list[str]
    """What the proof is a proof of: operators and threshold. A change asks for a new transfer."""


class TransferProofProvider(ChainProvider[TransferProofInputs]):
    """Sends a transfer and waits until it is handled. There is nothing to undo."""

    inputs_type = TransferProofInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "source_bridge", "target_bridge"})

    def identify(self, inputs: TransferProofInputs) -> str:
        """One a contract and direction."""
        return f"{inputs.chain_id}/{inputs.source_bridge}/proof"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Compare the nodes of the target chain as those of the source."""
        return name != "amount" and super().differs("endpoints" if name == "target_endpoints" else name, old, new)

    def converge(self, inputs: TransferProofInputs, known: Props) -> Props:
        """Send one transfer for each set of operators; a run that was killed waits for the one it had sent."""
        from components.chain.senders import settle
        from components.chain.transfer import pending, request, requested, wait_until_handled

        with ExitStack() as stack:
            direction = _direction(inputs, stack)
            settle(direction.source, inputs.signer)
            proven = known.get("covers") == inputs.covers and "proven_requests" in known
            interrupted = not known and requested(direction) == 1
            if not proven and not interrupted:
                recipient = inputs.signer.account().address
                request(direction, inputs.signer, recipient, int(inputs.amount))
            if pending(direction):
                print(f"waiting for a transfer {inputs.direction}", file=sys.stderr)
            return {"proven_requests": str(wait_until_handled(direction, DEADLINE))}

    def observe(self, inputs: TransferProofInputs, known: Props) -> Props | None:  # noqa: ARG002
        """Tell each request that cannot be paid, and why. No run of this program can mend that: nothing differs."""
        from components.chain.errors import Unreachable
        from components.chain.payout import unpayable

        try:
            with ExitStack() as stack:
                for words in unpayable(_direction(inputs, stack)):
                    tell(inputs.target_chain_id, words, inputs.target_bridge)
        except Unreachable:  # others tell that, and which nodes it is
            return {}
        return {}


def _direction(inputs: TransferProofInputs, stack: ExitStack) -> "Direction":
    from components.chain.console import connect
    from components.chain.direction import Direction

    return Direction(
        name=inputs.direction,
        source=stack.enter_context(session(inputs)),
        source_bridge=inputs.source_bridge,
        target=stack.enter_context(connect(inputs.target_endpoints, inputs.target_chain_id)),
        target_bridge=inputs.target_bridge,
    )


class TransferProof(ChainResource, module="servicechain", name="TransferProof"):
    """A transfer that arrived. `proven_requests` counts the transfers of this direction, all handled."""

    proven_requests: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["target_endpoints"])
        super().__init__(
            TransferProofProvider(),
            name,
            {"proven_requests": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
