"""Owner calls through a node's API, which returns a hash whatever happens to the transaction."""

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.accounts.owner import OwnerNode
from components.chain.contracts import owner_via_node
from components.chain.errors import ChainError, NotMined, Reverted, Unreachable
from components.chain.rpc.console import NodeError
from components.chain.voters import calls
from components.domain.problems.bridge import (
    FOREIGN_OWNER,
    OWNER_NODE_LACKS_CALL,
    OWNER_NODE_NOT_MINED,
    OWNER_NODE_REFUSES,
    OWNER_NODE_REVERTS,
)
from components.domain.problems.chains import CALL_REFUSED
from components.domain.problems.nodes import NODE_DOWN
from tests.unit.dynamic.test_chain_resource import BRIDGE, ONE, TWO, endpoint
from tests.unit.fake_contract import Contract
from tests.unit.fake_node import Clock
from tests.unit.fakes import FakeChain, Sent, console

OPERATOR = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
SELECTORS = {"subbridge_registerOperator": "3682a450", "subbridge_setValueTransferOperatorThreshold": "ee2aec65"}
HASH = "0x" + "ab" * 32


class Node:
    """The SCN: its API sends what it is asked for, from the operator."""

    def __init__(self, chain: FakeChain) -> None:
        self.chain = chain
        self.calls: list[tuple[str, tuple[object, ...]]] = []
        self.mines = True
        self.before_mining: Any = lambda: None
        self.fails = ""
        self.pool: dict[str, list[dict[str, object]]] | None = {}
        """What it has sent to the parent chain, as it shows it; None where it has no sub bridge."""
        self.counted = 0
        """Transactions of its child operator, with those in its pool."""
        self.web3 = SimpleNamespace(eth=SimpleNamespace(get_transaction_count=lambda *_: self.counted))

    def call(self, method: str, *params: object) -> Any:
        """Answer with a hash."""
        if method == "subbridge_txPending":
            if self.pool is None:
                raise NodeError(CALL_REFUSED("scn-1: the method does not exist/is not available"))
            return self.pool
        self.calls.append((method, params))
        if self.fails:
            raise NodeError(CALL_REFUSED(self.fails))
        self.before_mining()
        value = int(str(params[1]), 16) if isinstance(params[1], str) else int(cast("int", params[1]))
        words = [value] if method.endswith("Operator") else [0, value]
        data = bytes.fromhex(SELECTORS[method]) + b"".join(word.to_bytes(32) for word in words)
        if self.mines:
            self.chain.seal(HASH, Sent(OPERATOR, len(self.calls), 0, 0, str(params[0]), 0, data, 0))
        return HASH

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def chain() -> FakeChain:
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OPERATOR, operators=[ONE])
    return chain


@pytest.fixture
def node(chain: FakeChain, monkeypatch: pytest.MonkeyPatch) -> Node:
    node = Node(chain)
    monkeypatch.setattr(owner_via_node, "Console", lambda _endpoint: node)
    return node


@pytest.fixture
def owner() -> OwnerNode:
    return OwnerNode.model_validate({"node": endpoint("scn-1"), "address": OPERATOR, "chain": "parent"})


def test_what_a_node_can_call_it_calls_once(chain: FakeChain, node: Node, owner: OwnerNode) -> None:
    for _ in range(2):
        calls.register_operators(console(chain), owner, BRIDGE, [ONE, TWO])
        calls.set_threshold(console(chain), owner, BRIDGE, 2)
    assert (chain.contracts[BRIDGE].operators, chain.contracts[BRIDGE].thresholds[0]) == ([ONE, TWO], 2)
    assert node.calls == [
        ("subbridge_registerOperator", (BRIDGE, TWO)),
        ("subbridge_setValueTransferOperatorThreshold", (BRIDGE, 2)),
    ]


def test_a_hash_of_a_transaction_that_reverts_is_no_success(chain: FakeChain, node: Node, owner: OwnerNode) -> None:
    node.before_mining = lambda: setattr(chain.contracts[BRIDGE], "owner", TWO)
    with pytest.raises(Reverted, match=OWNER_NODE_REVERTS.code) as caught:
        calls.register_operators(console(chain), owner, BRIDGE, [TWO])
    assert re.search(f"{HASH} of scn-1 .*: Ownable: ", str(caught.value))


def test_a_call_that_a_node_does_not_have_reports_what_to_do(chain: FakeChain, node: Node, owner: OwnerNode) -> None:
    chain.contracts[BRIDGE].operators = [ONE, TWO]
    with pytest.raises(ChainError, match=OWNER_NODE_LACKS_CALL.code) as caught:
        calls.deregister_operator(console(chain), owner, BRIDGE, TWO)
    assert f"{OPERATOR}, the operator of scn-1" in str(caught.value)
    assert "set bridge.parentOwnerKey" in str(caught.value)
    assert node.calls == []


