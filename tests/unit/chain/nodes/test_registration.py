"""Registration on an SCN: in the right order, once, after a failure too, and never where a call would hang."""

from typing import Any

import pytest

from components.chain.errors import ChainError, NotReady
from components.chain.nodes import registration
from components.chain.nodes.journal import Registration, read_registration, settled_registration
from components.chain.nodes.registration import AWAY_SECONDS, deregister, forget_tokens, register
from components.domain.problems.nodes import CONTRACT_UNSEEN, EN_AWAY, NO_SINGLE_EN, OTHER_COUNTERPART
from tests.stack import ROOT
from tests.unit.chain.rpc.test_node_locks import endpoint
from tests.unit.fake_node import CHILD, PARENT, Clock, FakeNode, fail

pytestmark = pytest.mark.usefixtures("clock")

OTHER = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"
RESTART = "systemctl restart kscnd"


@pytest.fixture
def scn(monkeypatch: pytest.MonkeyPatch) -> FakeNode:
    node = FakeNode()

    def restart(_endpoint: object, _role: str, command: str, _why: str, **_more: object) -> None:
        node.calls.append(("restart", (command,)))
        node.restart()

    monkeypatch.setattr(registration, "restart", restart)
    monkeypatch.setattr(registration, "Console", lambda _endpoint: node.console)
    return node


def changes(node: FakeNode) -> list[str]:
    """Return what was done to the node, without what was only asked; every pair is in the order child, parent."""
    doing = [
        (name.removeprefix("subbridge_"), params)
        for name, params in node.calls
        if name == "restart" or (name.endswith("Bridge") and "list" not in name)
    ]
    assert all(params == (CHILD, PARENT) for name, params in doing if name != "restart")
    return [name for name, _ in doing]


def test_a_pair_is_registered_and_subscribed_once(scn: FakeNode) -> None:
    for _ in range(2):
        register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    assert changes(scn) == ["registerBridge", "subscribeBridge"]
    assert read_registration(scn.console, CHILD, PARENT) == Registration(registered=True, live=True)


def test_after_a_failure_the_node_is_restarted_once_and_only_subscribed(scn: FakeNode) -> None:
    """The call writes the journal before it fails: calling it again would be a duplicate."""
    scn.fails = ["no contract code at given address"]
    register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    assert changes(scn) == ["registerBridge", "restart", "subscribeBridge"]
    assert scn.called("restart") == [(RESTART,)]
    assert read_registration(scn.console, CHILD, PARENT).live


def test_a_registration_of_a_killed_run_is_finished(scn: FakeNode) -> None:
    scn.journal[CHILD] = PARENT
    scn.memory = {CHILD, PARENT}
    register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    assert changes(scn) == ["subscribeBridge"]


def test_a_node_that_restores_its_bridges_by_itself_is_waited_for(scn: FakeNode, clock: Clock) -> None:
    scn.journal[CHILD] = PARENT
    scn.marked = {CHILD}

    def restore() -> None:
        if clock.now > 1005:
            scn.memory = {CHILD, PARENT}

    clock.sleepers.append(restore)
    register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    assert changes(scn) == []


