"""Whether a pair can vote now: its nodes answer, are connected and in sync, serve the contracts, and count right."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.contracts.plan import BridgeState, Refused
from components.chain.errors import Unreachable
from components.chain.nodes.journal import Registration
from components.chain.rpc import waiting
from components.chain.rpc.endpoint import Endpoint
from components.chain.voters import voters
from components.chain.voters.roster import Roster, Voter, declare
from components.chain.voters.voters import require_voters, require_voters_for, unable, unable_now, why_unable
from components.domain.problems.bridge import PAIR_UNABLE, PAIRS_UNABLE, TOO_FEW_OPERATORS
from components.domain.problems.chains import NOT_IN_TIME
from components.domain.problems.nodes import NODE_DOWN
from tests.unit.fake_node import CHILD, PARENT, Clock

ONE, TWO = "0x" + "0a" * 20, "0x" + "0b" * 20


def node(name: str) -> Endpoint:
    return Endpoint(node=name, host="10.0.0.1", private_key="k", host_key="h", ipc="/srv/klay.ipc")


def voter(name: str, operator: str) -> Voter:
    return Voter(pair=name, scn=node(f"{name}-scn"), en=node(f"{name}-en"), parent=operator, child=operator)


ROSTER = Roster(child_bridge=CHILD, parent_bridge=PARENT, voters=(voter("alpha", ONE), voter("beta", TWO)))


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what is wrong with which node, to be written to; nothing at first."""
    wrong: dict[str, Any] = {}

    def connect(endpoint: Endpoint) -> SimpleNamespace:
        if wrong.get(endpoint.node) == "dead":
            raise Unreachable(NODE_DOWN(f"{endpoint.node}: no node listens"))
        return SimpleNamespace(node=endpoint.node, close=lambda: None)

    def says(problem: str) -> Any:
        return lambda node, *_: f"{node.node}: {problem}" if wrong.get(node.node) == problem else True

    monkeypatch.setattr(voters, "Console", connect)
    monkeypatch.setattr(voters, "behind", says("behind"))
    monkeypatch.setattr(voters, "one_peer", says("alone"))
    serves = lambda scn, *_: Registration(registered=True, live=wrong.get(scn.node) != "not subscribed")  # noqa: E731
    monkeypatch.setattr(voters, "settled_registration", serves)
    monkeypatch.setattr(voters, "miscounts", lambda scn, *_: "counts wrong" * (wrong.get(scn.node) == "counts wrong"))
    monkeypatch.setattr(waiting, "time", Clock())
    voters._looks.clear()
    return wrong


def test_pairs_that_can_vote(nodes: dict[str, Any]) -> None:
    assert not nodes
    assert unable_now(ROSTER) == {}


@pytest.mark.parametrize(
    ("name", "problem", "words"),
    [
        ("beta-scn", "dead", NODE_DOWN("beta-scn: no node listens")),
        ("beta-en", "dead", NODE_DOWN("beta-en: no node listens")),
        ("beta-en", "behind", NOT_IN_TIME("beta-en: behind (waited 10 s)")),
        ("beta-scn", "alone", NOT_IN_TIME("beta-scn: alone (waited 10 s)")),
        ("beta-scn", "not subscribed", f"beta-scn: it does not serve the bridge contracts {CHILD} and {PARENT}"),
        ("beta-scn", "counts wrong", PAIR_UNABLE("beta-scn: counts wrong (waited 10 s)")),
    ],
)
def test_a_pair_that_cannot_reports_why(nodes: dict[str, Any], name: str, problem: str, words: str) -> None:
    nodes[name] = problem
    assert unable_now(ROSTER) == {"beta": words}


def test_without_its_en_an_scn_is_asked_alone(nodes: dict[str, Any]) -> None:
    nodes["beta-en"] = "dead"
    scns = {voter.scn.node: (voter.scn, None) for voter in ROSTER.voters}
    assert why_unable(scns, CHILD, PARENT) == {}
    nodes["beta-scn"] = "alone"
    assert why_unable(scns, CHILD, PARENT) == {"beta-scn": NOT_IN_TIME("beta-scn: alone (waited 10 s)")}


def test_what_passes_by_itself_is_waited_for(nodes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """An EN in sync looks behind for moments (seen on real nodes)."""
    clock = Clock()
    clock.sleepers.append(nodes.clear)
    monkeypatch.setattr(waiting, "time", clock)
    nodes["beta-en"] = "behind"
    assert unable_now(ROSTER) == {}


def state(*operators: str, threshold: int = 1) -> BridgeState:
    return BridgeState("owner", operators, threshold, mode_mint_burn=False, request_nonce=0, lower_handle_nonce=0)


def test_a_vote_goes_where_those_that_stay_carry_the_bridge(nodes: dict[str, Any]) -> None:
    require_voters(CHILD, state(ONE, TWO), [ONE, TWO], "the end of a stack, with no pairs declared")
    declare(ROSTER)
    require_voters(CHILD, state(ONE, TWO, "0xC", threshold=2), ["0xc"], "removing 0xC")
    nodes["beta-en"] = "dead"
    voters._looks.clear()
    require_voters(PARENT, state(ONE, TWO, "0xC"), ["0xC"], "removing 0xC")
    with pytest.raises(Refused, match=rf"of the 2 pair.s. that stay 1 can.*{PAIRS_UNABLE.code}"):
        require_voters(PARENT, state(ONE, TWO, "0xC", threshold=2), ["0xC"], "removing 0xC")
    with pytest.raises(Refused, match=rf"0 operator.s. would stay.*{TOO_FEW_OPERATORS.code}"):
        require_voters(PARENT, state(ONE), [ONE], "removing the last one")


def test_a_pair_that_is_restarted_in_this_run_is_waited_for(nodes: dict[str, Any], monkeypatch: Any) -> None:
    clock = Clock()
    clock.sleepers.append(nodes.clear)
    monkeypatch.setattr(waiting, "time", clock)
    nodes["beta-en"] = "dead"
    declare(ROSTER)
    require_voters(PARENT, state(ONE, TWO, "0xC", threshold=2), ["0xC"], "removing 0xC")


def test_a_transfer_needs_more_votes_only_where_the_pairs_can_give_them(nodes: dict[str, Any]) -> None:
    require_voters_for(CHILD, state(ONE, TWO), 2, "no pairs are declared")
    declare(ROSTER)
    require_voters_for(CHILD, state(ONE, TWO), 2, "raising")
    voters._looks.clear()
    nodes["beta-en"] = "dead"
    with pytest.raises(Refused, match=rf"^raising is refused.*pair beta: .*{PAIRS_UNABLE.code}"):
        require_voters_for(PARENT, state(ONE, TWO), 2, "raising")


def test_a_look_that_did_not_wait_for_a_pair_is_repeated_where_it_is_needed(
    nodes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes["beta-en"] = "dead"
    assert set(unable(ROSTER, 1)) == {"beta"}
    clock = Clock()
    clock.sleepers.append(nodes.clear)
    monkeypatch.setattr(waiting, "time", clock)
    assert set(unable(ROSTER, 1)) == {"beta"}, "one of them is enough: it is not asked again"
    assert unable(ROSTER, 2) == {}
