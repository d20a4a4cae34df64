"""The engine's order of steps over a bridge contract in memory, with the providers and plans of the program.

As in components/stack/bridge/votes.py: a vote for each pair, all before the threshold, and after it those that no pair
owns. As in the engine: creates and updates first, in any order that the dependencies allow, then deletes; a run ends at
the first failure, and what was replaced and not deleted yet goes first in the next run.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.contracts import gap
from components.chain.contracts.plan import BridgeState, Step
from components.chain.rpc.endpoint import Endpoint
from components.chain.voters import calls as operations
from components.chain.voters import roster, voters
from components.chain.voters.roster import Voter
from components.domain.limits import MAX_OPERATORS
from components.dynamic import chain_resource
from components.dynamic.base import Props
from components.dynamic.contracts import bridge_operator, operator_threshold, other_operators
from components.dynamic.contracts.bridge_operator import BridgeOperator, BridgeOperatorProvider
from components.dynamic.contracts.operator_threshold import (
    ConfigurationThreshold,
    ConfigurationThresholdProvider,
    OperatorThreshold,
    OperatorThresholdProvider,
)
from components.dynamic.contracts.other_operators import OtherOperators, OtherOperatorsProvider
from tests.life import Life
from tests.unit.fake_contract import Contract

OWNER = "owner"
NODE = Endpoint(node="scn-1", host="10.0.0.1", private_key="k", host_key="h", ipc="/srv/klay.ipc")


@dataclass
class World:
    """One contract, and every call to it."""

    contract: Contract = field(default_factory=lambda: Contract(OWNER))
    calls: list[Step] = field(default_factory=list)

    @property
    def state(self) -> BridgeState:
        """Return what a read of the contract gives."""
        of = self.contract
        threshold, minted = of.thresholds[0], of.mode_mint_burn
        return BridgeState(
            of.owner,
            tuple(of.operators),
            threshold,
            minted,
            request_nonce=0,
            lower_handle_nonce=0,
            configuration_threshold=of.thresholds[1],
        )

    def execute(self, steps: Sequence[Step]) -> None:
        """Make the calls as the owner; a revert is an error of the program, and so is what would stop the bridge."""
        for step in steps:
            before = len(self.contract.operators) >= self.contract.thresholds[0]
            self.calls.append(step)
            arguments: Any = step.arguments
            match step.function:
                case "registerOperator":
                    self.contract.register(OWNER, *arguments)
                case "deregisterOperator":
                    self.contract.deregister(OWNER, *arguments)
                case _:
                    self.contract.set_threshold(OWNER, *arguments)
            operators = len(self.contract.operators)
            assert operators <= MAX_OPERATORS
            assert operators >= self.contract.thresholds[0] or not before or self.may_end, step

    may_end: bool = False
    """The last operator may go: the stack is being destroyed, or an outsider took the others away unseen."""

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Have the program's operations work on this contract."""
        console = SimpleNamespace(web3=SimpleNamespace(eth=SimpleNamespace(chain_id=1)))

        @contextmanager
        def session(_inputs: object) -> Iterator[object]:
            yield console

        with pytest.MonkeyPatch.context() as patch:
            for module in (bridge_operator, operator_threshold, other_operators):
                patch.setattr(module, "session", session)
            patch.setattr(chain_resource, "reading", lambda _nodes, chain_id: session(chain_id))
            for name in ("read_state", "require_state"):
                patch.setattr(operations, name, lambda *_: self.state, raising=False)
            for name in ("read_state", "require_state"):
                patch.setattr(f"components.chain.contracts.contract.{name}", lambda *_: self.state)
            patch.setattr(voters, "unable", lambda _roster, _enough: {})
            patch.setattr(gap, "transaction", lambda _bridge, step: step)
            patch.setattr(gap, "carry_out", lambda _console, _signer, plan: self.execute(plan()))
            patch.setattr(KeySigner, "account", lambda _self: SimpleNamespace(address=OWNER))
            yield


