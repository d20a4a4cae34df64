"""What somebody else does to the contracts of a running bridge: refresh names it, one up repairs it, transfers flow."""

import secrets

import pytest
from eth_utils.address import to_checksum_address

from components.chain.voters import calls
from components.domain.problems.bridge import (
    BALANCE_LOW,
    FOREIGN_OPERATOR,
    FOREIGN_OWNER,
    OWNERSHIP_MOVED,
    VOTES_CHANGED,
)
from tests.network.bridge_calls import hand_over
from tests.network.network import CHAINS, COIN, Network
from tests.stack import Failed, Step

STRANGER = to_checksum_address(secrets.token_hex(20))
DRAINED = 700 * COIN
"""More than half of what a bridge contract holds to pay transfers out."""


def drain(network: Network) -> None:
    """Have a transfer to the child chain paid out of its contract which leaves it with less than its minimum."""
    direction, user = network.direction("parent"), network.user.account().address
    calls.fill_account(direction.source, network.owners["parent"], user, DRAINED + COIN, DRAINED + COIN)
    to = to_checksum_address(secrets.token_hex(20))
    network.request("parent", {to: DRAINED})
    network.send("parent", 1).wait()
    assert calls.balance(direction.target, to) == DRAINED


def test_every_drift_on_chain_is_named_and_one_up_repairs_all(network: Network) -> None:
    stack, owners, bridges = network.stack, network.owners, network.bridges
    alpha = network.pairs["alpha"]["parentOperator"]
    on_child = (network.on("child"), owners["child"], bridges["child"])
    drain(network)
    calls.deregister_operator(network.on("parent"), owners["parent"], bridges["parent"], alpha)
    calls.register_operators(*on_child, [STRANGER])
    calls.set_threshold(*on_child, 2)
    thief = network.user.account().address
    hand_over(*on_child, thief)

    refreshed = stack.refresh()
    child, parent = (
        f"drift: chain {id_}, bridge {bridges[name]}: " for id_, name in ((3000, "child"), (2020, "parent"))
    )
    for problem, *named in (
        (VOTES_CHANGED, f"{parent}operator {alpha} "),
        (FOREIGN_OPERATOR, f"{child}operator {STRANGER} "),
        (VOTES_CHANGED, child, "value transfers is 2, not 1"),
        (OWNERSHIP_MOVED, child, f" is {thief},"),
        (BALANCE_LOW, f"drift: chain 3000: the bridge {bridges['child']} "),
    ):
        assert refreshed.lines(problem, *named)

    with pytest.raises(Failed) as caught:
        stack.up()
    assert caught.value.run.lines(FOREIGN_OWNER, f"{bridges['child']} is {thief},", "bridge.childOwnerKey")

    hand_over(network.on("child"), network.user, bridges["child"], owners["child"].account().address)
    run = stack.up()
    assert {
        Step("update", "BridgeContract", "child-bridge"),
        Step("update", "OperatorThreshold", "child-threshold"),
        Step("update", "OtherOperators", "child-other-operators"),
    } <= set(run.steps)
    assert run.lines(FOREIGN_OPERATOR, f"{child}operator {STRANGER} ")
    for name in CHAINS:
        state, declared = network.bridge(name), [pair[f"{name}Operator"] for pair in network.pairs.values()]
        assert (sorted(state.operators), state.threshold) == (sorted(declared), 1)
        assert stack.outputs[f"{name}Chain"]["otherOperators"] == []
        assert calls.balance(network.on(name), bridges[name]) >= 500 * COIN
    for source in CHAINS:
        network.send(source, 2).wait()
    assert stack.preview(expect_no_changes=True).steps == []
