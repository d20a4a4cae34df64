"""Plans: empty when nothing is to do, refused when the bridge would stop, and never a call that reverts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.contracts.plan import (
    BridgeState,
    Refused,
    Step,
    deregister_deployer,
    deregister_operator,
    missing_amount,
    register_operator,
    register_operators,
    reset_threshold,
    set_threshold,
)
from components.domain.problems.bridge import CONTRACT_FULL, THRESHOLD_UNREACHABLE, TOO_FEW_OPERATORS
from tests.unit.fake_contract import Contract, Revert

OWNER = "owner"
NAMES = [f"operator-{i + 1}" for i in range(14)]


def state(operators: int | list[str], threshold: int = 1) -> BridgeState:
    names = NAMES[:operators] if isinstance(operators, int) else operators
    return BridgeState(OWNER, tuple(names), threshold, mode_mint_burn=False, request_nonce=0, lower_handle_nonce=0)


def test_what_holds_needs_no_call() -> None:
    assert register_operator(state(2), NAMES[1]) == []
    assert deregister_operator(state(2, threshold=2), NAMES[2]) == []
    assert set_threshold(state(2, threshold=2), 0, 2) == []
    assert deregister_deployer(("a", "b"), OWNER) == []


def test_a_gap_is_closed_by_one_annotated_call() -> None:
    assert register_operator(state(1), NAMES[1]) == [
        Step("registerOperator", ("operator-2",), "register operator operator-2")
    ]
    assert deregister_operator(state(2), NAMES[1]) == [
        Step("deregisterOperator", ("operator-2",), "deregister operator operator-2")
    ]
    assert set_threshold(state(3), 0, 2) == [
        Step("setOperatorThreshold", (0, 2), "set the threshold of value transfers to 2 (was 1)")
    ]


def test_several_operators_are_registered_by_a_call_each_and_only_the_missing_ones() -> None:
    steps = register_operators(state(["operator-2"]), [NAMES[0], NAMES[1], NAMES[2], NAMES[0]])
    assert [step.arguments for step in steps] == [("operator-1",), ("operator-3",)]
    with pytest.raises(Refused, match=CONTRACT_FULL.code) as caught:
        register_operators(state(3), NAMES[:13])
    assert "operator-13" in str(caught.value)


def test_the_deployer_loses_its_vote_while_the_contract_serves_nobody() -> None:
    assert deregister_deployer((OWNER,), OWNER) == [
        Step("deregisterOperator", ("owner",), "deregister the deployer owner as an operator")
    ]


def test_the_thirteenth_operator_is_refused() -> None:
    assert register_operator(state(11), NAMES[11])
    with pytest.raises(Refused, match=CONTRACT_FULL.code) as caught:
        register_operator(state(12), NAMES[12])
    assert "operator-13" in str(caught.value)
    assert " 12 operators" in str(caught.value)


@pytest.mark.parametrize(("operators", "threshold"), [(2, 2), (12, 12), (1, 2)])
def test_an_operator_that_the_threshold_needs_is_kept(operators: int, threshold: int) -> None:
    with pytest.raises(Refused, match=TOO_FEW_OPERATORS.code) as caught:
        deregister_operator(state(operators, threshold), NAMES[0])
    assert "operator-1 " in str(caught.value)
    assert f" {operators - 1} operators " in str(caught.value)
    assert f" threshold is {threshold}," in str(caught.value)


def test_a_bridge_ends_with_its_last_operator_at_the_lowest_threshold() -> None:
    assert deregister_operator(state(1), NAMES[0]) == [
        Step("deregisterOperator", ("operator-1",), "deregister operator operator-1")
    ]
    assert [step.arguments for step in reset_threshold(state(2, threshold=2), 0)] == [(0, 1)]
    assert reset_threshold(state(0, threshold=2), 0) == []  # it would revert, and there is nothing to be voted for


@pytest.mark.parametrize(("operators", "threshold"), [(2, 0), (2, -1), (2, 3), (0, 2), (12, 13)])
def test_a_threshold_that_nobody_could_reach_is_refused(operators: int, threshold: int) -> None:
    with pytest.raises(Refused, match=THRESHOLD_UNREACHABLE.code) as caught:
        set_threshold(state(operators), 0, threshold)
    assert f"threshold {threshold} " in str(caught.value)
    assert f" operators, which is {operators} " in str(caught.value)


@pytest.mark.parametrize(
    ("balance", "minimum", "target", "sent"),
    [(0, 50, 100, 100), (49, 50, 100, 51), (50, 50, 100, 0), (99, 50, 100, 0), (500, 50, 100, 0), (0, 0, 0, 0)],
)
def test_a_balance_is_filled_up_to_the_target_only_below_the_minimum(
    balance: int, minimum: int, target: int, sent: int
) -> None:
    assert missing_amount(balance, minimum, target) == sent


# -- any order of wishes, on a contract that reverts as the real one --


def seen(contract: Contract) -> BridgeState:
    return state(list(contract.operators), contract.thresholds[0])


def apply(contract: Contract, step: Step) -> None:
    call = {
        "registerOperator": contract.register,
        "deregisterOperator": contract.deregister,
        "setOperatorThreshold": contract.set_threshold,
    }[step.function]
    call(OWNER, *step.arguments)  # type: ignore[operator]


def plan(wish: tuple[str, int], contract: Contract) -> list[Step]:
    verb, number = wish
    if verb == "register":
        return register_operator(seen(contract), NAMES[number])
    if verb == "deregister":
        return deregister_operator(seen(contract), NAMES[number])
    return set_threshold(seen(contract), 0, number)


def would_stop(wish: tuple[str, int], contract: Contract) -> bool:
    """Do what was refused, and return whether the contract reverts or no transfer could pass afterwards."""
    verb, number = wish
    try:
        if verb == "register":
            contract.register(OWNER, NAMES[number])
        elif verb == "deregister":
            contract.deregister(OWNER, NAMES[number])
        else:
            contract.set_threshold(OWNER, 0, number)
    except Revert:
        return True
    return len(contract.operators) < contract.thresholds[0]


wishes = st.lists(st.tuples(st.sampled_from(["register", "deregister", "threshold"]), st.integers(0, 13)), max_size=60)


@given(wishes)
def test_no_order_of_wishes_reverts_or_stops_the_bridge(asked: list[tuple[str, int]]) -> None:
    contract = Contract(OWNER, operators=[NAMES[0]])
    for wish in asked:
        try:
            steps = plan(wish, contract)
        except Refused:
            operators, thresholds = list(contract.operators), dict(contract.thresholds)
            assert would_stop(wish, Contract(OWNER, operators=operators, thresholds=thresholds))
            continue
        for step in steps:
            apply(contract, step)  # raises Revert
            lowest = contract.thresholds[0] == 1 and step.function == "deregisterOperator"  # the last one may go
            assert (0 if lowest else contract.thresholds[0]) <= len(contract.operators) <= 12
        assert plan(wish, contract) == []
        assert contract.thresholds[1] == 1  # votes on the configuration are none of our business


settings_ = st.sets(st.sampled_from(NAMES), min_size=1, max_size=12).flatmap(
    lambda names: st.tuples(st.just(names), st.integers(1, len(names)))
)


@given(settings_, settings_)
def test_any_setting_is_reached_from_any_other_in_the_order_of_pulumi(
    old: tuple[set[str], int], new: tuple[set[str], int]
) -> None:
    """New operators first, then the threshold, then the operators that go: as resources depend on each other."""
    (before, threshold), (after, wanted) = old, new
    contract = Contract(OWNER, operators=sorted(before), thresholds={0: threshold, 1: 1})
    too_many = len(before | after) > 12
    try:
        for step in register_operators(seen(contract), sorted(after)):
            apply(contract, step)
    except Refused:
        assert too_many
        return
    assert not too_many
    for step in set_threshold(seen(contract), 0, wanted):
        apply(contract, step)
    for name in sorted(before - after):
        for step in deregister_operator(seen(contract), name):
            apply(contract, step)
    assert (set(contract.operators), contract.thresholds[0]) == (after, wanted)