def test_an_scn_whose_operator_is_not_the_owner_sends_nothing(chain: FakeChain, node: Node, owner: OwnerNode) -> None:
    chain.contracts[BRIDGE].owner = TWO
    with pytest.raises(ChainError, match=FOREIGN_OWNER.code) as caught:
        calls.register_operators(console(chain), owner, BRIDGE, [TWO])
    assert re.search(rf" is {TWO}, .* scn-1 is {OPERATOR}; .*bridge\.parentOwnerNode", str(caught.value))
    assert node.calls == []


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("bridge information does not exist", "scn-1 does not know "),
        ("authentication needed: password or unlock", "restart the node"),
    ],
)
def test_what_a_node_refuses_comes_with_the_next_step(
    chain: FakeChain, node: Node, owner: OwnerNode, said: str, advice: str
) -> None:
    node.fails = said
    with pytest.raises(ChainError, match=OWNER_NODE_REFUSES.code) as caught:
        calls.register_operators(console(chain), owner, BRIDGE, [TWO])
    assert advice in str(caught.value)


def test_a_transaction_that_is_not_mined_reports_what_its_sender_holds(
    chain: FakeChain, node: Node, owner: OwnerNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.mines = False
    clock = Clock()
    monkeypatch.setattr(
        "components.chain.rpc.waiting.time", SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep)
    )
    with pytest.raises(NotMined, match=OWNER_NODE_NOT_MINED.code) as caught:
        calls.register_operators(console(chain), owner, BRIDGE, [TWO])
    assert f"its sender {OPERATOR} holds 0 peb" in str(caught.value)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("components.chain.rpc.waiting.time", clock)
    return clock


def sent(nonce: int, *, to: str = BRIDGE, data: str = "3682a450") -> dict[str, object]:
    """Return a transaction as the node shows it."""
    return {"nonce": hex(nonce), "to": to.lower(), "input": f"0x{data}{TWO[2:]:0>64}", "hash": HASH}


def mine(chain: FakeChain, nonce: int, operator: str = TWO) -> None:
    """Register an operator in a transaction of the owner."""
    data = bytes.fromhex(f"3682a450{operator[2:]:0>64}")
    chain.seal("0x" + f"{nonce:064x}", Sent(OPERATOR, nonce, 0, 0, BRIDGE, 0, data, 0))


def test_a_call_of_an_earlier_run_is_waited_for_before_it_is_planned(
    chain: FakeChain, node: Node, owner: OwnerNode, clock: Clock
) -> None:
    """Its EN was away for longer than the earlier run waited."""
    node.pool = {OPERATOR.lower(): [sent(0)]}
    clock.sleepers.append(lambda: mine(chain, 0) if not chain.sent else None)
    calls.register_operators(console(chain), owner, BRIDGE, [TWO])
    assert node.calls == [], "it is not made twice"
    assert chain.contracts[BRIDGE].operators == [ONE, TWO]


def test_while_a_call_of_an_earlier_run_is_not_mined_none_is_made(
    chain: FakeChain, node: Node, owner: OwnerNode, clock: Clock
) -> None:
    node.pool = {OPERATOR.lower(): [sent(4), sent(5, data="3682a451")]}
    begin = clock.now
    with pytest.raises(NotMined, match=OWNER_NODE_NOT_MINED.code) as caught:
        calls.register_operators(console(chain), owner, BRIDGE, [TWO])
    assert f"scn-1 has sent calls to {BRIDGE} before, up to nonce 4 of {OPERATOR}" in str(caught.value)
    assert clock.now - begin >= owner_via_node.DEADLINE
    assert node.calls == []


@pytest.mark.parametrize(
    "pool",
    [
        None,
        {OPERATOR.lower(): [sent(4, to=TWO), sent(5, data="3682a451")]},
        {OPERATOR.lower(): [{"type": "TxTypeChainDataAnchoring", "nonce": "0x4", "input": f"0x3682a450{TWO[2:]}"}]},
        {ONE.lower(): [sent(4)]},
        {OPERATOR.lower(): None},
    ],
    ids=["no sub bridge", "other calls", "an anchor", "another sender", "none"],
)
def test_what_a_node_sends_all_the_time_is_not_waited_for(
    chain: FakeChain, node: Node, owner: OwnerNode, clock: Clock, pool: Any
) -> None:
    """Anchors and votes never end."""
    node.pool = pool
    begin = clock.now
    calls.register_operators(console(chain), owner, BRIDGE, [TWO])
    assert [method for method, _ in node.calls] == ["subbridge_registerOperator"]
    assert clock.now - begin < 1


def test_on_its_own_chain_all_that_a_node_has_in_its_pool_is_waited_for(
    chain: FakeChain, node: Node, owner: OwnerNode, clock: Clock
) -> None:
    own = owner.model_copy(update={"chain": "child"})
    node.counted = 1
    clock.sleepers.append(lambda: mine(chain, 0) if not chain.sent else None)
    calls.register_operators(console(chain), own, BRIDGE, [TWO])
    assert node.calls == []


def test_a_node_that_does_not_say_what_it_has_sent_is_sent_nothing(
    chain: FakeChain, node: Node, owner: OwnerNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(owner: OwnerNode, _bridge: str) -> int:
        raise Unreachable(NODE_DOWN(f"{owner.node.node}: no node listens"))

    monkeypatch.setattr(owner_via_node, "_sent", silent)
    calls.register_operators(console(chain), owner, BRIDGE, [ONE])
    with pytest.raises(Unreachable, match=NODE_DOWN.code):
        calls.register_operators(console(chain), owner, BRIDGE, [TWO])
    assert node.calls == [], "although it answers again"
