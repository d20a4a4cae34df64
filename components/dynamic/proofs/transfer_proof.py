"""TransferProof: a small transfer over the bridge that arrived with the current set of operators.

It proves that the bridge works. It also moves the recovery pointer of the SCNs away from block 1: if the very first
transfer of a bridge is missed, its recovery scans the parent chain from that block on.
"""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar

import pulumi

from components.chain.rpc.endpoint import Endpoint
from components.domain.networks import Side
from components.domain.problems.bridge import TOO_FEW_VOTES
from components.domain.problems.problem import Message
from components.domain.problems.transfers import NOTHING_REQUESTED, PROOF_STALE
from components.dynamic.base import Inputs, Props, tell
from components.dynamic.chain_resource import ChainInputs, ChainProvider, ChainResource, reading, session

if TYPE_CHECKING:
    from components.chain.transfers.direction import Direction


SETS = frozenset({"covers", "voters"})
"""Inputs in which the order, that of the pairs in the settings, does not matter."""


class TransferProofInputs(ChainInputs):
    """One direction: the chain of ChainInputs is the one where the transfer is requested."""

    direction: str
    source_bridge: str
    target_chain_id: int
    target_endpoints: list[Endpoint]
    target_bridge: str
    amount: str
    """peb, as a decimal string."""
    covers: tuple[str, ...]
    """Operators, and last the threshold of the target, with which the bridge is proven. After a change a new transfer
    is sent."""
    source: Side
    """Which of the two chains the transfer begins on."""
    voters: tuple[str, ...]
    """Operators on the target whose votes count: those of the configured pairs, and others that are kept."""
    serves: tuple[str, ...]
    """The nodes that serve the bridge: it changes when an SCN or an EN is rebuilt and registered again."""


