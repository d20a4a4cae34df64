"""Owner calls through a node's API, which returns a hash whatever happens to the transaction."""

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.accounts.owner import OwnerNode
from components.chain.contracts import owner_via_node
from components.chain.errors import ChainError, NotMined, Reverted
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

    def call(self, method: str, *params: object) -> str:
        """Answer with a hash."""
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