def test_a_subscription_that_fails_ends_with_a_restart(scn: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """The EN may have died half way: then the node has subscribed to one contract, and refuses to do it again."""
    subscribe, errors = scn._subscribeBridge, ["already subscribed"]

    def fails_once(child: str, parent: str) -> None:
        if errors:
            fail(f"subbridge_subscribeBridge: {errors.pop()}")
        subscribe(child, parent)

    monkeypatch.setattr(scn, "_subscribeBridge", fails_once)
    register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    assert changes(scn) == ["registerBridge", "subscribeBridge", "restart", "subscribeBridge"]


@pytest.mark.parametrize(("blind", "bridge"), [("scn", CHILD), ("en", PARENT)])
def test_nothing_is_registered_before_both_nodes_see_code(scn: FakeNode, blind: str, bridge: str) -> None:
    en = FakeNode()
    (scn if blind == "scn" else en).code.remove(bridge)
    with pytest.raises(NotReady, match=f"{bridge}.* block 7.*{CONTRACT_UNSEEN.code}"):
        register(scn.console, en.console, CHILD, PARENT, RESTART)
    assert changes(scn) == []


@pytest.mark.parametrize("peers", [[], ["aa" * 64, "bb" * 64]])
def test_nothing_is_registered_without_exactly_one_main_bridge(scn: FakeNode, peers: list[str]) -> None:
    scn.peers = peers
    with pytest.raises(NotReady, match=f" {len(peers)} main bridges .*{NO_SINGLE_EN.code}"):
        register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    assert "registerBridge" not in changes(scn)


def test_the_second_failure_is_reported(scn: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    scn.fails = ["first", "second"]
    monkeypatch.setattr(scn, "restart", scn.journal.clear)
    with pytest.raises(ChainError, match="registerBridge: second"):
        register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    assert changes(scn) == ["registerBridge", "restart", "registerBridge"]


def test_another_counterpart_is_reported(scn: FakeNode) -> None:
    scn.journal[CHILD] = OTHER
    with pytest.raises(ChainError, match=f"{CHILD}.*{OTHER}.*{PARENT}.*{OTHER_COUNTERPART.code}"):
        read_registration(scn.console, CHILD, PARENT)


def test_another_counterpart_is_no_reason_to_restart_a_node(scn: FakeNode) -> None:
    scn.journal[CHILD] = OTHER
    with pytest.raises(ChainError):
        register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    assert changes(scn) == []


@pytest.mark.parametrize(
    ("marked", "memory", "live"),
    [
        (True, {CHILD, PARENT}, True),
        (False, {CHILD, PARENT}, False),
        (True, {CHILD}, False),
        (True, {PARENT}, False),
        (True, set(), False),
    ],
)
def test_live_is_what_is_marked_as_subscribed_and_in_memory(
    scn: FakeNode, memory: set[str], *, marked: bool, live: bool
) -> None:
    scn.journal[CHILD], scn.marked, scn.memory = PARENT, {CHILD} if marked else set(), memory
    assert read_registration(scn.console, CHILD.upper().replace("X", "x"), PARENT.lower()).registered
    assert read_registration(scn.console, CHILD, PARENT) == Registration(registered=True, live=live)


def test_an_scn_without_its_en_still_has_the_parent_contract_in_memory(scn: FakeNode) -> None:
    scn.journal[CHILD], scn.marked, scn.memory, scn.peers = PARENT, {CHILD}, {CHILD, PARENT}, []
    assert read_registration(scn.console, CHILD, PARENT).live


def test_a_node_that_restores_its_journal_is_given_time(scn: FakeNode, clock: Clock) -> None:
    scn.journal[CHILD], scn.marked, scn.memory = PARENT, {CHILD}, {CHILD}
    clock.sleepers.append(lambda: scn.memory.add(PARENT))
    assert settled_registration(scn.console, CHILD, PARENT).live


def test_the_method_that_changes_counters_is_called_nowhere() -> None:
    sources = [path for part in ("components", "toolchain", "policy") for path in (ROOT / part).rglob("*.py")]
    assert sources
    assert [path for path in sources if '"subbridge_getBridgeInformation"' in path.read_text()] == []


def test_a_node_that_stays_unsubscribed_is_not_waited_for_without_end(scn: FakeNode, clock: Clock) -> None:
    scn.journal[CHILD] = PARENT
    begin = clock.now
    assert settled_registration(scn.console, CHILD, PARENT) == Registration(registered=True, live=False)
    assert 0 < clock.now - begin < 15


def test_what_is_not_registered_is_not_waited_for(scn: FakeNode, clock: Clock) -> None:
    begin = clock.now
    assert settled_registration(scn.console, CHILD, PARENT) == Registration(registered=False, live=False)
    assert clock.now == begin


def test_letting_go_is_done_once(scn: FakeNode) -> None:
    register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    for _ in range(2):
        deregister(scn.console, CHILD, PARENT)
    assert changes(scn) == ["registerBridge", "subscribeBridge", "deregisterBridge"]
    assert read_registration(scn.console, CHILD, PARENT) == Registration(registered=False, live=False)


def test_letting_go_without_a_main_bridge_is_refused_because_it_would_hang(scn: FakeNode) -> None:
    scn.journal[CHILD] = PARENT
    scn.peers = []
    with pytest.raises(NotReady, match=EN_AWAY.code):
        deregister(scn.console, CHILD, PARENT)
    assert changes(scn) == []


def test_nothing_to_release_needs_no_main_bridge(scn: FakeNode) -> None:
    scn.peers = []
    deregister(scn.console, CHILD, PARENT)
    assert changes(scn) == []


def test_a_node_whose_sub_bridge_is_off_has_nothing_to_release() -> None:
    node = FakeNode()
    node.sub_bridge = False
    assert read_registration(node.console, CHILD, PARENT) == Registration(registered=False, live=False)
    deregister(node.console, CHILD, PARENT)
    assert not node.called("subbridge_deregisterBridge")


@pytest.mark.parametrize(
    ("silent", "done"),
    [
        (0, ["deregisterBridge", "registerBridge", "subscribeBridge"]),
        (10, ["deregisterBridge", "registerBridge", "subscribeBridge"]),
        (10 * AWAY_SECONDS, ["restart"]),
    ],
)
def test_an_scn_is_not_restarted_to_forget_a_token_because_its_en_is_silent_for_a_moment(
    scn: FakeNode, monkeypatch: pytest.MonkeyPatch, clock: Clock, silent: float, done: list[str]
) -> None:
    register(scn.console, FakeNode().console, CHILD, PARENT, RESTART)
    scn.calls.clear()
    begin = clock.now
    console: Any = FakeNode().console
    console.close = lambda: None
    monkeypatch.setattr(registration, "Console", lambda _endpoint: console)
    monkeypatch.setattr(registration, "answers", lambda _endpoint: clock.now >= begin + silent)
    forget_tokens(scn.console, endpoint("en-1"), CHILD, PARENT, RESTART)
    assert changes(scn) == done
