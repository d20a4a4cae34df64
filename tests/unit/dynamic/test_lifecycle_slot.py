"""The life of the slot of an EN: it acts only when its pair has another SCN, and nothing of it is to be undone."""

from components.dynamic.nodes.bridge_slot import BridgeSlot, BridgeSlotProvider
from tests.lifecycle import Edit, Life, lifecycle
from tests.unit.dynamic.nodes.test_bridge_slot import KNI, SLOT, Former, former, scn
from tests.unit.dynamic.test_chain_resource import endpoint
from tests.unit.fake_node import FakeNode

__all__ = ["former", "scn"]


def test_the_slot_of_an_en(scn: FakeNode, former: Former) -> None:
    secret = "hush-hush"
    elsewhere = KNI.replace("10.0.0.2", "10.0.0.3")
    edits = [
        Edit({"kni": elsewhere}),
        Edit({"scn": endpoint("scn-1", private_key=secret, port=23.0)}),
        Edit({"scn": endpoint("scn-3", private_key=secret)}),
    ]
    program = {**SLOT, "scn": endpoint("scn-1", private_key=secret)}
    lifecycle(Life(BridgeSlotProvider(), BridgeSlot), program, edits, secrets=[secret], lasting=True)
    assert former.dialled == [("remove", elsewhere)]
    assert scn.dialled == []
