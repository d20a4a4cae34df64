"""Threshold 2 of 2 pairs: changed by an up, it holds transfers back while a pair is away, and outvotes an operator."""

import time
from pathlib import Path

import pytest

from components.chain.transfers.requests import pending
from components.domain.problems.nodes import MISCOUNTED
from components.domain.problems.settings import NO_SPARE_VOTE
from tests.network.bridge.test_drill import drilled
from tests.network.network import CHAINS, OTHER, Network
from tests.network.running import SETTINGS
from tests.stack import Step

HOLD = 12
"""Seconds for which a transfer has to stay held back: two looks of the recovery (5 s each), and more."""

THE_SEVEN = [
    Step("update", "ConfigurationThreshold", "child-configuration-threshold"),
    Step("update", "ConfigurationThreshold", "parent-configuration-threshold"),
    Step("update", "OperatorThreshold", "child-threshold"),
    Step("update", "OperatorThreshold", "parent-threshold"),
    Step("update", "Resilience", "resilience"),
    Step("update", "TransferProof", "child-to-parent-proof"),
    Step("update", "TransferProof", "parent-to-child-proof"),
]


def test_threshold_2_holds_transfers_back_until_the_pair_returns(network: Network) -> None:
    _change_threshold(network, 2, "2 pairs, threshold 2: survives no loss of a pair, 1 hostile operator")
    network.stop("alpha-en")
    try:
        since = {chain: network.head(chain) for chain in CHAINS}
        sent = {source: network.send(source, 1) for source in CHAINS}
        time.sleep(HOLD)
        for source, transfers in sent.items():
            print(f"{transfers.direction.name}: sent 1, arrived {transfers.arrived()} after {HOLD} s without alpha")
            assert transfers.arrived() == 0
            assert pending(network.direction(source)) == 1
            target = OTHER[source]
            beta, alpha = (network.pairs[pair][f"{target}Operator"] for pair in ("beta", "alpha"))
            assert network.votes(target, beta, since[target]) >= 1
            assert network.votes(target, alpha, since[target]) == 0
    finally:
        network.start("alpha-en")
    for transfers in sent.values():
        transfers.wait()
    _change_threshold(network, 1, "2 pairs, threshold 1: survives the loss of 1 pair, no hostile operator")
    assert network.stack.preview(expect_no_changes=True).steps == []
    for source in CHAINS:
        network.send(source, 2).wait()


@pytest.mark.nightly
def test_a_hostile_operator_is_outvoted(network: Network, tmp_path: Path) -> None:
    _change_threshold(network, 2, "2 pairs, threshold 2: survives no loss of a pair, 1 hostile operator")
    code, found = drilled(network, tmp_path / "drill.json", "--fault", "hostile", "--pair", "alpha", "--hold", "0")
    assert (code, found.passed) == (0, True)
    (row,) = found.faults
    assert (row.kind, row.subject, row.problems) == ("hostile", "alpha", ())
    assert ("alpha", (MISCOUNTED.code,)) in [(one.subject, one.codes) for one in row.stopped], "its own node is out"
    assert len(row.transfers) == len(CHAINS)
    assert all(one.sent == one.arrived > 0 for one in row.transfers)
    _change_threshold(network, 1, "2 pairs, threshold 1: survives the loss of 1 pair, no hostile operator")


def _change_threshold(network: Network, threshold: int, survives: str) -> None:
    stack = network.stack
    stack.configure({**SETTINGS, "bridge": {"threshold": threshold}})
    preview = stack.preview()
    assert sorted(preview.steps, key=str) == THE_SEVEN
    assert any(NO_SPARE_VOTE.code in warning for warning in preview.warnings) == (threshold == 2)
    run = stack.up()
    assert run.changes == {"update": 7}
    assert run.warnings == preview.warnings
    assert stack.outputs["survives"] == survives
    states = [network.bridge(chain) for chain in CHAINS]
    assert {number for one in states for number in (one.threshold, one.configuration_threshold)} == {threshold}
