"""Resilience: what the two contracts and the pairs of a bridge say of what it survives.

It only reads. The sentence in the outputs is made from it, so that it speaks of the bridge and not of the settings.
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
from components.dynamic.base import DRIFT, Inputs, Props, Provider
from components.dynamic.proofs.voters import names

LOOKS = 3
"""How often a pair is looked at in an up before it counts as one that cannot vote: it may have started just now."""


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
    """Operators, thresholds, owners: a change asks for another look."""

    @property
    def roster(self) -> Roster:
        """Return the pairs as those know them who look."""
        return Roster(child_bridge=self.child.bridge, parent_bridge=self.parent.bridge, voters=self.voters)


class ResilienceProvider(Provider[ResilienceInputs]):
    """Looks at the contracts and at all pairs. There is nothing to undo."""

    needs: ClassVar[tuple[str, ...]] = ("web3",)
    unreadable: ClassVar[tuple[type[Exception], ...]] = (ChainError,)
    inputs_type = ResilienceInputs

    def identify(self, inputs: ResilienceInputs) -> str:
        """One per bridge."""
        return f"{inputs.child.bridge}/resilience"

    def differs(self, name: str, old: object, new: object) -> bool:
        """Leave it alone when only the ways to the nodes differ."""
        if name in ("parent", "child"):
            return _bridge(old) != _bridge(new)
        if name == "voters" and isinstance(old, list) and isinstance(new, list):
            return sorted(map(names, old)) != sorted(map(names, new))
        return old != new

    def converge(self, inputs: ResilienceInputs, known: Props) -> Props:  # noqa: ARG002
        """Look, and tell which pairs cannot vote."""
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
            print(f"drift: {sentence}", file=sys.stderr)
        found = {"contracts": _read(inputs, leaving), "unable": sorted(unable)}
        return {**found, DRIFT: drift} if drift else found

    def observe(self, inputs: ResilienceInputs, known: Props) -> Props | None:
        """Look; what differs from the last look is for the next up to look at again."""
        from components.chain.voters.voters import unable_now

        contracts = _read(inputs)
        unable = unable_now(inputs.roster)
        drift = _words(unable)
        if known.get("contracts") != contracts:
            drift["contracts"] = "a contract is not as it was at the last look"
        return {"contracts": contracts, "unable": sorted(unable), DRIFT: drift}

    def subject(self, inputs: ResilienceInputs, known: Props) -> str:  # noqa: ARG002
        """Begin as all drift on the chains does; the sentence names the pair."""
        return DRIFT


def _words(unable: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each pair that cannot vote."""
    return {f"pair {pair}": f"pair {pair} cannot vote now: {why}" for pair, why in sorted(unable.items())}


def _read(inputs: ResilienceInputs, leaving: frozenset[str] = frozenset()) -> Props:
    """Read both contracts; the votes of operators that are leaving go at the end of the run, and count no more."""
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
    """What the contracts and the pairs say of what the bridge survives."""

    contracts: pulumi.Output[dict[str, Any] | None]
    """By chain: owner, operators, threshold, and that of configuration votes."""
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
