"""One fault: what happens in which order, that it is always undone, and what the report says of it."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from components.chain.errors import ChainError
from components.domain.problems.nodes import NODE_DOWN
from components.domain.problems.operations.drills import (
    FAULT_NOT_UNDONE,
    FAULT_UNNOTICED,
    INVENTED_PAID,
    PAIR_NOT_BACK,
    TRANSFERS_MISSING,
    UNWELL_BEFORE_DRILL,
)
from components.watch.readings import MachineReading
from components.watch.report import Report
from tests.unit.toolchain.drill.fakes import FakeAct, seen, trial
from tests.unit.watch.test_judging import down
from toolchain.ops.drill.ending import Ended
from toolchain.ops.drill.fault import Fault
from toolchain.ops.drill.scene import Refused
from toolchain.ops.drill.trial import ALERT_SECONDS, CEASE_SECONDS, NOTICE_SECONDS, Trial

FAULT = Fault("en", "alpha-en", ("alpha-en",), ("alpha",))
WELL, ILL, DEAD = seen(), seen(**down("alpha-en")), seen(**down("alpha-en", "scn-2"))


def test_a_fault_is_made_noticed_undone_and_overcome_in_this_order() -> None:
    events: list[str] = []
    row = trial(events, [WELL, WELL, ILL, ILL, WELL]).run(FAULT, FakeAct(events))
    assert events == [
        "see healthy",
        "begin",
        "send without alpha-en",
        "see healthy",
        "see degraded",
        "stop sending",
        "undo",
        "stop sending",
        "see degraded",
        "see healthy",
        "check",
    ]
    assert (row.kind, row.subject, row.worst, row.problems) == ("en", "alpha-en", "degraded", ())
    assert [(one.subject, one.codes, one.after) for one in row.stopped] == [("alpha-en", (NODE_DOWN.code,), 1.0)]
    assert row.continued == ("beta", "child chain", "child to parent", "parent chain", "parent to child")
    assert [(one.sent, one.arrived, one.amount, one.longest_wait) for one in row.transfers] == [(10, 10, "1000", 2.5)]
    assert row.recovered == 1.0
    assert row.alerts is None


def test_nothing_is_broken_while_something_is_wrong() -> None:
    events: list[str] = []
    with pytest.raises(Refused, match=UNWELL_BEFORE_DRILL.code):
        trial(events, [ILL]).run(FAULT, FakeAct(events))
    assert "begin" not in events


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("lost"), Ended()])
def test_it_is_undone_whatever_happens(error: BaseException) -> None:
    cases: list[tuple[BaseException | None, list[Report | BaseException]]] = [
        (error, [WELL]),
        (None, [WELL, error, WELL]),
    ]
    for act, reports in cases:
        events: list[str] = []
        with pytest.raises(type(error)):
            trial(events, reports).run(FAULT, FakeAct(events, fails=act))
        assert events.count("undo") == 1


def test_a_fault_that_cannot_be_made_is_undone_and_reported() -> None:
    events: list[str] = []
    row = trial(events, [WELL]).run(FAULT, FakeAct(events, fails=ChainError(NODE_DOWN("no machine"))))
    assert events.count("undo") == 1
    assert NODE_DOWN.code in row.problems[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_drill_once_and_never_the_undoing(number: signal.Signals) -> None:
    events: list[str] = []
    one = trial(events, [WELL])
    act = FakeAct(events)

    def undo() -> list[Any]:
        os.kill(os.getpid(), number)  # impatience
        events.append("undone")
        return []

    act.undo = undo  # type: ignore[method-assign]
    act.begin = lambda: os.kill(os.getpid(), number)  # type: ignore[method-assign]
    said: list[str] = []
    one.say = said.append
    with one.ending.taken():
        with pytest.raises(Ended):
            one.run(FAULT, act)
        os.kill(os.getpid(), number)
    assert events.count("undone") == 1
    assert said == ["en alpha-en: now", "en alpha-en: undone after 0 s"]
    assert one.ending.asked


def test_a_signal_while_it_is_undone_is_noted() -> None:
    events: list[str] = []
    one = trial(events, [WELL, ILL, WELL])
    act = FakeAct(events)
    act.undo = lambda: os.kill(os.getpid(), signal.SIGTERM) or []  # type: ignore[func-returns-value, method-assign]
    with one.ending.taken():
        one.run(FAULT, act)
        with pytest.raises(Ended):
            one.ending.require_wanted()


def test_a_drill_that_is_to_outlive_its_terminal_does() -> None:
    one = trial([], [WELL])
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with one.ending.taken():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, former)
    assert not one.ending.asked


def test_what_does_not_arrive_fails_the_fault() -> None:
    events: list[str] = []
    row = trial(events, [WELL, ILL, WELL], lost=3).run(FAULT, FakeAct(events))
    assert [TRANSFERS_MISSING.code in one for one in row.problems] == [True, True], "during the fault, and after it"
    assert "3 transfers of coins child to parent" in row.problems[0]
    row = trial(events, [WELL, ILL, WELL], refused=True).run(FAULT, FakeAct(events))
    assert "no coins" in row.problems[0]


def test_transfers_may_wait_where_too_few_pairs_are_left() -> None:
    events: list[str] = []
    row = trial(events, [WELL, DEAD, WELL], lost=1).run(FAULT, FakeAct(events))
    assert len(row.problems) == 1, "only that they are not there at the end"


def test_a_bridge_that_does_not_recover_fails_the_fault() -> None:
    events: list[str] = []
    row = trial(events, [WELL, ILL]).run(FAULT, FakeAct(events))
    assert row.recovered is None
    assert PAIR_NOT_BACK.code in row.problems[0]


def test_what_was_not_undone_or_was_paid_wrongly_is_reported() -> None:
    events: list[str] = []
    act = FakeAct(events, left=[FAULT_NOT_UNDONE("x")], paid=[INVENTED_PAID("y")])
    row = trial(events, [WELL, ILL, WELL]).run(FAULT, act)
    assert [one[-8:-1] for one in row.problems] == [FAULT_NOT_UNDONE.code, INVENTED_PAID.code]


def test_a_fault_that_nothing_notices_ends_after_a_while_and_fails() -> None:
    events: list[str] = []
    row = trial(events, [WELL]).run(FAULT, FakeAct(events))
    assert NOTICE_SECONDS <= row.lasted <= NOTICE_SECONDS + 2
    assert (row.stopped, row.worst) == ((), "healthy")
    (problem,) = row.problems
    assert FAULT_UNNOTICED.code in problem
    assert "en alpha-en: " in problem


FULL = seen(nodes={"scn-1": {"machine": MachineReading(2**20, 252 * 2**30, 0.0, 60.0)}})
OTHER = seen(nodes={"scn-2": {"machine": MachineReading(2**20, 252 * 2**30, 0.0, 60.0)}})


@pytest.mark.parametrize(
    ("fault", "report", "unnoticed", "lasts"),
    [
        (Fault("disk", "scn-1", ("scn-1",), ("alpha",)), FULL, False, True),
        (Fault("disk", "scn-1", ("scn-1",), ("alpha",)), OTHER, True, True),
        (Fault("link", "alpha", ("alpha-en", "scn-1"), ("alpha",)), ILL, False, False),
        (Fault("group", "both", ("alpha-en", "beta-en"), ("alpha", "beta")), ILL, False, True),
        (Fault("group", "spare", ("scn-3",), ()), seen(**down("scn-3")), False, False),
        (Fault("group", "spare", ("scn-3",), ()), WELL, True, True),
        (Fault("hostile", "alpha", ("scn-1",), ("alpha",)), WELL, False, True),
    ],
)
def test_a_fault_counts_as_noticed_by_a_pair_that_cannot_vote_or_a_finding_on_its_node(
    fault: Fault, report: Report, *, unnoticed: bool, lasts: bool
) -> None:
    """`lasts`: it is waited for in vain that all its pairs are unable to vote."""
    events: list[str] = []
    row = trial(events, [WELL, WELL, report, *[report] * 88, WELL]).run(fault, FakeAct(events))
    assert [FAULT_UNNOTICED.code in one for one in row.problems] == [True] * unnoticed
    assert (row.lasted >= NOTICE_SECONDS) == lasts


def test_a_fault_lasts_as_long_as_it_is_held() -> None:
    events: list[str] = []
    one = trial(events, [WELL, ILL, *[ILL] * 40, WELL])
    one.hold = 30.0
    assert one.run(FAULT, FakeAct(events)).lasted >= 30.0


def fires(after: int) -> Any:
    """Return a Prometheus that fires one alert at the so-manieth question, besides one that always fires."""
    asked = []

    def ask(url: str) -> Any:
        asked.append(url)
        names = ["Old", "PairLost"] if len(asked) > after else ["Old"]
        result = [{"metric": {"alertname": name, "alertstate": "firing", "pair": "alpha"}} for name in names]
        return {"status": "success", "data": {"result": result}}

    return ask


def test_a_fault_lasts_until_an_alert_fires_where_there_is_a_monitor() -> None:
    events: list[str] = []
    one = trial(events, [WELL, *[ILL] * 50, WELL])
    one.alerts.url, one.alerts.ask = "http://monitor:9090", fires(after=20)
    row = one.run(FAULT, FakeAct(events))
    assert row.alerts is not None
    assert [(alert.name, alert.labels, alert.after) for alert in row.alerts] == [("PairLost", {"pair": "alpha"}, 19.0)]


def prometheus(one: Trial, state_of: Callable[[float], str]) -> None:
    """Have a monitor with one alert, whose state depends on the time; "" while it is not there."""

    def ask(_url: str) -> Any:
        states = [state for state in [state_of(one.looks.clock())] if state]
        result = [{"metric": {"alertname": "PairLost", "alertstate": state, "pair": "alpha"}} for state in states]
        return {"status": "success", "data": {"result": result}}

    one.alerts.url, one.alerts.ask = "http://monitor:9090", ask


@pytest.mark.parametrize("late", ["firing", "pending"])
def test_a_fault_waits_until_the_alerts_of_the_last_one_have_ceased(late: str) -> None:
    events: list[str] = []
    one = trial(events, [WELL, *[ILL] * 3, WELL, WELL, *[ILL] * 60, WELL])
    prometheus(one, lambda now: "firing" if 1 < now < 5 or now > 45 else late if 5 <= now < 40 else "")
    first = one.run(FAULT, FakeAct(events))
    ended = one.looks.clock()
    second = one.run(FAULT, FakeAct(events))
    assert ended < 40 <= one.looks.began
    assert [[alert.name for alert in row.alerts or ()] for row in (first, second)] == [["PairLost"], ["PairLost"]]


def test_alerts_that_do_not_cease_are_waited_for_once_and_not_in_a_soak() -> None:
    events: list[str] = []
    one = trial(events, [WELL, ILL, ILL, ILL, WELL])
    prometheus(one, lambda now: "firing" if now > 1 else "")

    def waited() -> float:
        begin = one.looks.clock()
        one.run(FAULT, FakeAct(events))
        return one.looks.began - begin

    assert waited() == 0
    one.waits_for_alerts = False
    assert waited() == 0
    one.waits_for_alerts = True
    assert CEASE_SECONDS <= waited() <= CEASE_SECONDS + 2
    assert waited() == 0


def test_an_alert_that_was_pending_before_counts_only_after_it_ceased() -> None:
    for gap, expected in ((0.0, []), (3.0, ["PairLost"])):
        events: list[str] = []
        one = trial(events, [WELL, *[ILL] * 20, WELL])
        one.hold = 15.0
        prometheus(one, lambda now, gap=gap: "pending" if now < 5 else "" if now < 5 + gap else "firing")  # type: ignore[misc]
        one.waits_for_alerts = False
        assert [alert.name for alert in one.run(FAULT, FakeAct(events)).alerts or ()] == expected


def test_a_monitor_that_fires_nothing_or_does_not_answer_is_not_waited_for_for_ever() -> None:
    events: list[str] = []
    one = trial(events, [WELL, *[ILL] * 400, WELL])
    one.alerts.url, one.alerts.ask = "http://monitor:9090", fires(after=9999)
    row = one.run(FAULT, FakeAct(events))
    assert row.alerts == ()
    assert row.lasted >= ALERT_SECONDS

    def silent(_url: str) -> Any:
        raise OSError

    one = trial(events, [WELL, ILL, WELL])
    one.alerts.url, one.alerts.ask = "http://monitor:9090", silent
    row = one.run(FAULT, FakeAct(events))
    assert row.alerts is None
    assert row.lasted < NOTICE_SECONDS
