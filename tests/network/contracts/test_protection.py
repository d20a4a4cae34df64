"""A protected stack: a destroy is refused, and has undone nothing by then, on chain or anywhere else."""

import pytest

from tests.network.network import CHAINS, Network
from tests.network.running import SETTINGS
from tests.stack import Failed


def test_a_protected_bridge_refuses_to_go_and_goes_on(network: Network) -> None:
    stack = network.stack
    stack.configure({**SETTINGS, "protection": True})
    try:
        assert stack.up().changes.keys() <= {"update"}
        with pytest.raises(Failed, match="protected") as refused:
            stack.destroy()
        assert [step for step in refused.value.run.steps if step.verb != "delete"] == []
        assert stack.preview(expect_no_changes=True).steps == []
        for source in CHAINS:
            network.send(source, 1).wait()
    finally:
        stack.configure(SETTINGS)
        stack.up()
