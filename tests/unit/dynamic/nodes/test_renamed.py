"""An existing node that gets another name in the settings keeps its files, its votes and its journal."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.adoption.adopted import Adopted
from components.adoption.host_files import FoundFiles
from components.chain.nodes import health, registration
from components.chain.nodes import journal as known
from components.chain.rpc import console
from components.dynamic import renamed
from components.dynamic.base import Props
from components.dynamic.contracts.bridge_operator import BridgeOperatorProvider
from components.dynamic.nodes import bridge_registration
from components.dynamic.nodes.adopted_node import AdoptedNodeProvider
from components.dynamic.nodes.bridge_registration import BridgeRegistrationProvider
from tests.unit.dynamic.test_chain_resource import BRIDGE, ON_CHAIN, ONE, REGISTRATION, TWO, endpoint

KEYS = {"SC_MAIN_BRIDGE": "1"}
NODE: Props = {
    "node": endpoint("one-en", ipc="/data/klay.ipc"),
    "role": "en",
    "chain_id": 3000.0,
    "data": "/data",
    "conf": "/conf/kend.conf",
    "conf_keys": KEYS,
}
UNO: Props = {**NODE, "node": {**NODE["node"], "node": "uno-en"}, "data": "/data/"}
RENAMED = "another resource has it now"


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the nodes that get their former files back."""
    done: list[str] = []
    found = FoundFiles("", None, None, None, restart_due=False, values={})
    monkeypatch.setattr(Adopted, "read", lambda _: found)
    monkeypatch.setattr(Adopted, "set", lambda *_: (False, None))
    monkeypatch.setattr(Adopted, "differences", lambda *_: {})
    monkeypatch.setattr(Adopted, "wait_until_ready", lambda *_: "v1.0.3")
    monkeypatch.setattr(Adopted, "restore", lambda self, _: done.append(self.node.node))
    monkeypatch.setattr(health, "answers", lambda _: True)
    return done


def test_a_node_that_gets_another_name_keeps_its_files(restored: list[str], capsys: Any) -> None:
    provider = AdoptedNodeProvider()
    former = dict(provider.create(dict(NODE)).outs or {})
    renamed.forget()  # the next run
    later = dict(provider.create(dict(UNO)).outs or {})
    provider.delete("id", former)
    assert restored == []
    assert RENAMED in capsys.readouterr().err
    renamed.forget()  # a destroy
    provider.delete("id", later)
    assert restored == ["uno-en"]


def test_a_node_that_is_where_another_one_moved_keeps_its_files(restored: list[str]) -> None:
    """`two` gets the machine of `one`, which leaves the settings."""
    provider, two = AdoptedNodeProvider(), {**NODE, "node": endpoint("two-en", host="10.0.0.2")}
    assert provider.diff("id", two, {**two, "node": {**NODE["node"], "node": "two-en"}}).changes
    provider.delete("id", dict(NODE))
    assert restored == []


def test_an_scn_that_joins_a_pair_keeps_what_was_set(restored: list[str]) -> None:
    """It belongs to its pair then, so Pulumi deletes the resource that only inspected it."""
    AdoptedNodeProvider().create(dict(NODE))
    AdoptedNodeProvider().delete("id", {**NODE, "conf_keys": {}})
    assert restored == []


@pytest.mark.parametrize("change", [{"conf_keys": {}}, {"data": "/other"}, {"node": endpoint("uno-en", port=23.0)}])
def test_what_no_other_node_sets_is_restored(restored: list[str], change: Props) -> None:
    """It leaves its pair with its new name, or it is another node."""
    AdoptedNodeProvider().create({**UNO, **change})
    AdoptedNodeProvider().delete("id", dict(NODE))
    assert restored == ["one-en"]


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the contracts in the journal of an SCN."""
    entries: list[str] = []

    def register(_scn: object, _en: object, child: str, *_: object) -> None:
        entries.append(child)

    monkeypatch.setattr(console, "Console", lambda _: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(known, "read_registration", lambda *_: SimpleNamespace(registered=bool(entries)))
    monkeypatch.setattr(registration, "register", register)
    monkeypatch.setattr(registration, "deregister", lambda _scn, child, _parent: entries.remove(child))
    monkeypatch.setattr(registration, "wait_for_contracts", lambda *_: None)
    monkeypatch.setattr("components.chain.nodes.readiness.wait_until_able", lambda *_, **__: None)
    monkeypatch.setattr("components.chain.contracts.pairing.require_counterparts", lambda *_, **__: None)
    return entries


@pytest.mark.parametrize("deployed", [True, False])
def test_an_scn_that_gets_another_name_keeps_its_journal(
    journal: list[str], capsys: pytest.CaptureFixture[str], *, deployed: bool
) -> None:
    provider = BridgeRegistrationProvider()
    program = {**REGISTRATION, "adopted": True, **({"deployed": True} if deployed else {})}
    former = dict(provider.create(program).outs or {})
    assert former["found"] is False
    renamed.forget()  # the next run
    uno = {**program, "node": {**program["node"], "node": "uno"}}
    later = dict(provider.create(uno).outs or {})
    provider.delete("id", former)
    assert BRIDGE in journal
    assert RENAMED in capsys.readouterr().err
    assert later["found"] is not deployed, "contracts that the stack deployed were in no journal before"
    renamed.forget()  # a destroy
    before = len(journal)
    provider.delete("id", later)
    assert len(journal) == before - deployed


def test_a_state_of_before_asks_for_nothing() -> None:
    program = {**REGISTRATION, "adopted": True}
    assert not BridgeRegistrationProvider().diff("id", dict(program), {**program, "deployed": True}).changes
    assert bridge_registration.BridgeRegistrationInputs.model_fields["deployed"].default is False


@pytest.mark.parametrize(("declared", "removed"), [(ONE.lower(), []), (TWO, [ONE])])
def test_an_scn_that_gets_another_name_keeps_its_votes(
    monkeypatch: pytest.MonkeyPatch, declared: str, removed: list[str]
) -> None:
    vote: Props = {**ON_CHAIN, "bridge": BRIDGE, "operator": ONE, "adopted": True}
    done: list[str] = []
    monkeypatch.setattr(BridgeOperatorProvider, "remove", lambda _self, inputs, _known: done.append(inputs.operator))
    provider = BridgeOperatorProvider()
    provider.diff("id", {**vote, "operator": declared}, {**vote, "operator": declared})
    provider.delete("id", vote)
    assert done == removed
