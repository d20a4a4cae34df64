"""Peers: missing ones are dialled again, and named with a hint when they do not come."""

from collections.abc import Iterator

import pytest

from components.chain.errors import NotReady
from components.chain.peers.peers import disconnect, peers, wait_for_peers
from components.chain.rpc.console import NodeError
from components.chain.rpc.waiting import wait_for
from components.domain.kni import node_id
from components.domain.problems.chains import CALL_REFUSED, PEER_KEPT, PEER_MISSING
from tests.unit.fake_node import Clock, FakeNode

IDS = ["aa" * 64, "bb" * 64, "cc" * 64]
KNIS = [f"kni://{id_}@10.0.0.{i}:22323?discport=0&ntype=cn" for i, id_ in enumerate(IDS)]


def wait(node: FakeNode, knis: list[str], enough: int = 1, deadline: float = 30) -> list[str]:
    return wait_for_peers(node.console, "admin", knis, deadline, enough=enough, hint="look at it")


@pytest.mark.parametrize("kni", [f"kni://{IDS[0]}@10.0.0.1:50505?discport=0", f"kni://{IDS[0]}@[::]:50505", IDS[0]])
def test_the_id_of_a_node_is_its_public_key(kni: str) -> None:
    assert node_id(kni) == IDS[0]


def test_peers_are_reported_by_their_ids_and_none_is_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    node = FakeNode(IDS[:2])
    assert peers(node.console, "subbridge") == IDS[:2]
    assert node.called("subbridge_peers") == [()]
    monkeypatch.setattr(node, "_peers", lambda: None)
    assert peers(node.console, "admin") == []


def test_a_connected_node_is_not_dialled(clock: Clock) -> None:
    node = FakeNode(IDS)
    assert wait(node, KNIS) == IDS
    assert node.dialled == []
    assert clock.now == 1000


def test_only_the_missing_are_dialled_again_and_with_patience(clock: Clock) -> None:
    node = FakeNode(IDS[:2])
    clock.sleepers.append(lambda: node.peers.append(IDS[2]) if clock.now > 1005 else None)
    assert wait(node, KNIS, enough=3) == IDS
    assert node.dialled == [("remove", KNIS[2]), ("add", KNIS[2])] * 2  # every 2 s in 5 s


def test_enough_will_do_after_a_fifth_of_the_deadline(clock: Clock) -> None:
    node = FakeNode(IDS[:1])
    assert wait(node, KNIS, enough=1, deadline=30) == IDS[:1]
    assert 1006 < clock.now < 1007


def test_too_few_are_reported_by_address_with_the_hint(clock: Clock) -> None:
    node = FakeNode(IDS[:1])
    with pytest.raises(NotReady, match=PEER_MISSING.code) as caught:
        wait(node, KNIS, enough=2)
    for part in ("scn-1: ", "10.0.0.1:22323", "10.0.0.2:22323", "look at it", "30 s"):
        assert part in str(caught.value)
    assert "10.0.0.0" not in str(caught.value), "that one is connected"
    assert 1030 < clock.now < 1031


def test_a_node_is_not_waited_for_nor_dialled_by_itself(clock: Clock) -> None:
    """A chain's static-nodes.json is the same on all nodes: that of a chain of one node lists the node alone."""
    node = FakeNode([])
    node.id = IDS[0]
    assert wait(node, KNIS[:1]) == []
    node.peers.append(IDS[1])
    assert wait(node, KNIS[:2], enough=2) == [IDS[1]]
    assert node.dialled == []
    assert clock.now == 1000


def test_a_node_does_not_count_as_enough_for_itself(clock: Clock) -> None:  # noqa: ARG001
    node = FakeNode([])
    node.id = IDS[0]
    with pytest.raises(NotReady, match=rf"not connected to 10\.0\.0\.1:22323; .*{PEER_MISSING.code}"):
        wait(node, KNIS[:2])


def test_a_peer_that_does_not_go_is_named(clock: Clock) -> None:
    with pytest.raises(NotReady, match=rf"scn-1: .*10\.0\.0\.1:22323.*{PEER_KEPT.code}"):
        disconnect(FakeNode(IDS[:2]).console, "subbridge", KNIS[1], 10)
    assert 1010 < clock.now < 1011


def test_the_network_of_the_question_is_the_network_of_the_dial(clock: Clock) -> None:
    node = FakeNode([])
    clock.sleepers.append(lambda: node.peers.append(IDS[0]) if clock.now > 1003 else None)
    wait_for_peers(node.console, "subbridge", KNIS[:1], 30, enough=1, hint="")
    assert {name for name, _ in node.calls if name.endswith(("er", "peers"))} == {
        "subbridge_peers",
        "subbridge_removePeer",
        "subbridge_addPeer",
    }
    assert len(node.called("subbridge_addPeer")) == 1


def test_an_error_while_waiting_counts_as_a_sentence(clock: Clock) -> None:
    answers: Iterator[NodeError | str | int] = iter([NodeError(CALL_REFUSED("scn-1: no")), "not yet", 7])

    def probe() -> int | str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert wait_for(probe, deadline=5) == 7
    assert clock.now == pytest.approx(1000.4)
