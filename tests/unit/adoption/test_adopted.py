"""An adopted node that does not start again: which error is reported when its own files are at fault too."""

from typing import Any

import pytest

from components.adoption import adopted as module
from components.adoption import host_files
from components.adoption.adopted import Adopted
from components.adoption.commands import NodePlace
from components.adoption.host_files import FoundFiles
from components.chain.errors import HostUnreachable, NotReady, Unreachable
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.hosts import COMMAND_FAILED, HOST_SILENT
from components.domain.problems.nodes import NO_START_AT_ALL, NO_START_WITH_BRIDGE
from components.domain.problems.problem import Problem

NODE = Endpoint(host="192.0.2.1", private_key="k", host_key="h", node="scn-2", ipc="/i")
PLACE = NodePlace("/var/kscnd/data", "/opt/kscn/conf/kscnd.conf")
FOUND = FoundFiles("", "", None, None, restart_due=True, values={"SC_SUB_BRIDGE": "1"})
LOG = "scn-2: failed (exit status 1): the node did not open its console; Fatal: bad flag"


@pytest.mark.parametrize(("failures", "problem"), [(1, NO_START_WITH_BRIDGE), (2, NO_START_AT_ALL)])
def test_the_log_is_reported_whichever_files_are_at_fault(
    monkeypatch: pytest.MonkeyPatch, failures: int, problem: Problem
) -> None:
    """The second failure must not hide the first."""
    left = [failures]

    def restart(*_given: Any, **_more: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise Unreachable(COMMAND_FAILED(LOG))

    monkeypatch.setattr(module, "restart", restart)
    monkeypatch.setattr(module, "answers", lambda _node: False)
    monkeypatch.setattr(host_files, "read", lambda *_given: FOUND)
    monkeypatch.setattr(host_files, "restore", lambda *_given: True)
    monkeypatch.setattr(host_files, "forget", lambda *_given: None)
    node = Adopted(NODE, "scn", 3000, PLACE, {"SC_SUB_BRIDGE": "1"}, {})
    with pytest.raises(NotReady, match=f"^scn-2: .*{problem.code}") as caught:
        node.restart(FOUND, "its files have changed", None, changed=True)
    assert LOG in str(caught.value)


@pytest.mark.parametrize("failures", [0, 1])
def test_a_machine_that_does_not_answer_says_nothing_about_the_new_files(
    monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """Whether the node runs is not known: its old files are not restored, or not said to be."""
    restored: list[object] = []
    errors = [Unreachable(COMMAND_FAILED(LOG))] * failures

    def restart(*_given: Any, **_more: Any) -> None:
        raise errors.pop() if errors else HostUnreachable(HOST_SILENT("scn-2: no SSH connection"))

    monkeypatch.setattr(module, "restart", restart)
    monkeypatch.setattr(module, "answers", lambda _node: False)
    monkeypatch.setattr(host_files, "read", lambda *_given: FOUND)
    monkeypatch.setattr(host_files, "restore", lambda *given: restored.append(given))
    node = Adopted(NODE, "scn", 3000, PLACE, {"SC_SUB_BRIDGE": "1"}, {})
    with pytest.raises(HostUnreachable, match=HOST_SILENT.code):
        node.restart(FOUND, "its files have changed", None, changed=True)
    assert len(restored) == failures
