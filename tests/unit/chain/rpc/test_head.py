"""A node is in sync when it has what its peers have and its chain continues; it is waited for as long as it gets on."""

import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.errors import NotReady
from components.chain.rpc import head
from components.chain.rpc.console import Console
from components.chain.rpc.head import is_caught_up, wait_until_caught_up
from components.domain.problems.chains import CHAIN_HALTED, NODE_BEHIND
from tests.unit.fake_node import Clock


class Node:
    """A node with the blocks up to `head`, and peers that told of `theirs` when they connected."""

    def __init__(self, clock: Clock, head: int, theirs: list[int]) -> None:
        self.clock, self.head, self.theirs = clock, head, theirs
        self.newest = max([head, *theirs])
        eth = SimpleNamespace()
        self.console = cast("Console", SimpleNamespace(node="scn-5", call=self.call, web3=SimpleNamespace(eth=eth)))
        clock.sleepers.append(lambda: setattr(eth, "block_number", self.head))
        eth.block_number = head

    def call(self, method: str, *params: object) -> Any:
        """Answer, in the name of the node."""
        if method == "admin_peers":
            known = [{"istanbul": {"blockscore": n + 1, "head": f"0x{n:064x}"}} for n in self.theirs]
            return [{"protocols": one} for one in [*known, {"istanbul": "handshake"}]]
        number = self.head if params[0] == "latest" else int(str(params[0]), 16)
        age = (self.newest - number) * 100
        stamp = hex(int(time.time()) - age)
        return {"number": hex(number), "timestamp": stamp} if number <= self.head else None


@pytest.mark.parametrize("theirs", [[], [7], [3, 7]])
def test_a_node_with_all_that_its_peers_have_is_in_sync(clock: Clock, theirs: list[int]) -> None:
    wait_until_caught_up(Node(clock, 7, theirs).console)
    assert clock.now == 1000


def test_a_node_is_waited_for_while_it_gets_on(clock: Clock) -> None:
    node = Node(clock, 0, [10, 50])

    def import_a_block() -> None:
        node.head = min(50, int((clock.now - 1000) / 100))

    clock.sleepers.insert(0, import_a_block)
    wait_until_caught_up(node.console)
    assert clock.now > 1000 + 40 * head.STALL_SECONDS / 2


def test_a_node_that_is_stuck_reports_how_far_it_is(clock: Clock) -> None:
    with pytest.raises(NotReady, match=rf"scn-5: is at block 3, .* 4 more .*120 s.* \[{NODE_BEHIND.code}\]$"):
        wait_until_caught_up(Node(clock, 3, [7]).console)


def test_a_chain_that_is_stuck_is_reported(clock: Clock) -> None:
    node = Node(clock, 3, [3])
    node.newest = 5
    with pytest.raises(NotReady, match=rf"scn-5: its newest block, 3, is 20[01] s old.* \[{CHAIN_HALTED.code}\]$"):
        wait_until_caught_up(node.console)


def test_a_block_that_is_just_being_imported_makes_no_node_late(clock: Clock) -> None:
    node = Node(clock, 6, [7])
    clock.sleepers.append(lambda: setattr(node, "head", 7))
    assert is_caught_up(node.console)
    assert clock.now - 1000 < 1


def test_a_node_that_stays_behind_is_not_caught_up(clock: Clock) -> None:
    assert not is_caught_up(Node(clock, 3, [7]).console)
    assert clock.now - 1000 == pytest.approx(head.FLICKER_SECONDS, abs=0.3)


class NotIndexed(Node):
    """A node that does not find its newest block by its hash yet."""

    def call(self, method: str, *params: object) -> Any:
        """Answer, in the name of the node."""
        return None if method == "eth_getBlockByHash" else super().call(method, *params)


def test_a_peer_at_the_same_block_is_not_ahead(clock: Clock) -> None:
    wait_until_caught_up(NotIndexed(clock, 7, [7]).console)
    assert clock.now == 1000