class TransferProofProvider(ChainProvider[TransferProofInputs]):
    """Sends a transfer and waits until it is paid out. There is nothing to undo.

    If a transfer could not be paid out, none is requested, and the proof is that enough SCNs can vote.
    """

    inputs_type: ClassVar[type[Inputs]] = TransferProofInputs
    replaced_by: ClassVar[frozenset[str]] = frozenset({"chain_id", "source_bridge", "target_bridge"})

    def identify(self, inputs: TransferProofInputs) -> str:
        """One per contract and direction."""
        return f"{inputs.chain_id}/{inputs.source_bridge}/proof"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Compare the nodes of the target chain like those of the source chain, and operators as sets."""
        if name in SETS and isinstance(old, list) and isinstance(new, list):
            return sorted(old) != sorted(new)
        return name != "amount" and super().differs("endpoints" if name == "target_endpoints" else name, old, new)

    def converge(self, inputs: TransferProofInputs, known: Props) -> Props:
        """Send one transfer for each set of operators and nodes; a transfer of a killed run does not count."""
        from components.chain.transfers.requests import coins_request
        from components.chain.voters.proof import DEADLINE, obstacles, payout_conditions, transfer

        proven = (
            "proven_requests" in known
            and not known.get("drift")
            and all(sorted(known.get(name) or ()) == sorted(getattr(inputs, name)) for name in (*SETS, "serves"))
        )
        if proven:
            return {name: known[name] for name in ("proven_requests", "proof", "request") if name in known}
        count = int(known.get("proven_requests") or 0)
        with ExitStack() as stack:
            direction = direction_of(inputs, stack)
            means = payout_conditions(direction, inputs.voters)
            ready = _require_voters(inputs, means.threshold)
            if wrong := obstacles(means, int(inputs.amount)):
                return {"proven_requests": str(count), "proof": _instead(inputs, wrong, ready), "request": ""}
            request = coins_request(direction, inputs.signer.account().address, int(inputs.amount))
            arrival = transfer(direction, inputs.signer, request, inputs.voters, DEADLINE, means.threshold)
        words = f"the transfer {arrival.tx} arrived with the votes of {', '.join(arrival.voters)}"
        return {"proven_requests": str(count + 1), "proof": words, "request": arrival.tx}

    def observe(self, inputs: TransferProofInputs, known: Props) -> Props | None:
        """Report each request that cannot be paid out, which an up cannot repair, and changes since the proof.

        After a change the next up proves the bridge again.
        """
        from components.chain.transfers.payout import unpayable

        with ExitStack() as stack:
            direction = direction_of(inputs, stack, reads=True)
            for words in unpayable(direction):
                tell(inputs.target_chain_id, words, inputs.target_bridge)
            changes = _changes(inputs, known, direction)
        if not changes:
            return {}
        what = f"the proof {inputs.direction} is of another state: {', '.join(changes)}; the next up proves it again"
        return {"drift": {"proof": PROOF_STALE(what)}}

    def subject(self, inputs: TransferProofInputs, known: Props) -> str:
        """Name the contract where transfers are requested."""
        return f"{super().subject(inputs, known)}, bridge {inputs.source_bridge}"


def _changes(inputs: TransferProofInputs, known: Props, direction: "Direction") -> list[str]:
    from components.chain.voters.proof import obstacles, payout_conditions, stale

    changes = stale(direction, inputs.voters, int(inputs.covers[-1]))
    if not known.get("request") and not obstacles(payout_conditions(direction, inputs.voters), int(inputs.amount)):
        changes.append("a transfer could be paid out now, and none was requested")
    return changes


def _require_voters(inputs: TransferProofInputs, threshold: int) -> str:
    """Return a sentence with how many SCNs can vote. Raises NotReady if they are too few; nothing is requested then."""
    from components.chain.errors import NotReady
    from components.chain.voters.proof import require_able_scns

    child_first = inputs.source == "child"
    scns = inputs.endpoints if child_first else inputs.target_endpoints
    bridges = (inputs.source_bridge, inputs.target_bridge)
    others = len({*inputs.voters} - {*inputs.covers})  # of nodes of others, whose state is unknown
    try:
        return require_able_scns(scns, *(bridges if child_first else bridges[::-1]), min(len(scns), threshold - others))
    except NotReady as error:
        words = Message(f"no transfer was requested {inputs.direction}: it needs {threshold} votes, and {error}")
        raise NotReady(TOO_FEW_VOTES(words.extended(". Bring these SCNs back, then run again"))) from error


def direction_of(inputs: TransferProofInputs, stack: ExitStack, *, reads: bool = False) -> "Direction":
    """Connect to both chains; `reads`: only to read, at a refresh. Raises Unreachable."""
    from components.chain.rpc.console import connect
    from components.chain.transfers.direction import Direction

    return Direction(
        name=inputs.direction,
        source=stack.enter_context(reading(inputs.endpoints, inputs.chain_id) if reads else session(inputs)),
        source_bridge=inputs.source_bridge,
        target=stack.enter_context((reading if reads else connect)(inputs.target_endpoints, inputs.target_chain_id)),
        target_bridge=inputs.target_bridge,
    )


def _instead(inputs: TransferProofInputs, wrong: list[Message], ready: str) -> Message:
    """Print and return what was proven without a transfer: that enough SCNs can vote."""
    said = f"no transfer was requested {inputs.direction}, because it could not be paid out: {', '.join(wrong)}"
    words = NOTHING_REQUESTED(f"{said}. Proven instead: {ready}")
    print(words, file=sys.stderr)
    return words


class TransferProof(ChainResource, module="servicechain", name="TransferProof"):
    """A transfer that arrived. `proven_requests` counts the proofs in this direction; all of them have arrived."""

    proven_requests: pulumi.Output[str]
    proof: pulumi.Output[str]
    """What was proven: a sentence."""
    request: pulumi.Output[str]
    """Hash of the request that arrived; empty where none could be paid out."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["target_endpoints"])
        super().__init__(
            TransferProofProvider(),
            name,
            {"proven_requests": None, "proof": None, "request": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
