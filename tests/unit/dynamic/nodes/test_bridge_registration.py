"""Which contracts an SCN may serve, and what is advised where it may not."""

from types import SimpleNamespace

import pytest

from components.chain.contracts import pairing
from components.chain.errors import ChainError
from components.chain.nodes import readiness, registration
from components.chain.rpc import console as consoles
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.bridge import NOT_COUNTERPARTS
from components.dynamic.base import Props
from components.dynamic.nodes.bridge_registration import CORRECT, REDEPLOY, BridgeRegistrationProvider
from tests.unit.chain.contracts.test_deployment import World, world
from tests.unit.dynamic.test_chain_resource import REGISTRATION
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
