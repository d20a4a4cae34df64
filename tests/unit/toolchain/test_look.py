"""One quick check of all nodes: what is wrong, what repairs it, and what to refresh."""

import time
from collections.abc import Sequence
from typing import Any

import pytest

from components.chain.errors import HostUnreachable, Unreachable
from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.nodes import CONSOLE_SILENT
from components.domain.problems.operations import BRIDGE_NOT_SERVED, MACHINE_SILENT, NODE_ILL, OTHER_MAIN_BRIDGES
from components.domain.problems.packages import OTHER_VERSION_RUNS
from components.domain.problems.problem import Problem
from tests.unit.fake_node import CHILD, PARENT
from toolchain.ops.look import Answered, Finding, Node, judge, look_at, nodes
from toolchain.ops.state import _MARK, _SECRET

HEAD = "urn:pulumi:dev::servicechain-ha::"
KIND = "pulumi-python:dynamic/servicechain:"
LOGIN = {"host": "10.0.0.1", "private_key": "k", "host_key": "h", "ipc": "/srv/klay.ipc"}
KNI = f"kni://{'aa' * 64}@10.0.0.2:50505?discport=0"


def resource(kind: str, name: str, **outputs: object) -> dict[str, Any]:
    return {"urn": f"{HEAD}{KIND}{kind}::{name}", "type": f"{KIND}{kind}", "outputs": outputs}


def export() -> dict[str, Any]:
    """Return an export of an EN, an SCN in a pair, and one that was adopted."""
    hidden = {
        _MARK: _SECRET,
        "plaintext": '{"node": "alpha-en", "host": "a", "private_key": "k", "host_key": "h", "ipc": "/i"}',
    }
    scn = {**LOGIN, "node": "scn-1"}
    resources = [
        {"urn": f"{HEAD}pulumi:pulumi:Stack::dev", "type": "pulumi:pulumi:Stack"},
        resource("RunningNode", "alpha-en", node=hidden, role="en"),
        resource("RunningNode", "scn-1", node=scn, role="scn", peer=KNI),
        resource("UpdatedNode", "scn-1", node=scn, role="scn", peer=KNI, version="Klaytn/v1.0.3/linux-amd64/go1.22.0"),
        resource(
            "AdoptedNode", "scn-2", node={**LOGIN, "node": "scn-2"}, role="scn", peer=KNI, dialled=f"{KNI}&ntype=en"
        ),
        resource("BridgeRegistration", "scn-1-registration", node=scn, child_bridge=CHILD, parent_bridge=PARENT),
    ]
    return {"deployment": {"resources": resources}}


def test_nodes_are_known_by_the_state() -> None:
    en, scn, adopted = nodes(export())
    assert (en.name, en.endpoint.host, en.peer, en.bridges) == ("alpha-en", "a", "", None)
    assert (scn.peer, scn.bridges) == (KNI, (CHILD, PARENT))
    assert (scn.urn, scn.registration) == (
        f"{HEAD}{KIND}RunningNode::scn-1",
        f"{HEAD}{KIND}BridgeRegistration::scn-1-registration",
    )
    assert (scn.update, en.update, adopted.update) == (f"{HEAD}{KIND}UpdatedNode::scn-1", "", "")
    assert (adopted.peer, adopted.bridges) == (f"{KNI}&ntype=en", None)
    assert nodes({}) == nodes({"deployment": None}) == []


def one(name: str) -> Node:
    return next(node for node in nodes(export()) if node.name == name)


class Answers:
    """What a node answers, by method; an exception is raised."""

    def __init__(self, **answers: object) -> None:
        self._answers = {
            "eth_chainId": "0x1",
            "subbridge_peers": [{"id": "aa" * 64}],
            "subbridge_getBridgeInformation": {"isSubscribed": True},
            "web3_clientVersion": "Klaytn/v1.0.3/linux-amd64/go1.22.1",
            **answers,
        }

    def __call__(self, method: str, _given: Sequence[object]) -> Any:
        """Answer a call."""
        answer = self._answers[method]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize("name", ["alpha-en", "scn-1", "scn-2"])
