"""Why two nodes never connect, and why a node has no peers: compared first, then the ports, and never guessed at."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.errors import ChainError, HostUnreachable, NotReady, Unreachable
from components.chain.peers import missing_peers
from components.chain.peers.handshake import ChainIdentity, chain_identity, differences, why_incompatible
from components.chain.peers.missing_peers import explain, why_unreachable
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.chains import CHAINS_DIFFER, NODE_STARTING, PEER_REFUSED, PORT_CLOSED
from components.domain.problems.hosts import COMMAND_FAILED, HOST_SILENT

ONE = ChainIdentity("scn-3", 3000, 3000, "0xaa")
OTHER = ChainIdentity("scn-1", 3000, 203, "0xbb")
KEY = "5c" * 64
KNI = f"kni://{KEY}@10.0.0.7:22323?discport=0&ntype=cn"


def endpoint(name: str) -> Endpoint:
    return Endpoint(node=name, host=name, private_key="k", host_key="h", ipc="/srv/klay.ipc")


def console(found: ChainIdentity, peers: tuple[str, ...] = ()) -> Console:
    known = {"network": found.network_id, "genesis": found.first_block, "config": {"chainId": found.chain_id}}
    answers: dict[str, Any] = {
        "admin_nodeInfo": {"protocols": {"istanbul": known}},
        "admin_peers": [{"id": key} for key in peers],
    }
    it = SimpleNamespace(
        node=found.node,
        endpoint=endpoint(found.node),
        call=lambda method, **_more: answers[method],
        close=lambda: None,
    )
    return cast("Console", it)


def test_a_node_reports_which_chain_it_is_of() -> None:
    assert chain_identity(console(OTHER)) == OTHER


def test_a_node_that_is_starting_is_reported() -> None:
    starting = SimpleNamespace(node="scn-3", call=lambda *_, **_more: {"protocols": {"istanbul": "handshake"}})
    with pytest.raises(NotReady, match=f"scn-3: .*{NODE_STARTING.code}"):
        chain_identity(cast("Console", starting))


def test_each_difference_has_both_values() -> None:
    assert differences(ONE, ONE) == []
    assert differences(ONE, OTHER) == [
        "the network id (NETWORK_ID of the conf) of scn-3 is 3000, and that of scn-1 is 203",
        "the first block (what genesis.json makes) of scn-3 is 0xaa, and that of scn-1 is 0xbb",
    ]
    assert why_incompatible(ONE, [ONE]) is None
    assert "scn-1 is 203" in str(why_incompatible(ONE, [ONE, OTHER]))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    world = SimpleNamespace(other=OTHER, closed=False)

    def reached(_source: Endpoint, command: str, timeout: float) -> str:
        assert "timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.7/22323'" in command
        assert timeout > missing_peers.SECONDS
        if world.closed:
            raise Unreachable(COMMAND_FAILED("refused"))
        return ""

    def opened(asked: Endpoint) -> Console:
        if world.other is None:
            raise HostUnreachable(HOST_SILENT(asked.node))
        return console(world.other)

    monkeypatch.setattr(missing_peers, "Console", opened)
    monkeypatch.setattr(missing_peers, "run_on_host", reached)
    return world


def test_a_network_id_that_differs_is_named_and_no_port_is_blamed(world: SimpleNamespace) -> None:
    world.closed = True
    words = explain(console(ONE), [KNI], [endpoint("scn-1")])
    assert "of scn-3 is 3000, and that of scn-1 is 203" in words
    assert CHAINS_DIFFER.code in words
    assert PORT_CLOSED.code not in words


def test_a_port_is_named_once_it_was_tried(world: SimpleNamespace) -> None:
    world.other, world.closed = ONE, True
    words = explain(console(ONE), [KNI], [endpoint("scn-1")])
    assert "the machine of scn-3 cannot connect to 10.0.0.7:22323" in words
    assert PORT_CLOSED.code in words


def test_where_the_port_answers_and_the_other_end_is_not_ours_the_own_values_are_reported(
    world: SimpleNamespace,
) -> None:
    world.other = None
    words = explain(console(ONE), [KNI], [endpoint("scn-1")])
    assert "10.0.0.7:22323" in words
    assert "scn-3 has chain id 3000, network id 3000 and first block 0xaa" in words
    assert PEER_REFUSED.code in words


def test_a_machine_that_cannot_be_asked_is_no_closed_port(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: object, **_more: object) -> str:
        raise HostUnreachable(HOST_SILENT("no SSH connection"))

    monkeypatch.setattr(missing_peers, "run_on_host", gone)
    with pytest.raises(ChainError, match=HOST_SILENT.code):
        why_unreachable(endpoint("scn-3"), KNI)
