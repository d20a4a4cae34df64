"""An up that is killed and then given up: destroy leaves nothing of it."""

import pytest

from components.hosts.local_preflight import missing
from tests.network.killed_stack import mortal_stack, share
from tests.network.traces import Traces
from toolchain.ops import sweep

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]


def test_an_up_that_is_given_up(tmp_path_factory: pytest.TempPathFactory) -> None:
    with mortal_stack(tmp_path_factory.mktemp("kills")) as mortal:
        chance, stack = mortal.kills.chance, mortal.stack
        while len(mortal.kills.done) < share(5):
            mortal.kills.run("up", most=chance.randint(1, 3), seconds=2)
            traces = Traces.of(stack.network_id)
            mortal.kills.run("destroy", most=1, seconds=0.3)
            mortal.kills.unlock()
            stack.destroy()
            assert sweep.main(stack.folder / "seed") == 0
            assert traces.remains() == []
            assert stack.resources() == []
        print("\n".join(mortal.kills.done))
