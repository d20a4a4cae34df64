"""What died since the last run: a quick look finds it, and a refresh of that alone has the next up repair it."""

import time

import pytest

from components.chain.nodes.journal import read_registration
from components.chain.nodes.registration import deregister
from components.domain.problems.operations.machines import BRIDGE_NOT_SERVED, NODE_ILL, OTHER_MAIN_BRIDGES
from components.watch.reading.reader import DEADLINE, read
from tests.network.network import CHAINS, Network
from toolchain.ops.look import Known, repairable

pytestmark = pytest.mark.nightly


def test_a_quick_look_finds_what_an_up_would_take_for_unchanged(network: Network) -> None:
    stack, pair = network.stack, (network.bridges["child"], network.bridges["parent"])
    known = Known.of({"deployment": stack.exported()})
    assert len(known.targets.nodes) == len(network.endpoints)
    assert repairable(known, read(known.targets)) == []
    deregister(network.console("scn-1"), *pair)
    network.kill("beta-en")
    network.kill("scn-4")
    assert stack.preview().steps == [], "the state knows nothing of it"

    begin = time.monotonic()
    found = {one.node: one for one in repairable(known, read(known.targets))}
    assert time.monotonic() - begin < DEADLINE + 2
    assert found.keys() == {"scn-1", "scn-2", "beta-en", "scn-4"}
    assert [found[node].problem for node in ("scn-1", "scn-2", "beta-en", "scn-4")] == [
        BRIDGE_NOT_SERVED,
        OTHER_MAIN_BRIDGES,
        NODE_ILL,
        NODE_ILL,
    ]

    stack.refresh(target=[urn for one in found.values() for urn in one.stale])
    stack.up()
    assert repairable(known, read(known.targets)) == []
    assert read_registration(network.console("scn-1"), *pair).live
    for source in CHAINS:
        network.send(source, 2).wait()
