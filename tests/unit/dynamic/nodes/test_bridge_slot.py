"""The slot of an EN is handed over when its pair has another SCN, once that one asks for it."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.errors import Unreachable
from components.chain.rpc import console
from components.domain.problems.nodes import NODE_DOWN
from components.dynamic.base import Props
from components.dynamic.nodes.bridge_slot import PATIENCE, BridgeSlotProvider
from tests.unit.dynamic.test_chain_resource import endpoint
from tests.unit.fake_node import Clock, FakeNode

KNI = f"kni://{'aa' * 64}@10.0.0.2:50505?discport=0"
SLOT: Props = {"en": "alpha-en", "kni": KNI, "scn": endpoint("scn-1")}
MOVED: Props = {**SLOT, "scn": endpoint("scn-3")}


class Former(FakeNode):
    """The SCN that the pair had: it may be connected to its new EN already, from which nobody may part it."""

    def _removePeer(self, kni: str) -> None:  # noqa: N802
        super()._removePeer(kni)
        self.peers = [peer for peer in self.peers if peer not in kni]


@pytest.fixture
def former() -> Former:
    return Former(["aa" * 64])


@pytest.fixture
def scn(monkeypatch: pytest.MonkeyPatch, former: Former) -> FakeNode:
    """Return the new SCN of the pair, which its restart gives a sub bridge."""
    scn = FakeNode([])

    def connect(at: Any) -> SimpleNamespace:
        node = former if at.node == "scn-1" else scn
        return SimpleNamespace(**vars(node.console), close=lambda: None)

    monkeypatch.setattr(console, "Console", connect)
    return scn


def test_nobody_is_parted_while_the_pair_is_the_same(scn: FakeNode, former: Former) -> None:
    assert BridgeSlotProvider().create(dict(SLOT)).id == "alpha-en/slot"
    BridgeSlotProvider().update("id", dict(SLOT), {**SLOT, "scn": endpoint("scn-1", port=23.0)})
    BridgeSlotProvider().update("id", dict(SLOT), {**SLOT, "kni": KNI.replace("10.0.0.2", "10.0.0.3")})
    renamed = endpoint("scn-1", node="uno")  # an existing SCN may get another name
    BridgeSlotProvider().update("id", dict(SLOT), {**SLOT, "scn": renamed})
    assert (former.calls, scn.calls) == ([], [])


def test_the_former_scn_makes_room_once_the_new_one_asks(scn: FakeNode, former: Former, clock: Clock) -> None:
    scn.sub_bridge = False

    def restart() -> None:
        assert former.dialled == []
        scn.sub_bridge = clock.now > 1010

    clock.sleepers.append(restart)
    BridgeSlotProvider().update("id", dict(SLOT), dict(MOVED))
    assert former.dialled == [("remove", KNI)]
    assert 1010 < clock.now < 1012


def test_an_scn_that_still_has_its_own_en_is_given_time_to_leave_it(
    scn: FakeNode, former: Former, clock: Clock
) -> None:
    scn.peers = ["bb" * 64]
    BridgeSlotProvider().update("id", dict(SLOT), dict(MOVED))
    assert former.dialled == [("remove", KNI)]
    assert clock.now >= 1000 + PATIENCE


def test_a_run_that_was_cut_off_waits_for_nothing(scn: FakeNode, former: Former, clock: Clock) -> None:
    scn.peers = ["aa" * 64]
    BridgeSlotProvider().update("id", dict(SLOT), dict(MOVED))
    assert former.dialled == [("remove", KNI)]
    assert clock.now == 1000


def test_only_the_en_that_it_leaves_is_taken_from_an_scn(scn: FakeNode, former: Former) -> None:
    former.peers = ["bb" * 64]
    BridgeSlotProvider().update("id", dict(SLOT), dict(MOVED))
    assert scn.calls
    assert former.dialled == [("remove", KNI)]
    assert former.peers == ["bb" * 64]


def test_an_scn_that_is_dead_or_has_no_sub_bridge_keeps_no_slot(
    scn: FakeNode, former: Former, capsys: pytest.CaptureFixture[str]
) -> None:
    former.sub_bridge = False
    BridgeSlotProvider().update("id", dict(SLOT), dict(MOVED))
    assert scn.calls
    assert former.dialled == []

    def dead() -> None:
        raise Unreachable(NODE_DOWN("scn-1: no node listens"))

    former.sub_bridge, former._listBridge = True, dead  # type: ignore[method-assign]
    BridgeSlotProvider().update("id", dict(SLOT), dict(MOVED))
    assert "alpha-en: scn-1: no node listens" in capsys.readouterr().err
