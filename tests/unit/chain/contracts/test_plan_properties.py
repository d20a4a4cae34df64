"""Random configurations, one after the other, and what outsiders do in between: the contract gets there, and safely.

What the model of the contract reverts, and what stops the bridge, is an error whenever it happens (see bridge_model).
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError
from components.domain.limits import MAX_OPERATORS
from components.domain.problems.bridge import FOREIGN_OWNER, TOO_FEW_OPERATORS
from tests.unit.bridge_model import OWNER, Config, Stack, World

SCNS, STRANGERS = 14, 3
OVER = rf"would stay, and a transfer needs \d+ vote.*{TOO_FEW_OPERATORS.code}"
PAIR_NAMES = [f"pair-{i}" for i in range(14)]

configs = (
    st.integers(1, 12)
    .flatmap(
        lambda count: st.tuples(
            st.lists(st.sampled_from(PAIR_NAMES), min_size=count, max_size=count, unique=True),
            st.lists(st.integers(0, SCNS - 1), min_size=count, max_size=count, unique=True),
            st.integers(1, count),
        )
    )
    .map(lambda drawn: Config(dict(zip(drawn[0], drawn[1], strict=True)), drawn[2]))
)


@dataclass(frozen=True)
class Outside:
    """What somebody else does with the owner's key, as far as the contract lets him."""

    verb: str
    operator: str = ""
    threshold: int = 1
    vote_type: int = 0

    def act(self, world: World) -> None:
        """Do it."""
        contract = world.contract
        match self.verb:
            case "add" if len(contract.operators) < MAX_OPERATORS and self.operator not in contract.operators:
                contract.operators.append(self.operator)
            case "remove" if self.operator in contract.operators:
                contract.operators.remove(self.operator)
            case "threshold" if self.threshold <= len(contract.operators):
                contract.thresholds[self.vote_type] = self.threshold
            case "take":
                contract.owner = "thief"
            case "give back":
                contract.owner = OWNER


anybody = st.sampled_from([*(f"operator-{i}" for i in range(SCNS)), *(f"stranger-{i}" for i in range(STRANGERS))])
outsides = st.one_of(
    st.builds(Outside, st.sampled_from(["add", "remove"]), operator=anybody),
    st.builds(Outside, st.just("threshold"), threshold=st.integers(1, 12), vote_type=st.integers(0, 1)),
    st.builds(Outside, st.sampled_from(["take", "give back"])),
)
POLICIES = st.sampled_from(["keep", "remove"])
EVENTS = st.lists(st.one_of(configs, configs, outsides), min_size=1, max_size=6)
SEEDS = st.integers(0, 2**32)


@given(EVENTS, SEEDS, POLICIES)
@settings(max_examples=60)
def test_every_up_with_a_refresh_gets_there_or_reports_why_not(
    events: list[Config | Outside], seed: int, policy: str
) -> None:
    world, stack = World(), Stack(Random(seed), policy)  # noqa: S311 - an order of steps
    with world.patched():
        for event in events:
            if isinstance(event, Outside):
                event.act(world)
            else:
                stack.refresh()
                up(world, stack, event)
        world.contract.owner = OWNER
        take_down(world, stack)


@given(st.permutations(range(4)), SEEDS)
@settings(max_examples=20)
def test_those_of_nobody_go_with_pairs_that_come_and_go_in_the_same_up(order: list[int], seed: int) -> None:
    """A pair that goes is deregistered once, by its own vote, and one that a killed run has left is a stranger's."""
    world, stack = World(), Stack(Random(seed))  # noqa: S311
    first, second, third, fourth = order
    with world.patched():
        stack.up(Config({"a": first, "b": second}, 2))
        world.contract.operators.append("stranger-0")
        sent = len(world.calls)
        stack.refresh()
        stack.up(Config({"a": third, "c": fourth, "d": second}, 2))
        assert set(world.contract.operators) == {f"operator-{scn}" for scn in (second, third, fourth)}
        gone = [step.arguments for step in world.calls[sent:] if step.function == "deregisterOperator"]
        assert gone == [("stranger-0",), (f"operator-{first}",)]


