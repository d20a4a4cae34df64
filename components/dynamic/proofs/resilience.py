"""Resilience: which losses a bridge survives, read from its two contracts and its pairs.

It only reads. The sentence in the stack's outputs is made from it, so it describes the bridge and not the settings.
"""

import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.chain.voters.roster import Roster, Voter, roster_of
from components.domain.problems.bridge import PAIR_UNABLE, VOTES_CHANGED
from components.domain.problems.problem import Message
from components.dynamic.base import DRIFT, Inputs, Props, Provider
from components.dynamic.proofs.voters import names

LOOKS = 3
"""How often an up checks a pair before it counts as unable to vote: it may have started just now."""


class SideInputs(Inputs):
    """The contract of one chain."""

    chain_id: int
    endpoints: list[Endpoint]
    bridge: str


class ResilienceInputs(Inputs):
    """All pairs of the settings, and the contracts that they serve."""

    voters: tuple[Voter, ...]
    parent: SideInputs
    child: SideInputs
    covers: tuple[str, ...] = ()
    """Operators, thresholds, owners: after a change the bridge is read again."""

    @property
    def roster(self) -> Roster:
        """Return the pairs in the form that the checks take."""
        return Roster(child_bridge=self.child.bridge, parent_bridge=self.parent.bridge, voters=self.voters)


class ResilienceProvider(Provider[ResilienceInputs]):
    """Reads the contracts and checks all pairs. There is nothing to undo."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = ResilienceInputs

    def identify(self, inputs: ResilienceInputs) -> str:
        """One per bridge."""
        return f"{inputs.child.bridge}/resilience"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore other addresses and logins of the same nodes."""
        if name in ("parent", "child"):
            return _bridge(old) != _bridge(new)
        if name == "voters" and isinstance(old, list) and isinstance(new, list):
            return sorted(map(names, old)) != sorted(map(names, new))
        return old != new

    def converge(self, inputs: ResilienceInputs, known: Props) -> Props:  # noqa: ARG002
        """Read the contracts and report the pairs that cannot vote."""
        from components.chain.voters.voters import unable_now

        for left in reversed(range(LOOKS)):
            unable = unable_now(inputs.roster)
            if not unable or not left:
                break
            time.sleep(2)
        roster = roster_of(inputs.child.bridge)
        leaving = roster.leaving if roster else frozenset()
        drift = _words(unable)
        for sentence in drift.values():
            print(Message(f"drift: {sentence}"), file=sys.stderr)
        found = {"contracts": _read(inputs, leaving), "unable": sorted(unable)}
        return {**found, DRIFT: drift} if drift else found

    def observe(self, inputs: ResilienceInputs, known: Props) -> Props | None:
        """Read again; a difference from the last time is drift, so that the next up reads once more."""
        from components.chain.voters.voters import unable_now

        contracts = _read(inputs)
        unable = unable_now(inputs.roster)
        drift = _words(unable)
        if known.get("contracts") != contracts:
            drift["contracts"] = VOTES_CHANGED("a contract has changed since it was last read")
        return {"contracts": contracts, "unable": sorted(unable), DRIFT: drift}

    def subject(self, inputs: ResilienceInputs, known: Props) -> str:  # noqa: ARG002
        """Start like all drift on the chains; the sentence names the pair."""
        return DRIFT


def _words(unable: Mapping[str, str]) -> dict[str, Message]:
    """Return a sentence for each pair that cannot vote."""
    return {f"pair {pair}": PAIR_UNABLE(f"pair {pair} cannot vote now: {why}") for pair, why in sorted(unable.items())}


def _read(inputs: ResilienceInputs, leaving: frozenset[str] = frozenset()) -> Props:
    """Read both contracts, without the votes of leaving operators, which are removed at the end of the run."""
    from components.chain.contracts.contract import require_state
    from components.chain.rpc.console import connect

    found: Props = {}
    with ExitStack() as stack:
        for chain, side in (("parent", inputs.parent), ("child", inputs.child)):
            state = require_state(stack.enter_context(connect(side.endpoints, side.chain_id)), side.bridge)
            found[chain] = {
                "owner": state.owner,
                "operators": sorted(one for one in state.operators if one.lower() not in leaving),
                "threshold": float(state.threshold),
                "configuration": float(state.configuration_threshold),
            }
    return found


def _bridge(side: Any) -> object:
    return (side.get("bridge"), side.get("chain_id")) if isinstance(side, dict) else side


class Resilience(Resource, module="servicechain", name="Resilience"):
    """Which losses the bridge survives."""

    contracts: pulumi.Output[dict[str, Any] | None]
    """Keyed by chain: owner, operators, threshold, and the threshold of configuration votes."""
    unable: pulumi.Output[list[str] | None]
    """Pairs that cannot vote."""

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["voters", "parent", "child"])
        super().__init__(
            ResilienceProvider(),
            name,
            {"contracts": None, "unable": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
