"""An SCN that runs and votes no more is drift: one in the known deadlock, and one that counts too few transactions."""

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.rpc.waiting import wait_for
from components.chain.tx.batch import Transaction, execute
from components.domain.problems.nodes import CONSOLE_SILENT, MISCOUNTED
from tests.network.network import CHAINS, Network

pytestmark = pytest.mark.nightly


def test_an_scn_whose_key_was_used_elsewhere_is_restarted(network: Network) -> None:
    operator = network.pairs["alpha"]["childOperator"]
    keys = {one["address"]: one["private_key"] for one in network.stack.of_type("Account").values()}
    child = network.on("child")
    somewhere_else = KeySigner(private_key=keys[operator])
    to = network.owners["child"].account().address
    execute(child, somewhere_else, [Transaction("use the key elsewhere", to) for _ in range(3)])
    assert network.stack.refresh().lines(MISCOUNTED, "scn-1: ", " child operator")
    run = network.stack.up()
    assert ("update", "scn-1-registration") in {(step.verb, step.name) for step in run.steps}
    assert "RunningNode" not in {step.type for step in run.steps}
    assert "scn-1: restarting it, because it counts" in run.text
    assert network.stack.refresh(expect_no_changes=True).changes == {}
    since = network.head("child")
    network.send("parent", 2).wait()
    wait_for(lambda: network.votes("child", operator, since) or "no vote of alpha", 60, interval=1)


def drift_of_scn_2(network: Network) -> dict[str, str]:
    network.stack.refresh()
    found: dict[str, str] = network.stack.of_type("RunningNode")["scn-2"].get("drift") or {}
    return found


def test_an_scn_whose_console_is_silent_is_told_apart_from_one_that_is_down(network: Network) -> None:
    """It listens and does not answer, as in the known deadlock."""
    pid = network.processes()["scn-2"]
    network.run("scn-2", f"kill -STOP {pid}")
    try:
        said = network.stack.refresh().text
    finally:
        network.run("scn-2", f"kill -CONT {pid}")
    drift = network.stack.of_type("RunningNode")["scn-2"]["drift"]
    assert list(drift) == ["console"]
    assert CONSOLE_SILENT.code in drift["console"]
    assert f"scn-2: {drift['console']}" in said
    assert "console" not in drift_of_scn_2(network), "it answers again"
    # It may have lost its EN meanwhile, and dials it again after 30 s.
    wait_for(lambda: " ".join(drift_of_scn_2(network).values()) or True, 60, interval=5)
    for source in CHAINS:
        network.send(source, 2).wait()