@given(EVENTS, SEEDS, POLICIES)
@settings(max_examples=60)
def test_an_up_that_does_not_look_first_is_safe_too(events: list[Config | Outside], seed: int, policy: str) -> None:
    """What outsiders change is not seen then, so it may not get there; World judges each call."""
    world, stack = World(), Stack(Random(seed), policy)  # noqa: S311
    outside = False
    with world.patched():
        for event in events:
            if isinstance(event, Outside):
                event.act(world)
                outside = world.may_end = True
                continue
            error = failure(lambda config=event: stack.up(config))  # type: ignore[misc]
            if not outside and not error:
                assert set(world.contract.operators) == event.operators
                assert set(world.contract.thresholds.values()) == {event.threshold}


@pytest.mark.parametrize("policy", ["keep", "remove"])
@pytest.mark.parametrize("threshold", [1, 5, 11])
@pytest.mark.parametrize("kept", [5, 11])
def test_some_of_twelve_pairs_are_exchanged_in_one_up(kept: int, threshold: int, policy: str) -> None:
    world, stack = World(), Stack(Random(1), policy)  # noqa: S311
    old = Config({f"pair-{i}": i for i in range(12)}, threshold)
    new = Config({f"pair-{i}": i if i < kept else i + 12 for i in range(12)}, threshold)
    with world.patched():
        stack.up(old)
        if kept < threshold:
            sent = len(world.calls)
            with pytest.raises(Refused, match=OVER):
                stack.up(new)
            assert (set(world.contract.operators), len(world.calls)) == (old.operators, sent)
        else:
            stack.up(new)
            assert set(world.contract.operators) == new.operators
            assert set(stack.up(new)) == {"same"}
        take_down(world, stack)
        assert world.contract.operators == []


@pytest.mark.parametrize("threshold", [1, 12])
def test_all_of_twelve_pairs_are_not_exchanged_in_one_up_and_nothing_is_sent(threshold: int) -> None:
    world, stack = World(), Stack(Random(1))  # noqa: S311
    old = Config({f"pair-{i}": i for i in range(12)}, threshold)
    new = Config({f"pair-{i}": i + 12 for i in range(12)}, threshold)
    with world.patched():
        stack.up(old)
        sent = len(world.calls)
        with pytest.raises(Refused, match=OVER):
            stack.up(new)
        assert (set(world.contract.operators), len(world.calls)) == (old.operators, sent)
        # The way that docs/changing.md names: fewer first, in an up of its own.
        for step in (Config({"pair-0": 0}, 1), Config({**new.pairs, "pair-0": 0}, threshold)):
            stack.refresh()
            stack.up(step)
            assert set(world.contract.operators) == step.operators
        take_down(world, stack)
        assert world.contract.operators == []


def up(world: World, stack: Stack, config: Config) -> None:
    before, calls = set(world.contract.operators), len(world.calls)
    others = before - stack.operators() if stack.policy == "keep" else set()
    if error := failure(lambda: stack.up(config)):
        note(f"{config}: {error}")
        too_many = isinstance(error, Refused) and len(before | config.operators) > MAX_OPERATORS
        stolen = FOREIGN_OWNER.code in str(error) and world.contract.owner != OWNER
        assert too_many or stolen, error
        assert len(world.calls) == calls, "said before anything was sent"
        return
    assert set(world.contract.operators) == others | config.operators, "those wanted, those of others, and nobody else"
    assert set(world.contract.thresholds.values()) == {config.threshold}
    calls = len(world.calls)
    assert set(stack.up(config)) == {"same"}, "a second plan is empty"
    stack.refresh()
    assert set(stack.up(config)) == {"same"}, "a second plan after a refresh is empty"
    assert len(world.calls) == calls


def failure(run: Callable[[], object]) -> Refused | ChainError | None:
    """Return what a run failed with, where that is a sentence for the user."""
    try:
        run()
    except (Refused, ChainError) as error:
        return error
    return None


def take_down(world: World, stack: Stack) -> None:
    world.may_end = True
    others = set(world.contract.operators) - stack.operators()
    stack.destroy()
    assert set(world.contract.operators) == others
