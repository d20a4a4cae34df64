"""A node whose genesis file was corrected starts over, if it holds nothing but its first block."""

from types import SimpleNamespace
from typing import cast

import pytest

from components.chain.errors import NotReady
from components.chain.nodes import drift as node_drift
from components.chain.nodes.drift import _wait_for_chain
from components.chain.nodes.expected import Expected
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.chains import CHAINS_DIFFER, PEER_MISSING

ENDPOINT = Endpoint(node="alpha-en", host="alpha-en", private_key="k", host_key="h", ipc="/srv/klay.ipc")
EXPECTED = Expected(chain_id=2020, static_nodes=("kni://a",), begin="begin")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    world = SimpleNamespace(head=0, first_block="0xbb", file="0xbb", begun=0)

    def peers(*_args: object, **_more: object) -> list[str]:
        if world.first_block != "0xaa":
            msg = "alpha-en: not connected to 10.0.0.7:32323"
            raise NotReady(PEER_MISSING(msg))
        return ["a"]

    def begin(_endpoint: Endpoint, _console: Console, command: str) -> None:
        assert command == "begin"
        world.begun, world.first_block = world.begun + 1, world.file

    monkeypatch.setattr(node_drift, "wait_for_peers", peers)
    monkeypatch.setattr(node_drift, "reinitialise", begin)
    monkeypatch.setattr(node_drift, "chain_identity", lambda _console: world.first_block)
    monkeypatch.setattr(node_drift, "explain", lambda *_args: CHAINS_DIFFER("both ends were compared"))
    return world


def wait(world: SimpleNamespace, expected: Expected = EXPECTED) -> None:
    web3 = SimpleNamespace(eth=SimpleNamespace(block_number=world.head))
    _wait_for_chain(cast("Console", SimpleNamespace(node="alpha-en", endpoint=ENDPOINT, web3=web3)), expected)


def test_a_corrected_genesis_is_begun_with(world: SimpleNamespace) -> None:
    world.file = "0xaa"
    wait(world)
    assert world.begun == 1


def test_one_that_has_more_than_its_first_block_keeps_it(world: SimpleNamespace) -> None:
    world.file, world.head = "0xaa", 1
    with pytest.raises(NotReady, match=r"^alpha-en: .*10\.0\.0\.7:32323\. both ends") as caught:
        wait(world)
    assert all(problem.code in str(caught.value) for problem in (PEER_MISSING, CHAINS_DIFFER))
    assert world.begun == 0


def test_the_same_genesis_again_is_no_cure_and_the_cause_is_reported(world: SimpleNamespace) -> None:
    with pytest.raises(NotReady, match=f"both ends were compared.*{CHAINS_DIFFER.code}"):
        wait(world)
    assert world.begun == 1
