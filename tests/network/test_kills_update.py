"""An update and a destroy that are killed again and again."""

from collections.abc import Iterator

import pytest

from components.hosts.local_preflight import missing
from tests.network.killed_stack import CHANGED, SMALL, Mortal, check, mortal_stack, share
from tests.network.network import Network
from tests.network.traces import Traces
from tests.stack import Settings

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """Yield a stack that is up."""
    with mortal_stack(tmp_path_factory.mktemp("kills")) as mortal:
        mortal.stack.up()
        yield mortal


@pytest.mark.parametrize("wanted", [CHANGED, SMALL], ids=["there", "back"])
def test_an_update(mortal: Mortal, wanted: Settings) -> None:
    mortal.stack.configure(wanted)
    mortal.kills.run("up", most=share(2), seconds=3)
    mortal.make("up")
    check(Network(mortal.stack), wanted["bridge"]["threshold"])


def test_destroy(mortal: Mortal) -> None:
    traces = Traces.of(mortal.stack.network_id)
    mortal.kills.run("destroy", most=share(3), seconds=0.3)
    mortal.kills.unlock()
    mortal.stack.destroy()
    assert traces.remains() == []
    assert mortal.stack.resources() == []
    assert mortal.kills.done
