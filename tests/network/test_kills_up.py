"""An up from nothing that is killed again and again."""

import pytest

from components.hosts.local_preflight import missing
from tests.network.killed_stack import check, mortal_stack, share
from tests.network.network import Network
from tests.network.traces import Traces

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))


def test_up_from_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    with mortal_stack(tmp_path_factory.mktemp("kills")) as mortal:
        mortal.kills.run("up", most=share(5), seconds=4)
        text = mortal.make("up")
        assert "pending operations" not in text
        check(Network(mortal.stack), threshold=1)
        mortal.make("down")
        assert Traces.of(mortal.stack.network_id).remains() == []
        assert mortal.kills.done
