"""A bridge contract and the one on the other chain: when it takes another's place, and what is said of an old one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi
import pytest

from components.chain.contracts import pairing
from components.chain.errors import ChainError, Unreachable
from components.chain.rpc import head, waiting
from components.chain.rpc.console import Console
from components.chain.tx import sender
from components.domain.problems.bridge import COINS_REMAIN, COUNTERPART_GONE, NOT_COUNTERPARTS, REMAINS_UNKNOWN
from components.domain.problems.chains import CHAIN_UNREADABLE
from components.dynamic.base import Props
from components.dynamic.contracts import bridge_contract
from components.dynamic.contracts.bridge_contract import BridgeContractInputs, BridgeContractProvider
from tests.unit.chain.contracts.test_deployment import ONE, OWNER_ADDRESS, TWO, World, world
from tests.unit.dynamic.test_chain_resource import ON_CHAIN, endpoint
from tests.unit.fake_node import Clock
from tests.unit.fakes import FakeChain, console

__all__ = ["world"]

ASKED: Props = {
    **ON_CHAIN,
    "chain_id": 2020.0,
    "mode_mint_burn": False,
    "artifact": "Bridge.json",
    "operators": [ONE],
    "other_chain_id": 3000.0,
    "other_endpoints": [endpoint("scn-1")],
    "other_owner": OWNER_ADDRESS,
}


@pytest.fixture
def connected(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Have the provider work on two chains in memory."""

    @contextmanager
    def session(inputs: BridgeContractInputs) -> Iterator[Console]:
        yield console(world.parent if inputs.chain_id == 2020 else world.child)

    @contextmanager
    def connect(_endpoints: object, chain_id: int) -> Iterator[Console]:
        yield console(world.parent if chain_id == 2020 else world.child)

    monkeypatch.setattr(bridge_contract, "session", session)
    monkeypatch.setattr("components.chain.rpc.console.connect", connect)
    monkeypatch.setattr(pairing, "PATIENCE", 0.0)
    return world


def used(world: World) -> dict[str, str]:
    """Return a bridge over which a transfer went each way."""
    bridges = world.up()
    world.transfer("parent", bridges)
    world.transfer("child", bridges)
    return bridges


def rebuild(world: World) -> None:
    """Make the child chain again."""
    world.child = FakeChain(3000)
    sender.forget()
    world.spend("child", 1)


@pytest.mark.parametrize(
    ("change", "changes", "replaces"),
    [
        ({"operators": [ONE, TWO]}, False, []),
        ({"operators": pulumi.UNKNOWN}, False, []),
        ({"other_endpoints": pulumi.UNKNOWN}, False, []),
        ({"other_endpoints": [endpoint("scn-1"), endpoint("scn-2")]}, False, []),
        ({"other_endpoints": [endpoint("scn-2")]}, True, []),
        ({"other_chain_id": 3001.0}, True, ["other_chain_id"]),
    ],
)
def test_a_contract_serves_one_other_chain(change: Props, changes: bool, replaces: list[str]) -> None:  # noqa: FBT001
    diff = BridgeContractProvider().diff("id", {**ASKED, "address": ONE}, {**ASKED, **change})
    assert (diff.changes, diff.replaces, diff.delete_before_replace) == (changes, replaces, False)


