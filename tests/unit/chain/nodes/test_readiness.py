"""An SCN serves once it counts its transactions right, and is released also when its EN is dead."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.errors import NotReady, Unreachable
from components.chain.nodes import readiness
from components.chain.nodes.readiness import began_behind, leave_pair, wait_until_able
from components.chain.rpc import waiting
from components.domain.problems.nodes import CONSOLE_SILENT, EN_AWAY, MISCOUNTED
from tests.unit.fake_node import CHILD, PARENT, Clock, FakeNode

RESTART = "kscnd restart"
OPERATOR = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"


class Scn(FakeNode):
    """An SCN that has counted so many transactions of its operators, and as many more as are mined after a restart."""

    def __init__(self, counted: int, mined: int, *, synced: bool = True) -> None:
        super().__init__()
        self.counted, self.mined, self.synced = counted, mined, synced
        self.restarts: list[dict[str, Any]] = []
        self.sub_bridge_after = True

    def _getOperators(self) -> dict[str, Any]:  # noqa: N802
        one = {"address": OPERATOR.lower(), "nonce": self.counted, "isNonceSynced": self.synced}
        return {"parentOperator": one, "childOperator": one}

    def restarted(
        self,
        _endpoint: object,
        role: str,
        command: str,
        why: str,
        *,
        siblings: tuple[object, ...] = (),  # noqa: ARG002
        peer: str | None,
        en: str | None = None,
    ) -> None:
        """Come back after a restart."""
        assert command == RESTART
        assert (en == "the EN's") == (role == "scn")
        self.restarts.append({"role": role, "why": why, "peer": peer})
        self.counted, self.synced, self.sub_bridge = self.mined, True, self.sub_bridge_after
        self.restart()


def play(monkeypatch: pytest.MonkeyPatch, scn: Scn) -> tuple[Any, Any]:
    """Return the consoles of the SCN and of its EN."""
    monkeypatch.setattr(waiting, "time", Clock())
    monkeypatch.setattr(readiness, "restart", scn.restarted)
    monkeypatch.setattr(readiness, "wait_until_caught_up", lambda _console: None)
    monkeypatch.setattr(
        readiness, "Console", lambda _endpoint: SimpleNamespace(**vars(scn.console), close=lambda: None)
    )
    eth = SimpleNamespace(get_transaction_count=lambda _address: scn.mined)
    own = SimpleNamespace(node="scn-1", endpoint="endpoint", call=scn.call, web3=SimpleNamespace(eth=eth))
    return own, SimpleNamespace(node="alpha-en", endpoint="the EN's", web3=SimpleNamespace(eth=eth))


@pytest.mark.parametrize("counted", [5, 7])
def test_an_scn_that_counts_right_is_left_alone(monkeypatch: pytest.MonkeyPatch, counted: int) -> None:
    scn = Scn(counted, 5)
    wait_until_able(*play(monkeypatch, scn), RESTART)
    assert scn.restarts == []


def test_an_scn_that_counts_from_an_empty_chain_is_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    scn = Scn(0, 57)
    wait_until_able(*play(monkeypatch, scn), RESTART)
    (restart,) = scn.restarts
    assert "it counts 0 transactions of its child operator, and 57 are mined" in restart["why"]
    assert restart["peer"].startswith(f"kni://{'aa' * 64}@")


def test_an_scn_that_does_not_know_its_count_yet_is_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    scn = Scn(0, 0, synced=False)
    wait_until_able(*play(monkeypatch, scn), RESTART)
    assert "it does not know yet" in scn.restarts[0]["why"]


def test_another_reason_restarts_an_scn_that_counts_right(monkeypatch: pytest.MonkeyPatch) -> None:
    scn = Scn(5, 5)
    wait_until_able(*play(monkeypatch, scn), RESTART, why="its EN is another machine now")
    assert [one["why"] for one in scn.restarts] == ["its EN is another machine now"]


def test_an_scn_whose_count_stays_wrong_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    scn = Scn(0, 5)
    own, en = play(monkeypatch, scn)
    monkeypatch.setattr(readiness, "restart", lambda *_args, **_more: None)
    with pytest.raises(NotReady, match=f"^scn-1: .* 0 transactions .* 5 .*{MISCOUNTED.code}"):
        wait_until_able(own, en, RESTART)


def registered(scn: Scn) -> Scn:
    scn.journal[CHILD] = PARENT
    scn.memory, scn.marked = {CHILD, PARENT}, {CHILD}
    return scn


def test_an_scn_lets_its_bridge_go_and_is_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    scn = registered(Scn(5, 5))
    scn.sub_bridge_after = False
    play(monkeypatch, scn)
    for _ in range(2):
        leave_pair("endpoint", CHILD, PARENT, RESTART)  # type: ignore[arg-type]
    assert scn.called("subbridge_deregisterBridge") == [(CHILD, PARENT)]
    assert [one["role"] for one in scn.restarts] == ["validator"]
    assert scn.journal == {}


def test_an_scn_that_let_its_bridge_go_before_its_run_was_killed_is_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    scn = Scn(5, 5)
    scn.sub_bridge_after = False
    play(monkeypatch, scn)
    leave_pair("endpoint", CHILD, PARENT, RESTART)  # type: ignore[arg-type]
    assert scn.called("subbridge_deregisterBridge") == []
    assert [one["role"] for one in scn.restarts] == ["validator"]


@pytest.mark.parametrize("seen", [[], ["aa" * 64]])
def test_an_scn_with_a_dead_en_loses_its_sub_bridge_all_the_same(
    monkeypatch: pytest.MonkeyPatch, seen: list[str]
) -> None:
    scn = registered(Scn(5, 5))
    scn.peers, scn.sub_bridge_after = seen, False
    play(monkeypatch, scn)

    def hang(*_params: object) -> None:
        raise Unreachable(CONSOLE_SILENT("scn-1: no answer in 20 s"))

    monkeypatch.setattr(scn, "_deregisterBridge", hang)
    leave_pair("endpoint", CHILD, PARENT, RESTART)  # type: ignore[arg-type]
    assert len(scn.restarts) == 1


def test_an_scn_that_keeps_its_sub_bridge_cannot_release_without_an_en(monkeypatch: pytest.MonkeyPatch) -> None:
    scn = registered(Scn(5, 5))
    scn.peers = []
    play(monkeypatch, scn)
    with pytest.raises(NotReady, match=f"^scn-1: .*{EN_AWAY.code}"):
        leave_pair("endpoint", CHILD, PARENT, RESTART)  # type: ignore[arg-type]


@pytest.mark.parametrize(("counted", "sub_bridge", "words"), [(5, 1, ""), (3, 1, "counts 3"), (3, 0, "")])
def test_an_scn_that_was_started_with_older_data_counts_too_few(
    monkeypatch: pytest.MonkeyPatch, counted: int, sub_bridge: int, words: str
) -> None:
    scn = Scn(counted, 5)
    scn.sub_bridge = bool(sub_bridge)
    play(monkeypatch, scn)
    caught_up: list[object] = []
    monkeypatch.setattr(readiness, "wait_until_caught_up", caught_up.append)
    eth = SimpleNamespace(get_transaction_count=lambda _address: scn.mined)
    console = SimpleNamespace(node="scn-1", call=scn.call, web3=SimpleNamespace(eth=eth), close=lambda: None)
    monkeypatch.setattr(readiness, "Console", lambda _endpoint: console)
    found = began_behind("endpoint")  # type: ignore[arg-type]
    assert words in found
    assert bool(found) == bool(words)
    assert len(caught_up) == sub_bridge, "what it lacks is no reason"
