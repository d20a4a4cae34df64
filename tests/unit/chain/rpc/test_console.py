"""Which node of a chain is asked: one in sync, or the one with the highest head, marked as behind."""

import time
from typing import Any

import pytest

from components.chain.errors import ChainUnreadable, NotListening
from components.chain.rpc import console, waiting
from components.chain.rpc.console import connect
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.chains import CHAIN_HALTED, CHAIN_UNREADABLE, NODE_BEHIND
from components.domain.problems.nodes import NODE_DOWN
from components.dynamic import chain_resource
from components.dynamic.base import Props
from components.dynamic.chain_resource import reading, session
from components.dynamic.contracts.bridge_operator import BridgeOperatorProvider
from tests.unit.dynamic.test_chain_resource import VOTE, endpoint
from tests.unit.fake_node import Clock

HEAD = 100


class Nodes:
    """A chain with its newest block at HEAD: each node by name has so many blocks, made one a second, or is down."""

    def __init__(self, **heads: int | None) -> None:
        self.heads = heads
        self.peers = [HEAD]
        """Heads that the peers of a node that is behind announced."""

    def connect(self, at: Endpoint) -> Any:
        """Return the console of a node."""
        nodes, head = self, self._head(at)

        class Node:
            node, behind = at.node, None

            def call(self, method: str, *params: object, timeout: float = 30) -> Any:  # noqa: ARG002
                if method == "admin_peers":
                    known = [{"istanbul": {"blockscore": n + 1, "head": f"0x{n:064x}"}} for n in nodes.peers]
                    return [{"protocols": one} for one in known]
                if method == "eth_getBlockByHash":
                    return {} if int(str(params[0]), 16) <= head else None
                block = {"number": hex(head), "timestamp": hex(int(time.time()) - (HEAD - head) * 10)}
                return {"eth_chainId": hex(3000), "eth_blockNumber": hex(head)}.get(method, block)

            def close(self) -> None:
                pass

        return Node()

    def _head(self, at: Endpoint) -> int:
        head = self.heads[at.node.replace("-", "")]
        if head is None:
            raise NotListening(NODE_DOWN(f"{at.node}: no node listens"))
        return head


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (console, waiting):
        monkeypatch.setattr(module, "time", Clock())
    monkeypatch.setattr(console, "_away", {})
    monkeypatch.setattr(chain_resource, "_unreadable", {})


def chosen(monkeypatch: pytest.MonkeyPatch, nodes: Nodes) -> tuple[str, str | None]:
    monkeypatch.setattr(console, "Console", nodes.connect)
    ends = [Endpoint.model_validate(endpoint(f"{name[:3]}-{name[3:]}")) for name in nodes.heads]
    with connect(ends, 3000) as found:
        return found.node, found.behind


def test_a_node_in_sync_is_asked_before_one_that_is_catching_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch, Nodes(scn1=40, scn2=None, scn3=HEAD)) == ("scn-3", None)
    assert chosen(monkeypatch, Nodes(scn1=0, scn2=HEAD - 1)) == ("scn-2", None), "a block of this moment is none"


def test_where_none_is_in_sync_the_one_that_knows_most_reports_that_it_is_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    node, behind = chosen(monkeypatch, Nodes(scn1=40, scn2=60, scn3=0))
    assert node == "scn-2"
    assert behind == NODE_BEHIND("scn-2: is at block 60, and its peers have 40 more")
    alone = Nodes(scn1=40)
    alone.peers = []
    node, behind = chosen(monkeypatch, alone)
    assert behind is not None
    assert behind.startswith("scn-1: its newest block, 40, is 60")
    assert CHAIN_HALTED.code in behind


def test_without_any_node_all_reasons_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ChainUnreadable, match=CHAIN_UNREADABLE.code) as caught:
        chosen(monkeypatch, Nodes(scn1=None, scn2=None))
    for part in ("chain 3000", "scn-1: no node listens", "scn-2: no node listens"):
        assert part in str(caught.value)


VOTE_OF_BOTH: Props = {**VOTE, "endpoints": [endpoint("scn-1"), endpoint("scn-2")]}


@pytest.mark.parametrize("heads", [{"scn1": 40, "scn2": None}, {"scn1": None, "scn2": None}, {"scn1": 0, "scn2": 0}])
def test_nothing_is_gone_that_only_a_node_behind_does_not_have(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], heads: dict[str, int | None]
) -> None:
    monkeypatch.setattr(console, "Console", Nodes(**heads).connect)
    monkeypatch.setattr(BridgeOperatorProvider, "look", lambda *_: None)
    monkeypatch.setattr("components.dynamic.base._unread", set())
    for _ in range(2):
        assert BridgeOperatorProvider().read("id", VOTE_OF_BOTH).id == "id"
    (said,) = capsys.readouterr().err.splitlines()
    for part in ("chain 3000", "scn-1: ", CHAIN_UNREADABLE.code, "the next up starts", "assumed to be unchanged"):
        assert part in said


def test_nothing_is_planned_on_what_a_node_behind_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "Console", Nodes(scn1=40, scn2=None).connect)
    inputs = BridgeOperatorProvider()._parse(VOTE_OF_BOTH)
    with pytest.raises(ChainUnreadable, match=f"60 more.*{NODE_BEHIND.code}"), session(inputs):
        pytest.fail("nothing may be planned")


def test_a_node_that_catches_up_in_a_moment_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = Nodes(scn1=HEAD - 5)
    monkeypatch.setattr(console, "Console", nodes.connect)
    monkeypatch.setattr("components.chain.rpc.head.NEAR_BLOCKS", 0)
    inputs = BridgeOperatorProvider()._parse({**VOTE, "endpoints": [endpoint("scn-1")]})
    waiting.time.sleepers.append(lambda: nodes.peers.clear())  # type: ignore[attr-defined]
    with reading(inputs.endpoints, 3000) as found:
        assert found.behind is None