@dataclass(frozen=True)
class Config:
    """What a user may write: pairs, as the number of the SCN by the name of the pair, and the threshold."""

    pairs: Mapping[str, int]
    threshold: int

    @property
    def operators(self) -> set[str]:
        """Return whom it wants; an operator is its SCN's."""
        return {f"operator-{scn}" for scn in self.pairs.values()}

    def votes(self) -> dict[str, Props]:
        """Return the inputs of each vote by the name of its resource."""
        cohort = [f"operator-{scn}" for scn in self.pairs.values()]
        return {f"scn-{scn}-vote": _props(operator=f"operator-{scn}", cohort=cohort) for scn in self.pairs.values()}


class Stack:
    """The votes and the thresholds of one contract in a stack's state. `policy`: for operators that no pair owns."""

    def __init__(self, random: Random, policy: str = "remove") -> None:
        roster.forget()
        self.random, self.policy = random, policy
        self.votes: dict[str, Life] = {}
        self.threshold = Life(OperatorThresholdProvider(), OperatorThreshold)
        self.configuration = Life(ConfigurationThresholdProvider(), ConfigurationThreshold)
        self.others = Life(OtherOperatorsProvider(), OtherOperators)
        self.due: list[Callable[[], object]] = []
        """Deletes of what was replaced."""

    def up(self, config: Config) -> list[str]:
        """Do what an up does; return its verbs. Raises what the providers raise, and is left half-way then."""
        verbs = []
        self._declare(config)
        self._delete_due()
        wanted = config.votes()
        for name in self._any_order(wanted):
            life = self.votes.setdefault(name, Life(BridgeOperatorProvider(), BridgeOperator))
            verbs.append(life.up(wanted[name], later=self.due))
        both = self.random.sample([self.threshold, self.configuration], 2)
        verbs += [life.up(_props(threshold=float(config.threshold))) for life in both]
        cohort = [f"operator-{scn}" for scn in config.pairs.values()]
        verbs.append(self.others.up(_props(operators=cohort, policy=self.policy, others=None)))
        self._delete_due()
        for name in self._any_order([name for name in self.votes if name not in wanted]):
            self._forget(name)
            verbs.append("delete")
        return verbs

    def refresh(self) -> None:
        """Read everything."""
        self.votes = {name: life for name, life in self.votes.items() if life.id and life.refresh()}
        for life in (self.threshold, self.configuration, self.others):
            if life.id:
                life.refresh()

    def destroy(self) -> None:
        """Undo everything."""
        roster.forget()
        if self.others.id:
            self.others.delete()
            self.others = Life(OtherOperatorsProvider(), OtherOperators)
        if self.threshold.id:
            self.threshold.delete()
            self.threshold = Life(OperatorThresholdProvider(), OperatorThreshold)
        if self.configuration.id:
            self.configuration.delete()
            self.configuration = Life(ConfigurationThresholdProvider(), ConfigurationThreshold)
        self._delete_due()
        for name in self._any_order(self.votes):
            self._forget(name)

    def operators(self) -> set[str]:
        """Return whom the state lists."""
        return {str(life.outs["operator"]) for life in self.votes.values() if life.id}

    def _declare(self, config: Config) -> None:
        """Make the pairs known, as the resource does that comes before all votes."""
        wanted = {f"operator-{scn}" for scn in config.pairs.values()}
        voters = [Voter(pair=one, scn=NODE, en=NODE, parent=one, child=one) for one in sorted(wanted)]
        roster.declare(
            roster.Roster(
                child_bridge="0x1",
                parent_bridge="0x2",
                voters=tuple(voters),
                leaving=frozenset(self.operators() - wanted),
                removes_others=self.policy == "remove",
            )
        )

    def _forget(self, name: str) -> None:
        if self.votes[name].id:
            self.votes[name].delete()
        del self.votes[name]

    def _delete_due(self) -> None:
        while self.due:
            self.due[0]()
            self.due.pop(0)

    def _any_order(self, names: Any) -> list[str]:
        return self.random.sample(sorted(names), len(names))


def _props(**more: object) -> Props:
    return {"chain_id": 1.0, "endpoints": [], "signer": {"private_key": "k"}, "bridge": "0x1", **more}
