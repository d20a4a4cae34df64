"""Reading a whole stack at once: what is read, and that nobody waits for a dead machine or a node that hangs."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.chain.errors import HostUnreachable, NotListening, Unreachable
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.chains import CHAIN_UNREADABLE
from components.domain.problems.hosts import COMMAND_FAILED, HOST_SILENT
from components.domain.problems.nodes import CONSOLE_SILENT, NODE_DOWN
from components.domain.problems.operations.machines import MACHINE_SILENT
from components.watch.judging.judge import judge
from components.watch.reading.node import read_machine
from components.watch.reading.reader import read
from components.watch.readings import ChainReading, Missing, OpenRequest, Read, Readings
from tests.unit.watch.samples import COIN, KEYS, NODES, OPERATORS, FakeReach, targets

DEADLINE = 0.5
SLACK = 1.5
"""Seconds that a busy computer may add."""


@pytest.fixture
def reach() -> FakeReach:
    found = FakeReach()
    for side, contract in found.contracts.items():
        contract.tokens = {token.address: token.counterpart for token in targets().contracts[side].tokens}  # type: ignore[index]
    return found


def raising(error: Exception) -> Callable[[], None]:
    def do() -> None:
        raise error

    return do


def looked(reach: FakeReach, **more: Any) -> Readings:
    return read(targets(), reach, deadline=DEADLINE, **more)


def there(value: Read[Any] | None) -> Any:
    assert not isinstance(value, Missing), value
    return value


def reason(value: object) -> str:
    assert isinstance(value, Missing), value
    return value.reason


def test_everything_is_read_of_a_healthy_bridge(reach: FakeReach) -> None:
    found = looked(reach)
    parent: ChainReading = there(found.chains["parent"])
    assert (parent.chain_id, parent.head, parent.best, parent.peers) == (2020, 100, 100, 1)
    contract = there(found.contract("child"))
    assert contract.operators == tuple(one["child"] for one in OPERATORS.values())
    assert (contract.requested, contract.lower, contract.upper) == (7, 7, 6)
    assert (contract.threshold, contract.running, contract.coins_locked) == (1, True, False)
    assert there(found.account("parent", OPERATORS["alpha"]["parent"])).balance == 100 * COIN
    (token,) = contract.tokens.values()
    assert there(token).held == 5
    half = there(found.nodes["scn-1"].bridge)
    assert half.peers == (KEYS["alpha"],)
    assert (half.registered, half.subscribed, half.anchored) == (True, True, 95)
    assert found.nodes["scn-3"].bridge is None
    machine = there(found.nodes["scn-3"].machine)
    assert (machine.free, machine.size) == (73400320 * 1024, 264241152 * 1024)
    assert abs(machine.clock) < 1
    assert 90 <= there(machine.opened) < 92
    assert [one.message for one in judge(targets(), found).findings if one.disables] == []


def test_the_method_that_changes_counters_is_never_called(reach: FakeReach) -> None:
    looked(reach)
    assert "subbridge_listBridge" in reach.asked
    assert "subbridge_getBridgeInformation" not in reach.asked


def test_a_contract_in_the_journal_that_is_not_in_memory_is_not_served(reach: FakeReach) -> None:
    del reach.answers["scn-1"]["subbridge_getRegisteredOperators"]
    half = there(looked(reach).nodes["scn-1"].bridge)
    assert (half.registered, half.subscribed) == (True, False)


GOOD = (
    "   3: 014DFE0A:CDDE 024DFE0A:C549 01 00000000:00000000 00:00000000 00000000     0        0 698466 1 0 20 4 30 13\n"
)
SILENT = (
    "   7: 014DFE0A:CDDF 024DFE0A:C549 01 00000008:00000000 01:0000025C 00000005     0        0 698467 3 0 20 4 30 13\n"
)
"""Of a connection that was cut for 7 s."""


@pytest.mark.parametrize(("links", "unanswered"), [("", 0), (GOOD, 0), (SILENT, 5), (SILENT + GOOD, 0)])
def test_an_scn_knows_how_often_its_en_has_not_answered(reach: FakeReach, links: str, unanswered: int) -> None:
    reach.links = dict.fromkeys(("scn-1", "alpha-en"), links)
    nodes = looked(reach).nodes
    assert there(nodes["scn-1"].machine).unanswered == unanswered
    assert there(nodes["alpha-en"].machine).unanswered == 0


def test_the_time_of_a_start_is_read_or_missing_and_the_rest_of_the_machine_stays(reach: FakeReach) -> None:
    reach.consoles |= {"scn-1": 3600.0, "scn-2": None, "scn-3": -30.0}
    nodes = looked(reach).nodes
    assert 3600 <= there(there(nodes["scn-1"].machine).opened) < 3602
    machine = there(nodes["scn-2"].machine)
    assert COMMAND_FAILED.code in reason(machine.opened)
    assert machine.free
    assert there(there(nodes["scn-3"].machine).opened) == 0, "the clock of the machine was set back"


class Here(FakeReach):
    """Runs commands on this computer."""

    def run(self, endpoint: Endpoint, command: str, seconds: float) -> str:  # noqa: ARG002
        """Run it."""
        return subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, timeout=seconds).stdout


def test_stat_tells_when_a_socket_was_made(tmp_path: Path) -> None:
    node = targets().nodes[0]
    path = tmp_path / "klay.ipc"
    node = replace(node, endpoint=node.endpoint.model_copy(update={"ipc": str(path)}))
    reach = Here()
    assert COMMAND_FAILED.code in reason(there(read_machine(reach, node, 5)).opened)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        os.utime(path, (time.time(), time.time() - 600))
        path.chmod(0o600)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            assert 600 <= there(there(read_machine(reach, node, 5)).opened) < 605


def test_a_dead_node_a_dead_machine_and_one_that_hangs_take_no_more_time(reach: FakeReach) -> None:
    for kind in ("chain", "machine"):
        reach.before["alpha-en", kind] = lambda: time.sleep(30)  # connecting to a machine that is away
        reach.before["beta-en", kind] = raising(HostUnreachable(HOST_SILENT("beta-en: no SSH")))
    reach.before["scn-3", "chain"] = raising(NotListening(NODE_DOWN("scn-3: no node listens")))
    reach.before["scn-1", "bridge"] = raising(Unreachable(CONSOLE_SILENT("scn-1: no answer in 2.7 s")))
    begin = time.monotonic()
    found = looked(reach)
    assert time.monotonic() - begin < DEADLINE + SLACK
    assert found.seconds < DEADLINE + SLACK
    assert MACHINE_SILENT.code in reason(found.nodes["alpha-en"].chain)
    assert MACHINE_SILENT.code in reason(found.nodes["alpha-en"].machine)
    assert HOST_SILENT.code in reason(found.nodes["beta-en"].chain)
    assert NODE_DOWN.code in reason(found.nodes["scn-3"].chain)
    away = [name for name, one in found.nodes.items() if isinstance(one.chain, Missing) and one.chain.away]
    assert away == ["alpha-en", "beta-en"]
    assert there(found.nodes["scn-3"].machine)
    assert CONSOLE_SILENT.code in reason(found.nodes["scn-1"].bridge)
    assert there(found.nodes["scn-1"].chain)
    whole = judge(targets(), found)
    assert whole.able == ()
    assert whole.level == "stopped"


def test_a_chain_without_a_node_is_missing_with_each_reason(reach: FakeReach) -> None:
    for name, role in NODES.items():
        if role != "scn":
            reach.before[name, "chain"] = raising(NotListening(NODE_DOWN(f"{name}: no node listens")))
    found = looked(reach)
    assert CHAIN_UNREADABLE.code in reason(found.chains["parent"])
    assert "beta-en: no node listens" in reason(found.chains["parent"])
    assert judge(targets(), found).level == "stopped"


def test_the_node_with_the_newest_block_counts(reach: FakeReach) -> None:
    newer = {"number": "0x66", "hash": "0xcd", "timestamp": hex(int(time.time()))}
    reach.answers["scn-4"]["eth_getBlockByNumber"] = newer
    found = looked(reach)
    assert there(found.chains["child"]).hash == "0xcd"
    reach.answers["scn-4"]["eth_chainId"] = "0x1"
    assert there(looked(reach).chains["child"]).hash == "0xab"


def test_a_count_that_looks_wrong_is_read_again(reach: FakeReach, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.watch.reading.reader.AGAIN", 0.0)
    counts: Any = reach.answers["scn-1"]["subbridge_getOperators"]
    looks = []

    def count() -> None:
        looks.append(1)
        counts["parentOperator"]["nonce"] = 9 if len(looks) == 1 else 10

    reach.before["scn-1", "bridge"] = count
    found = looked(reach)
    assert len(looks) == 2
    assert there(found.nodes["scn-1"].bridge).operators["parent"].counted == 10


def test_an_answer_that_makes_no_sense_is_missing_and_nothing_else(reach: FakeReach) -> None:
    reach.answers["scn-4"]["admin_peers"] = 7
    found = there(looked(reach).nodes["scn-4"].chain)
    assert "admin_peers" in reason(found.peers)
    assert found.head == 100


Calls = list[tuple[str, int]]


def noting(calls: Calls) -> Callable[..., OpenRequest]:
    """Return what reads a request, and notes which one."""

    def opened(_targets: object, source: str, views: Any, nonce: int) -> OpenRequest:
        assert views.keys() == {"parent", "child"}
        calls.append((source, nonce))
        return OpenRequest(nonce, "0x1", 3.0, overdue=False, unpayable=None)

    return opened


def test_open_requests_are_looked_at_only_where_there_are_some(reach: FakeReach) -> None:
    calls: Calls = []
    assert looked(reach, opened=noting(calls)).oldest == {}
    reach.contracts["child"].request_nonce = 9
    found = looked(reach, opened=noting(calls))
    assert calls == [("child", 7)]
    assert there(found.oldest["child"]).nonce == 7
    slow = looked(reach, opened=lambda *_: time.sleep(30))
    assert MACHINE_SILENT.code in reason(slow.oldest["child"])


@pytest.mark.parametrize(
    ("requested", "highest", "nonces"),
    [
        (8, 6, [7]),  # 7 is the next one
        (9, 8, [7]),  # 8 has passed it, and nothing came after
        (12, 8, [7, 9]),
        (12, 11, [7]),
    ],
)
def test_what_comes_after_a_request_that_others_have_passed_is_looked_at_too(
    reach: FakeReach, requested: int, highest: int, nonces: list[int]
) -> None:
    calls: Calls = []
    reach.contracts["child"].request_nonce, reach.highest["parent"] = requested, highest
    found = looked(reach, opened=noting(calls))
    assert sorted(calls) == [("child", nonce) for nonce in nonces]
    assert there(found.oldest["child"]).nonce == 7
    assert [there(one).nonce for one in found.newer.values()] == nonces[1:]


def test_two_requests_that_hang_take_no_more_time_than_one(reach: FakeReach) -> None:
    reach.contracts["child"].request_nonce, reach.highest["parent"] = 12, 8
    begin = time.monotonic()
    found = looked(reach, opened=lambda *_: time.sleep(30))
    assert time.monotonic() - begin < 2 * DEADLINE + SLACK
    assert "request 9" in reason(found.newer["child"])


def test_a_mistake_of_the_program_is_not_taken_for_a_dead_node(reach: FakeReach) -> None:
    reach.before["scn-4", "chain"] = raising(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        looked(reach)
