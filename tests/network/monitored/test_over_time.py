"""Real causes of alerts whose expressions look back over minutes: on real nodes, but over less time than as shipped.

Here alerts fire after ten seconds, and `WINDOWS` says how much shorter the running rules look back than those that are
shipped. Everything else in their expressions stays, the numbers that are compared too.
"""

from collections.abc import Iterator

import pytest
from eth_utils.address import to_checksum_address

from components.chain.voters import calls
from components.watch.alerts.rules.operators import STUCK, burning_window
from tests.network.monitored.causes import SEEN
from tests.network.monitored.firing import cease, fire, nothing_fires
from tests.network.monitored.monitor import RULES, Monitor
from tests.network.monitored.prometheus import Prometheus
from tests.network.network import Network

pytestmark = pytest.mark.nightly

WINDOWS = {
    "BridgeOperatorStuck": (STUCK, "1m"),
    "BridgeRecoveryBurningFees": (burning_window(5), "2m"),
}
"""What an alert looks back over, as shipped and here."""
STRANGER = to_checksum_address("0x" + "5e" * 20)
ALL_OPERATORS = 3
"""Those of two pairs, and one that never votes."""


@pytest.fixture(scope="module")
def hasty(network: Network, prometheus: Prometheus) -> Iterator[Prometheus]:
    """Have alerts fire after ten seconds and look back over less; the rules are as shipped afterwards."""
    monitor = Monitor(network)
    shipped = monitor.rules()
    monitor.hasten(WINDOWS)
    yield prometheus
    monitor.rewrite("prometheus", RULES, shipped)


def test_an_en_hangs_after_votes_were_sent(network: Network, hasty: Prometheus) -> None:
    """Its SCN still counts what it sends for a moment, then sees that the EN is gone, and nothing moves."""
    caused = nothing_fires(hasty, SEEN["test_an_en_hangs_after_votes_were_sent"])
    pid = network.processes()["alpha-en"]
    sent = network.send("child", 5)
    network.run("alpha-en", f"kill -STOP {pid}")
    try:
        fire(hasty, caused, 240)
    finally:
        network.run("alpha-en", f"kill -CONT {pid}")
    sent.wait()
    cease(hasty, {*caused, "BridgeNodeBehind", "BridgePairDisconnected", "BridgeAnchoringLate"})


def test_two_of_three_votes_are_paid_for_in_vain(network: Network, hasty: Prometheus) -> None:
    caused = nothing_fires(hasty, SEEN["test_two_of_three_votes_are_paid_for_in_vain"])
    on_parent = network.on("parent"), network.owners["parent"], network.bridges["parent"]
    calls.register_operators(*on_parent, [STRANGER])
    calls.set_threshold(*on_parent, ALL_OPERATORS)
    sent = network.send("child", 1)
    fire(hasty, caused, 300)
    calls.set_threshold(*on_parent, 1)
    calls.deregister_operator(*on_parent, STRANGER)
    sent.wait()
    cease(hasty, caused)