def test_a_refresh_says_that_the_counterpart_is_gone_and_the_next_up_deploys_a_new_pair(
    connected: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bridges = used(connected)
    known = {**ASKED, "address": bridges["parent"], "owner": OWNER_ADDRESS}
    assert BridgeContractProvider().read("id", known).id == "id"
    rebuild(connected)
    assert BridgeContractProvider().read("id", known).id == ""
    said = capsys.readouterr().err
    assert COUNTERPART_GONE.code in said
    assert f"bridge {bridges['parent']}: its counterpart is gone: chain 3000 does not hold" in said
    made = BridgeContractProvider().create({**ASKED, "artifact": str(connected.artifact)}).outs
    assert made is not None
    assert made["address"] != bridges["parent"]


def test_a_chain_that_nobody_can_ask_is_not_gone(connected: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bridges = used(connected)
    rebuild(connected)

    def away(*_: object) -> None:
        raise Unreachable(CHAIN_UNREADABLE("no node of chain 3000 can be used"))

    monkeypatch.setattr("components.chain.rpc.console.connect", away)
    known = {**ASKED, "address": bridges["parent"], "owner": OWNER_ADDRESS}
    assert BridgeContractProvider().read("id", known).id == "id"


def test_a_node_that_is_behind_does_not_say_gone(connected: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bridges = used(connected)
    rebuild(connected)
    monkeypatch.setattr(pairing, "is_caught_up", lambda _console: False)
    known = {**ASKED, "address": bridges["parent"], "owner": OWNER_ADDRESS}
    assert BridgeContractProvider().read("id", known).id == "id"


def test_a_node_that_looks_behind_for_a_moment_is_asked_again(
    connected: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridges = used(connected)
    rebuild(connected)
    looks = iter(["scn-1: is at block 1, and its peers have 1 more"] * 3)
    monkeypatch.setattr(head, "behind", lambda _console: next(looks, None))
    monkeypatch.setattr(waiting, "time", Clock())
    known = {**ASKED, "address": bridges["parent"], "owner": OWNER_ADDRESS}
    assert BridgeContractProvider().read("id", known).id == ""


def test_what_remains_is_told_at_the_end(connected: World, capsys: pytest.CaptureFixture[str]) -> None:
    bridges = connected.up()
    known = {**ASKED, "address": bridges["parent"]}
    BridgeContractProvider().delete("id", known)
    assert capsys.readouterr().err == ""
    connected.parent.balances[bridges["parent"]] = 3 * 10**18
    BridgeContractProvider().delete("id", known)
    said = capsys.readouterr().err
    assert f"chain 2020: the bridge contract {bridges['parent']} stays on the chain; it holds 3 coins" in said
    assert said.endswith(f"[{COINS_REMAIN.code}]\n")
    BridgeContractProvider().delete("id", {**known, "adopt": bridges["parent"]})
    assert capsys.readouterr().err == "", "one that was there before is its owner's"


def test_a_contract_that_nobody_can_read_at_the_end_may_hold_coins(
    connected: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bridges = connected.up()

    def away(_inputs: object) -> None:
        raise Unreachable(CHAIN_UNREADABLE("no node of chain 2020 can be used"))

    monkeypatch.setattr(bridge_contract, "session", away)
    BridgeContractProvider().delete("id", {**ASKED, "address": bridges["parent"]})
    said = capsys.readouterr().err
    assert f"the bridge contract {bridges['parent']} stays on the chain" in said
    assert REMAINS_UNKNOWN.code in said
    assert CHAIN_UNREADABLE.code in said


def test_a_contract_that_was_taken_over_stays_in_the_state_without_its_counterpart(connected: World) -> None:
    bridges = used(connected)
    rebuild(connected)
    adopted = {**ASKED, "adopt": bridges["parent"], "address": bridges["parent"], "owner": OWNER_ADDRESS}
    found = BridgeContractProvider().read("id", adopted)
    assert found.id == "id"
    assert NOT_COUNTERPARTS.code in (found.outs or {})["drift"]["counterpart"]


@pytest.mark.parametrize("side", ["parent", "child"])
def test_configured_contracts_that_are_no_counterparts_stop_both_sides(
    connected: World, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    clock.sleepers.append(lambda: clock.advance(pairing.PATIENCE / 3))
    monkeypatch.setattr(waiting, "time", clock)
    first = used(connected)
    rebuild(connected)
    mixed = {"parent": first["parent"], "child": connected.deploy("child")}
    other = "child" if side == "parent" else "parent"
    asked = {
        **ASKED,
        "chain_id": float(connected.chain(side).chain_id),
        "mode_mint_burn": side == "child",
        "adopt": mixed[side],
        "other_chain_id": float(connected.chain(other).chain_id),
        "other_bridge": mixed[other],
    }
    with pytest.raises(ChainError, match=NOT_COUNTERPARTS.code) as caught:
        BridgeContractProvider().create(asked)
    assert "0 requested on the child chain, 1 handled on the parent chain" in str(caught.value)
    assert "1 requested on the parent chain, 0 handled on the child chain" in str(caught.value)
