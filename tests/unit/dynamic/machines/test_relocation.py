"""A node that is moved to another folder: one that runs is stopped only while the others are healthy."""

from typing import Any

import pytest

from components.chain.errors import HostUnreachable
from components.domain.problems.hosts import HOST_SILENT
from components.dynamic.machines import relocation
from components.dynamic.machines.relocation import relocate
from tests.unit.chain.rpc.test_node_locks import endpoint


@pytest.mark.parametrize("state", ["runs", "is down", "unknown"])
def test_only_a_node_that_is_down_moves_without_a_look_at_the_others(
    monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    done: list[str] = []

    def is_down(node: Any) -> bool:
        if state == "unknown":
            raise HostUnreachable(HOST_SILENT(f"{node.node}: no SSH connection"))
        return state == "is down"

    monkeypatch.setattr(relocation, "is_down", is_down)
    monkeypatch.setattr(relocation, "restart", lambda *_, **__: done.append("restart"))
    monkeypatch.setattr(relocation, "run_on_host", lambda *_: done.append("command"))
    if state == "unknown":
        with pytest.raises(HostUnreachable, match=HOST_SILENT.code):
            relocate(endpoint("en-1"), "en", "move", "its folder changes")
    else:
        relocate(endpoint("en-1"), "en", "move", "its folder changes")
    assert done == {"runs": ["restart"], "is down": ["command"], "unknown": []}[state]
