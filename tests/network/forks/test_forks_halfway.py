"""An up that brings a fork ends at its second SCN, and the chain passes the block before anybody looks."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from components.chain.rpc.waiting import wait_for
from components.domain.problems.chains import FORK_IS_PAST, FORK_MISSED
from components.domain.problems.nodes import OTHER_FORKS
from components.hosts.local_preflight import missing
from components.watch.reading.reader import read
from tests.archives import archive_of
from tests.network.conftest import make_stack
from tests.network.edited_program import edited_program
from tests.network.forks.conftest import LEAD
from tests.network.forks.planned import FAR, forks_of, has_passed
from tests.network.network import Network
from tests.network.repackaged import ENDS_AT_ONCE, repackaged
from tests.run import lines
from tests.stack import Failed, Settings, Stack, settings
from toolchain.ops.look import Known, repairable
from toolchain.ops.replace import Stack as Machines

pytestmark = pytest.mark.nightly

SCNS = ("scn-1", "scn-2", "scn-3", "scn-4")
FORK = "shanghai"
"""No transaction of these tests has another result with it, so the chain goes on although its nodes differ."""
AHEAD = 110


def wanted(block: int, broken: dict[str, str] | None = None) -> Settings:
    """Return the settings of one pair. `broken`: the archive of the SCNs without a pair."""
    base = settings(pairs=[{"name": "alpha", "scn": "scn-1"}])
    forks = {**FAR["serviceChain"], FORK: block}
    chain = {**base, "serviceChain": {**base["serviceChain"], "forks": forks}}
    if not broken:
        return chain
    alpha = {**base["pairs"][0], "packages": {"kscn": {"file": str(archive_of("kscn"))}}}
    return {**chain, "pairs": [alpha], "packages": {"kscn": broken}}


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a bridge whose child chain begins with forks that are far ahead."""
    if missing():
        pytest.skip(" ".join(missing()))
    program = edited_program(tmp_path_factory.mktemp("program"), "components/domain/forks.py", LEAD)
    with make_stack(tmp_path_factory.mktemp("stack"), wanted(FAR["serviceChain"][FORK]), program) as stack:
        assert stack.up().changes.keys() == {"create"}
        yield stack


def named(bridge: Stack) -> set[str]:
    """Return which nodes the check at the end of `make up` names for their forks."""
    known = Known.of({"deployment": bridge.exported()})
    found = repairable(known, read(known.targets))
    return {one.node for one in found if one.problem is OTHER_FORKS}


def test_the_nodes_that_missed_it_are_named_and_replaced_one_by_one(bridge: Stack, tmp_path: Path) -> None:
    network = Network(bridge)
    block = network.head("child") + AHEAD
    bridge.configure(wanted(block, repackaged(tmp_path, "kscn", "v1.0.4", ENDS_AT_ONCE)))
    with pytest.raises(Failed) as caught:
        bridge.up()
    assert "this release ends at once" in str(caught.value)
    assert {node: forks_of(network, node)[FORK] == block for node in ("scn-1", "scn-3", "scn-4")} == {
        "scn-1": True,
        "scn-3": False,
        "scn-4": False,
    }
    assert named(bridge) == {"scn-3", "scn-4"}
    for node in ("scn-1", "scn-3", "scn-4"):
        wait_for(partial(has_passed, network, node, block), AHEAD + 240)

    bridge.configure(wanted(block + 1000))
    with pytest.raises(Failed) as caught:
        bridge.up()
    assert lines(str(caught.value), FORK_IS_PAST, "scn-3", "scn-4"), "two of four may still agree with two others"

    bridge.configure(wanted(block))
    with pytest.raises(Failed) as caught:
        bridge.up()
    assert lines(str(caught.value), FORK_MISSED, "scn-3: ")
    assert forks_of(network, "scn-2")[FORK] == block, "it was down, and had not passed it"
    assert named(bridge) == {"scn-3", "scn-4"}

    machines = Machines.of({"deployment": bridge.exported()})
    with pytest.raises(Failed) as caught:
        bridge.up(replace=[machines.urn("scn-3")])
    assert lines(str(caught.value), FORK_MISSED, "scn-4: ")
    assert named(bridge) == {"scn-4"}
    bridge.up(replace=[Machines.of({"deployment": bridge.exported()}).urn("scn-4")])
    assert named(bridge) == set()
    assert {forks_of(network, node)[FORK] for node in SCNS} == {block}
