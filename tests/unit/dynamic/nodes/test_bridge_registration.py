"""Which contracts an SCN may serve, and what is advised where it may not."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.contracts import contract, pairing
from components.chain.contracts.plan import BridgeState, Refused
from components.chain.errors import ChainError
from components.chain.nodes import readiness, registration
from components.chain.rpc import console as consoles
from components.chain.rpc.endpoint import Endpoint
from components.chain.voters import voters
from components.chain.voters.roster import Roster, Voter, declare
from components.domain.problems.bridge import NOT_COUNTERPARTS, PAIRS_UNABLE
from components.dynamic.base import Props
from components.dynamic.nodes.bridge_registration import CORRECT, REDEPLOY, BridgeRegistrationProvider
from tests.unit.chain.contracts.test_deployment import World, world
from tests.unit.dynamic.test_chain_resource import REGISTRATION
from tests.unit.fake_node import CHILD, PARENT, FakeNode
from tests.unit.fakes import console

__all__ = ["world"]


@pytest.fixture
def served(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the contracts that the SCN serves; it and its EN are nodes of two chains in memory."""
    there: list[str] = []

    def connect(endpoint: Endpoint) -> SimpleNamespace:
        found = console(world.child if endpoint.node == REGISTRATION["node"]["node"] else world.parent)
        return SimpleNamespace(**vars(found), close=lambda: None)

    monkeypatch.setattr(consoles, "Console", connect)
    monkeypatch.setattr(readiness, "wait_until_able", lambda *_, **__: None)
    monkeypatch.setattr(registration, "wait_for_contracts", lambda *_: None)
    monkeypatch.setattr(registration, "register", lambda _scn, _en, child, *_: there.append(child))
    monkeypatch.setattr(pairing, "PATIENCE", 0.0)
    monkeypatch.setattr(pairing.require_counterparts, "__defaults__", (0.0,))
    return there


def registered(bridges: dict[str, str], **more: object) -> Props:
    """Return the inputs for two contracts."""
    return {**REGISTRATION, "child_bridge": bridges["child"], "parent_bridge": bridges["parent"], **more}


@pytest.mark.parametrize("source", ["parent", "child"])
def test_a_request_before_the_first_registration_stops_only_contracts_that_existed_before(
    world: World, served: list[str], source: str
) -> None:
    bridges, provider = world.up(), BridgeRegistrationProvider()
    world.transfer(source, bridges, arrive=False)
    with pytest.raises(ChainError, match=NOT_COUNTERPARTS.code) as caught:
        provider.create(registered(bridges))
    assert CORRECT in str(caught.value)
    assert served == []
    provider.create(registered(bridges, deployed=True))
    assert served == [bridges["child"]]


def test_contracts_of_a_stack_that_are_no_counterparts_are_not_served(world: World, served: list[str]) -> None:
    bridges = world.up()
    world.parent.contracts[bridges["parent"]].lower_handle_nonce = 1
    with pytest.raises(ChainError, match=NOT_COUNTERPARTS.code) as caught:
        BridgeRegistrationProvider().create(registered(bridges, deployed=True))
    assert REDEPLOY in str(caught.value)
    assert served == []


OURS, OTHER = "0x" + "0a" * 20, "0x" + "0b" * 20


class Leaving(FakeNode):
    """An SCN that serves both contracts and whose pair is not in the settings any more."""

    def __init__(self) -> None:
        super().__init__()
        self.journal, self.marked, self.memory = {CHILD: PARENT}, {CHILD}, {CHILD, PARENT}

    def _getParentOperatorAddr(self) -> str:  # noqa: N802
        return OURS

    _getChildOperatorAddr = _getParentOperatorAddr  # noqa: N815


@pytest.fixture
def leaving(monkeypatch: pytest.MonkeyPatch) -> Leaving:
    node = Leaving()
    fake: Any = node.console
    fake.close = lambda: None
    monkeypatch.setattr(consoles, "Console", lambda _endpoint: fake)
    monkeypatch.setattr(readiness, "leave_pair", lambda *_: node.journal.clear())
    state = BridgeState(OTHER, (OURS, OTHER), 1, mode_mint_burn=False, request_nonce=0, lower_handle_nonce=0)
    monkeypatch.setattr(contract, "require_state", lambda *_: state)
    return node


def stays(monkeypatch: pytest.MonkeyPatch, *, able: bool) -> None:
    """Declare the one pair that stays."""
    scn = Endpoint.model_validate(REGISTRATION["node"])
    other = Voter(pair="beta", scn=scn, en=scn, parent=OTHER, child=OTHER)
    declare(Roster(child_bridge=CHILD, parent_bridge=PARENT, voters=(other,)))
    monkeypatch.setattr(voters, "unable", lambda *_: {} if able else {"beta": "its EN is dead"})


@pytest.mark.parametrize("adopted", [False, True])
def test_an_scn_keeps_serving_while_the_pairs_that_stay_cannot_vote(
    leaving: Leaving, monkeypatch: pytest.MonkeyPatch, *, adopted: bool
) -> None:
    """The pairs were checked in an earlier run, which ended before this one released the contracts."""
    known = registered({"child": CHILD, "parent": PARENT}, adopted=adopted)
    stays(monkeypatch, able=False)
    with pytest.raises(Refused, match=f"scn-1: releasing .*its EN is dead.*{PAIRS_UNABLE.code}"):
        BridgeRegistrationProvider().delete("id", known)
    assert leaving.journal
    stays(monkeypatch, able=True)
    BridgeRegistrationProvider().delete("id", known)
    assert not leaving.journal


@pytest.mark.parametrize("lost", ["peers", "memory"])
def test_an_scn_that_cannot_vote_may_leave(leaving: Leaving, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    stays(monkeypatch, able=False)
    getattr(leaving, lost).clear()
    BridgeRegistrationProvider().delete("id", registered({"child": CHILD, "parent": PARENT}))
    assert not leaving.journal


def test_a_destroy_asks_nobody(leaving: Leaving) -> None:
    BridgeRegistrationProvider().delete("id", registered({"child": CHILD, "parent": PARENT}))
    assert not leaving.journal
