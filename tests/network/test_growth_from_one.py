"""A bridge that began as small as it can be becomes a highly available one, while transfers flow."""

from collections.abc import Iterator

import pytest

from components.domain.problems.settings import FEW_SCNS, SINGLE_PAIR
from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.growing.changing import bring, declared, validators
from tests.network.network import CHAINS, Network
from tests.network.traffic import traffic
from tests.stack import Stack

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]

SCNS = ["scn-1", "scn-2", "scn-3", "scn-4"]
SMALLEST = declared({"alpha": "scn-1"}, SCNS[:1], 1)
AVAILABLE = declared({"alpha": "scn-1", "beta": "scn-2"}, SCNS, 1)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a stack of one pair, whose SCN is the only one of its chain."""
    with make_stack(tmp_path_factory.mktemp("stack"), SMALLEST) as stack:
        stack.up()
        yield stack


def test_one_pair_and_one_scn_become_two_pairs_and_four_scns(stack: Stack) -> None:
    small = Network(stack)
    with traffic(small):
        change = bring(small, AVAILABLE)
    assert change.calls == {chain: ["registerOperator"] for chain in CHAINS}
    assert not [one for one in (SINGLE_PAIR, FEW_SCNS) if one.code in change.run.text], "no warning is left"
    grown = Network(stack)
    assert validators(grown) == set(SCNS)
    grown.wait_until_connected(SCNS)
    grown.kill("scn-1")
    grown.via["child"] = "scn-4"
    for source in CHAINS:
        grown.send(source, 2).wait()
    grown.start("scn-1")
    assert stack.preview(expect_no_changes=True).steps == []
