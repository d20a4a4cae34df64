"""What is asked of a pair before its nodes are updated, and what it has to show after that."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.errors import NotReady, Unreachable
from components.chain.rpc import waiting
from components.chain.rpc.console import NodeError
from components.chain.rpc.endpoint import Endpoint
from components.chain.voters import pair_proof
from components.chain.voters.pair_proof import UNKNOWN, PairProof
from components.domain.problems.chains import CALL_REFUSED
from components.domain.problems.nodes import NODE_DOWN, PAIR_UNPROVEN
from tests.unit.fake_node import CHILD, PARENT, Clock

SCN = Endpoint(node="scn-1", host="10.0.0.1", private_key="k", host_key="h", ipc="/srv/klay.ipc")
PROOF = PairProof("alpha", SCN, SCN, {"parent": 2020, "child": 3000}, {})


class Node:
    """An SCN that anchors every 5 blocks."""

    def __init__(self, clock: Clock) -> None:
        self.serves: list[dict[str, object]] | None = [
            {"childAddress": CHILD, "parentAddress": PARENT, "subscribed": True}
        ]
        """None: it has no sub bridge."""
        self.hangs = False
        self.anchors = True
        self._anchored, self._clock = 40, clock
        clock.sleepers.append(self._tick)

    def _tick(self) -> None:
        self._anchored += 5 * self.anchors

    def call(self, method: str, *_: object, timeout: float = 0) -> Any:
        """Answer."""
        assert timeout
        if self.serves is None:
            raise NodeError(CALL_REFUSED(f"scn-1: the method {method} does not exist/is not available"))
        return {
            "subbridge_listBridge": self.serves,
            "subbridge_getLatestAnchoredBlockNumber": self._anchored,
            "subbridge_getAnchoring": True,
            "subbridge_getAnchoringPeriod": 5,
        }[method]


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Node:
    clock = Clock()
    found = Node(clock)
    console = SimpleNamespace(node="scn-1", call=found.call, close=lambda: None)

    def open_console(_endpoint: Endpoint) -> SimpleNamespace:
        if found.hangs:
            raise Unreachable(NODE_DOWN("scn-1: no answer"))
        return console

    @contextmanager
    def connect(_endpoints: object, _chain_id: int) -> Iterator[SimpleNamespace]:
        yield console

    monkeypatch.setattr(pair_proof, "Console", open_console)
    monkeypatch.setattr(pair_proof, "connect", connect)
    monkeypatch.setattr(PairProof, "_transfers", lambda *_: iter(["transfers arrived"]))
    monkeypatch.setattr(waiting, "time", clock)
    return found


@pytest.mark.parametrize("serves", [None, [], [{"childAddress": CHILD, "parentAddress": PARENT, "subscribed": False}]])
def test_an_scn_that_says_that_it_serves_no_bridge_has_nothing_to_prove(node: Node, serves: Any) -> None:
    node.serves = serves
    assert PROOF.last_anchor() is None


def test_an_scn_that_does_not_answer_may_have_something_to_prove(node: Node) -> None:
    assert PROOF.last_anchor() == 40
    node.hangs = True
    assert PROOF.last_anchor() == UNKNOWN


def test_where_it_is_not_known_what_was_anchored_one_more_block_is_waited_for(
    node: Node, capsys: pytest.CaptureFixture[str]
) -> None:
    PROOF.prove(UNKNOWN)
    assert "pair alpha: transfers arrived; block 45 is anchored" in capsys.readouterr().err
    node.anchors = False
    with pytest.raises(NotReady, match=PAIR_UNPROVEN.code):
        PROOF.prove(UNKNOWN)


def test_an_scn_that_serves_no_bridge_once_it_answers_proves_nothing(
    node: Node, capsys: pytest.CaptureFixture[str]
) -> None:
    node.serves = None
    PROOF.prove(UNKNOWN)
    assert capsys.readouterr().err == ""
