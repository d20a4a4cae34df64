"""A node is not restarted under those who use it, and who wants to use it meanwhile is sent to another one."""

import threading
from collections.abc import Callable

import pytest

from components.chain.rpc import node_locks
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.node_locks import in_use, is_restarting, restarting

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
        with restarting(ONE):
            done.append("restarted")

    with in_use(ONE), in_use(ONE):
        thread = started(restart)
        while not is_restarting(ONE):
            pass
        with in_use(OTHER):
            assert done == []
        done.append("used")
    thread.join(SOON)
    assert done == ["used", "restarted"]
    assert not is_restarting(ONE)


def test_who_has_no_other_node_waits_for_the_end_of_the_restart() -> None:
    done: list[str] = []

    def use() -> None:
        with in_use(ONE):
            done.append("used")

    with restarting(ONE):
        thread = started(use)
        thread.join(0.1)
        done.append("restarted")
    thread.join(SOON)
    assert done == ["restarted", "used"]


def test_nobody_waits_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("USE_SECONDS", "RESTART_SECONDS"):
        monkeypatch.setattr(node_locks, limit, 0.01)
    with in_use(ONE), restarting(ONE), in_use(ONE):
        assert is_restarting(ONE)
    assert not node_locks._users[ONE]


def test_a_failure_ends_a_turn() -> None:
    for turn in (in_use, restarting):
        with pytest.raises(ValueError, match="x"), turn(ONE):
            raise ValueError("x")  # noqa: EM101
    assert not is_restarting(ONE)
    assert not node_locks._users[ONE]