def test_a_node_that_is_well_is_no_problem(name: str) -> None:
    assert judge(one(name), Answers()) is None


@pytest.mark.parametrize(
    ("answers", "problem", "words", "stale"),
    [
        (
            {"eth_chainId": Unreachable(CONSOLE_SILENT("scn-1: no answer in 3 s"))},
            NODE_ILL,
            "no answer in 3 s ",
            "RunningNode",
        ),
        ({"eth_chainId": HostUnreachable(HOST_SILENT("scn-1: no SSH"))}, MACHINE_SILENT, "no SSH ", ""),
        ({"subbridge_peers": None}, OTHER_MAIN_BRIDGES, "connected to 0 ", "RunningNode"),
        (
            {"subbridge_peers": [{"id": "aa" * 64}, {"id": "bb" * 64}]},
            OTHER_MAIN_BRIDGES,
            "connected to 2 ",
            "RunningNode",
        ),
        ({"subbridge_peers": Answered("no such method")}, NODE_ILL, "no such method; ", "RunningNode"),
        (
            {"subbridge_getBridgeInformation": Answered("Invalid bridge pair")},
            BRIDGE_NOT_SERVED,
            "",
            "BridgeRegistration",
        ),
        (
            {"subbridge_getBridgeInformation": {"isSubscribed": False}},
            BRIDGE_NOT_SERVED,
            "",
            "BridgeRegistration",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_repairs_it(
    answers: dict[str, object], problem: Problem, words: str, stale: str
) -> None:
    finding = judge(one("scn-1"), Answers(**answers))
    assert finding
    assert finding.problem == problem
    assert problem.code in finding.message
    assert finding.message.startswith("scn-1: ")
    assert finding.message.count("scn-1: ") == 1, "the error names the node too"
    assert words in finding.message
    assert ("make replace MACHINE=scn-1" in finding.message) == (problem is MACHINE_SILENT)
    assert [urn.rpartition("::")[0].rpartition(":")[2] for urn in finding.stale] == ([stale] if stale else [])


NEWER = "Kaia/v2.2.1/linux-amd64/go1.22.1"


def test_a_node_that_an_ended_run_left_with_another_version_is_looked_at_again() -> None:
    finding = judge(one("scn-1"), Answers(web3_clientVersion=NEWER))
    assert finding
    assert (finding.problem, finding.stale) == (OTHER_VERSION_RUNS, [f"{HEAD}{KIND}UpdatedNode::scn-1"])
    assert "v2.2.1" in finding.message
    assert "v1.0.3" in finding.message
    both = judge(one("scn-1"), Answers(web3_clientVersion=NEWER, subbridge_peers=None))
    assert both
    assert both.problem == OTHER_MAIN_BRIDGES
    assert [urn.rpartition(":")[0].rpartition(KIND)[2] for urn in both.stale] == ["RunningNode:", "UpdatedNode:"]


@pytest.mark.parametrize("name", ["alpha-en", "scn-2"])
def test_the_version_of_a_node_of_which_none_is_known_is_its_own(name: str) -> None:
    assert judge(one(name), Answers(web3_clientVersion=NEWER)) is None


def test_all_are_asked_at_once_and_nobody_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolchain.ops.look.DEADLINE", 0.2)

    def look(node: Node) -> Finding | None:
        time.sleep(30 if node.name == "scn-2" else 0.2)
        return Finding(node.name, NODE_ILL, "ill") if node.name == "alpha-en" else None

    begin = time.monotonic()
    ill, slow = look_at(nodes(export()), look)
    assert time.monotonic() - begin < 5
    assert (ill.node, ill.words) == ("alpha-en", "ill")
    assert (slow.node, slow.problem, slow.stale) == ("scn-2", MACHINE_SILENT, ())
    assert "0.2 s" in slow.words
