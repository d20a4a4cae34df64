"""A node is not restarted under those who use it, and who wants to use it meanwhile is sent to another one."""

import threading
from collections.abc import Callable

import pytest

from components.chain.rpc import node_locks
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.node_locks import is_aside, set_aside, used

SOON = 10.0


def endpoint(name: str) -> Endpoint:
    return Endpoint(node=name, host=name, private_key="k", host_key="h", ipc="/srv/klay.ipc")


ONE, OTHER = endpoint("scn-1"), endpoint("scn-2")


def started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_restart_waits_for_the_last_who_uses_the_node() -> None:
    done: list[str] = []

    def restart() -> None:
        with set_aside(ONE):
            done.append("restarted")

    with used(ONE), used(ONE):
        thread = started(restart)
        while not is_aside(ONE):
            pass
        with used(OTHER):
            assert done == []
        done.append("used")
    thread.join(SOON)
    assert done == ["used", "restarted"]
    assert not is_aside(ONE)


def test_who_has_no_other_node_waits_for_the_end_of_the_restart() -> None:
    done: list[str] = []

    def use() -> None:
        with used(ONE):
            done.append("used")

    with set_aside(ONE):
        thread = started(use)
        thread.join(0.1)
        done.append("restarted")
    thread.join(SOON)
    assert done == ["restarted", "used"]


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("USE_SECONDS", "ASIDE_SECONDS"):
        monkeypatch.setattr(node_locks, limit, 0.01)
    with used(ONE), set_aside(ONE), used(ONE):
        assert is_aside(ONE)
    assert not node_locks._used[ONE]


def test_a_failure_ends_a_turn() -> None:
    for turn in (used, set_aside):
        with pytest.raises(ValueError, match="x"), turn(ONE):
            raise ValueError("x")  # noqa: EM101
    assert not is_aside(ONE)
    assert not node_locks._used[ONE]
