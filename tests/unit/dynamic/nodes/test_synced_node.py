"""An EN that has to follow a chain of others: what a refresh says of it, and what ends the wait of an up."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.errors import Unreachable
from components.chain.nodes import sync
from components.chain.nodes.fork import OtherFork
from components.chain.rpc import console, reference_rpc
from components.domain.problems.chains import REFERENCE_SILENT
from components.domain.problems.nodes import NOT_SYNCED, OTHER_FORK
from components.dynamic.base import Props
from components.dynamic.nodes import synced_node
from components.dynamic.nodes.synced_node import SyncedNode, SyncedNodeProvider
from tests.life import Life
from tests.unit.fake_node import EPOCH, Clock

A, B = "0x" + "aa" * 32, "0x" + "bb" * 32
NODE: Props = {
    "node": {"node": "alpha-en", "host": "10.0.0.1", "private_key": "k", "host_key": "h", "ipc": "/srv/klay.ipc"},
    "chain_id": 2020,
    "started": "1",
    "hours": 24,
    "reference_rpc": "https://rpc.test/a-key",
    "passed_at": None,
}
WITHOUT = {**NODE, "reference_rpc": None}


class Chain:
    """An EN in sync, and a reference that has the same blocks."""

    def __init__(self) -> None:
        self.hash, self.bad, self.height, self.age = A, "", 39, 1
        self.error: Exception | None = None

    def call(self, method: str, *_params: Any) -> Any:
        """Answer, in the name of the EN."""
        block = {"number": hex(39), "hash": A, "timestamp": hex(int(EPOCH) + 1000 - self.age)}
        answers = {
            "eth_syncing": False,
            "eth_getBlockByNumber": block,
            "admin_peers": [{"id": "aa" * 64}],
            "debug_getBadBlocks": [{"hash": self.bad}],
        }
        return answers[method]

    def reference(self, url: str, chain_id: int) -> Any:
        """Return the reference."""
        assert (url, chain_id) == (NODE["reference_rpc"], 2020)
        return SimpleNamespace(
            host="rpc.test", height=self.tell, block_hash=lambda number: self.hash if number == 39 else B
        )

    def tell(self) -> int:
        """Return the height of the reference."""
        if self.error:
            raise self.error
        return self.height


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Chain:
    chain = Chain()
    assert sync.__name__  # imported before the class that its types name is replaced
    en = SimpleNamespace(node="alpha-en", call=chain.call, close=lambda: None)
    monkeypatch.setattr(console, "Console", lambda _endpoint: en)
    monkeypatch.setattr(reference_rpc, "ReferenceRpc", chain.reference)
    monkeypatch.setattr(synced_node, "time", clock)
    return chain


def drift_of(life: Life) -> dict[str, str]:
    assert life.refresh()
    return dict(life.inputs.get("drift") or {})


@pytest.fixture
def life(chain: Chain) -> Life:
    life = Life(SyncedNodeProvider(), SyncedNode)
    assert life.up(NODE) == "create"
    assert life.outs["passed_at"] == "39"
    assert drift_of(life) == {}
    assert chain.error is None
    return life


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"hash": B}, ["block 39", A, B]),
        ({"height": 50, "bad": B}, ["at block 39", "block 40", B]),
    ],
)
def test_another_fork_is_drift_and_no_lag(life: Life, chain: Chain, change: Props, named: list[str]) -> None:
    vars(chain).update(change, age=10_000)
    ((name, said),) = drift_of(life).items()
    assert name == "fork"
    assert all(value in said for value in (*named, "rpc.test", OTHER_FORK.code))
    assert "a-key" not in said
    assert not said.startswith("alpha-en"), "its name comes before it"
    with pytest.raises(OtherFork, match=rf"^alpha-en: .*{OTHER_FORK.code}"):
        life.up(NODE)


def test_a_new_en_on_another_fork_does_not_pass(chain: Chain) -> None:
    chain.hash = B
    with pytest.raises(OtherFork):
        Life(SyncedNodeProvider(), SyncedNode).up(NODE)


def test_without_a_reference_nothing_is_compared(chain: Chain) -> None:
    chain.hash, chain.error = B, AssertionError("it is asked")
    life = Life(SyncedNodeProvider(), SyncedNode)
    assert life.up(WITHOUT) == "create"
    assert drift_of(life) == {}


def test_a_reference_that_is_silent_hides_no_lag(life: Life, chain: Chain) -> None:
    chain.error = Unreachable(REFERENCE_SILENT("the reference RPC at rpc.test does not answer"))
    assert drift_of(life) == {}
    chain.age = 10_000
    found = drift_of(life)
    assert found.keys() == {"sync"}
    assert NOT_SYNCED.code in found["sync"]
