"""A running node compared with what was predicted: a sentence per difference, and the calls that repair it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.errors import NotReady
from components.chain.nodes import drift
from components.chain.nodes.drift import Actual, Mismatch, differences, messages, read, repair, wait_until_ready
from components.chain.nodes.expected import Expected
from components.chain.rpc.console import Console
from components.domain.problems.chains import PEER_KEPT
from components.domain.problems.nodes import BRIDGE_OFF, OTHER_IDENTITY, WRONG_ANCHORING, WRONG_BRIDGE_PEER
from components.domain.problems.problem import Problem
from tests.unit.chain.rpc.test_node_locks import endpoint
from tests.unit.fake_node import fail

pytestmark = pytest.mark.usefixtures("clock")

OWN, OTHER = "aa" * 64, "bb" * 64
PEER = f"kni://{OWN}@10.0.0.2:50505?discport=0"
WRONG = f"kni://{OTHER}@10.0.0.3:50505?discport=0"
ONE, TWO = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
EN = Expected(chain_id=2020, kni=PEER)
SCN = Expected(chain_id=3000, parent_operator=ONE, child_operator=TWO, peer=PEER, anchoring=True, anchoring_period=5)
WELL = Actual(3000, parent_operator=ONE.lower(), child_operator=TWO, peers=(PEER,), anchoring=True, anchoring_period=5)
AT = "10.0.0.2:50505"


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (WELL, {}),
        (replace(WELL, peers=(PEER.replace("10.0.0.2", "192.0.2.1"),)), {}),
        (replace(WELL, chain_id=1), {"chain_id": "it is on chain 1, not on chain 3000"}),
        (replace(WELL, parent_operator=TWO), {"parent_operator": f"its parent operator is {TWO}, not {ONE}"}),
        (replace(WELL, child_operator=None), {"child_operator": f"its child operator is None, not {TWO}"}),
        (
            replace(WELL, peers=()),
            {"peer": f"it has no bridge peer: the main bridge of its EN at {AT} is not connected"},
        ),
        (
            replace(WELL, peers=(WRONG,)),
            {"peer": f"its bridge peer is the main bridge at 10.0.0.3:50505, not that of its EN at {AT}"},
        ),
        (
            replace(WELL, peers=(PEER, WRONG)),
            {"peer": f"its bridge peer is the main bridge at 10.0.0.3:50505, not that of its EN at {AT}"},
        ),
        (replace(WELL, anchoring=False), {"anchoring": "anchoring is off, but on in its conf"}),
        (
            replace(WELL, anchoring_period=9),
            {"anchoring_period": "it anchors every 9 blocks, but in its conf every 5"},
        ),
        (Actual(3000, bridge=False), {"bridge": "its sub bridge is off, but on in its files"}),
    ],
)
def test_each_difference_of_an_scn_has_its_words(actual: Actual, words: dict[str, str]) -> None:
    assert differences(SCN, actual) == words


@pytest.mark.parametrize(
    ("actual", "problem"),
    [
        (replace(WELL, chain_id=1), OTHER_IDENTITY),
        (replace(WELL, parent_operator=TWO), OTHER_IDENTITY),
        (replace(WELL, child_operator=None), OTHER_IDENTITY),
        (replace(WELL, peers=()), WRONG_BRIDGE_PEER),
        (replace(WELL, anchoring=False), WRONG_ANCHORING),
        (replace(WELL, anchoring_period=9), WRONG_ANCHORING),
        (Actual(3000, bridge=False), BRIDGE_OFF),
    ],
)
def test_each_difference_is_of_a_problem(actual: Actual, problem: Problem) -> None:
    found = differences(SCN, actual)
    assert messages(found) == {name: problem(words) for name, words in found.items()}
    assert len(found) == 1


def test_anchoring_that_should_be_off() -> None:
    found = differences(SCN.model_copy(update={"anchoring": False}), WELL)
    assert found == {"anchoring": "anchoring is on, but off in its conf"}


def test_what_was_not_predicted_is_not_compared() -> None:
    adopted = SCN.model_copy(update={"anchoring": None, "anchoring_period": None})
    assert differences(adopted, replace(WELL, anchoring_period=9)) == {}
    assert differences(Expected(chain_id=3000), Actual(3000)) == {}


@pytest.mark.parametrize(
    ("actual", "words"),
    [
        (Actual(2020, main_bridge=OWN), {}),
        (Actual(2020, main_bridge=OTHER), {"kni": f"the key of its main bridge is {OTHER}, not {OWN}"}),
        (Actual(2020, bridge=False), {"bridge": "its main bridge is off, but on in its files"}),
    ],
)
def test_each_difference_of_an_en_has_its_words(actual: Actual, words: dict[str, str]) -> None:
    assert differences(EN, actual) == words


class Node:
    """An SCN or EN that answers from memory."""

    def __init__(self, expected: Expected, *peers: str) -> None:
        self.chain_id, self.peers, self.anchoring, self.bridge = expected.chain_id, list(peers), True, True
        self.said: list[tuple[object, ...]] = []
        self.parts = True

    @property
    def console(self) -> Console:
        """Return a console on this node, without SSH."""
        return cast("Console", SimpleNamespace(node="scn-1", call=self.call))

    def call(self, method: str, *params: object, timeout: float = 30.0) -> Any:  # noqa: ARG002
        """Answer, in the name of the node."""
        namespace, name = method.split("_")
        if not self.bridge and namespace != "eth":
            fail(f"the method {method} does not exist/is not available")
        answers = {
            "chainId": hex(self.chain_id),
            "nodeInfo": {"kni": PEER.replace("10.0.0.2", "[::]")},
            "getParentOperatorAddr": ONE,
            "getChildOperatorAddr": TWO,
            "peers": [_told(kni) for kni in self.peers] or None,
            "getAnchoring": self.anchoring,
            "getAnchoringPeriod": 5,
            "listBridge": None,
        }
        if name in answers:
            return answers[name]
        self.said.append((name, *params))
        if name == "removePeer" and self.parts:
            self.peers = [kni for kni in self.peers if kni != params[0]]
        return True


def _told(kni: str) -> dict[str, object]:
    id_, _, rest = kni.removeprefix("kni://").partition("@")
    return {"id": id_, "networks": [{"remoteAddress": rest.split("?")[0]}]}


def mended(node: Node) -> list[tuple[object, ...]]:
    repair(node.console, SCN, read(node.console, SCN))
    return node.said


def test_a_node_that_is_as_predicted_is_left_alone() -> None:
    node = Node(SCN, PEER)
    assert differences(SCN, read(node.console, SCN)) == {}
    assert mended(node) == []
    assert differences(EN, read(Node(EN).console, EN)) == {}
    assert read(Node(EN).console, Expected(chain_id=2020)) == Actual(2020)


def test_a_missing_peer_is_dialled_now() -> None:
    assert mended(Node(SCN)) == [("removePeer", PEER), ("addPeer", PEER)]


def test_a_wrong_peer_is_parted_from_before_the_right_one_is_dialled() -> None:
    assert mended(Node(SCN, WRONG)) == [("removePeer", WRONG), ("removePeer", PEER), ("addPeer", PEER)]


def test_a_second_peer_is_parted_from_and_the_right_one_kept() -> None:
    assert mended(Node(SCN, PEER, WRONG)) == [("removePeer", WRONG)]


def test_a_peer_that_does_not_go_is_reported() -> None:
    node = Node(SCN, WRONG)
    node.parts = False
    with pytest.raises(NotReady, match=rf"^scn-1: .* 10\.0\.0\.3:50505 .*{PEER_KEPT.code}"):
        mended(node)


@pytest.mark.parametrize(
    ("expected", "problem", "named"),
    [
        (Expected(chain_id=1), OTHER_IDENTITY, ["chain id", "3000", "1"]),
        (
            SCN.model_copy(update={"parent_operator": TWO}),
            OTHER_IDENTITY,
            ["parent operator", ONE.lower(), TWO.lower()],
        ),
        (SCN, WRONG_BRIDGE_PEER, ["main bridge peers", OWN, OTHER]),
    ],
)
def test_another_node_than_predicted_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, expected: Expected, problem: Problem, named: list[str]
) -> None:
    node = Node(SCN, PEER, WRONG)
    eth = SimpleNamespace(chain_id=3000)
    opened = SimpleNamespace(**vars(node.console), web3=SimpleNamespace(eth=eth), close=lambda: None)
    monkeypatch.setattr(drift, "Console", lambda _endpoint: opened)
    with pytest.raises(Mismatch, match=f"^scn-1: .*{problem.code}") as caught:
        wait_until_ready(endpoint("scn-1"), expected)
    assert all(value in str(caught.value) for value in named)


def test_anchoring_is_switched_by_a_call() -> None:
    node = Node(SCN, PEER)
    node.anchoring = False
    assert mended(node) == [("anchoring", True)]


def test_a_bridge_that_is_off_is_reported_of_both_halves() -> None:
    for expected in (SCN, EN):
        node = Node(expected)
        node.bridge = False
        assert differences(expected, read(node.console, expected)).keys() == {"bridge"}
