"""The history of a watched bridge: what it keeps, for how long, and how a page shows it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.watch.report import Report
from tests.unit.toolchain.drill.fakes import seen, state
from tests.unit.watch.test_judging import down
from toolchain.ops import status
from toolchain.ops.status_history import GAP_SECONDS, KEPT_SECONDS, MOST_RUNS, History, Run
from toolchain.ops.status_html import page
from toolchain.ops.status_strips import strips

START = 1_700_000_000.0
WELL, ILL, DEAD = seen(), seen(**down("alpha-en")), seen(**down("alpha-en", "scn-2"))


def at(found: Report, seconds: float) -> Report:
    moment = datetime.fromtimestamp(START + seconds, UTC).isoformat(timespec="seconds")
    return found.model_copy(update={"time": moment})


def watched(*looks: tuple[Report, float]) -> History:
    """Return the history of looks, each so many seconds after the start."""
    history = History("dev")
    for found, seconds in looks:
        history = history.with_look(at(found, seconds))
    return history


def runs(history: History, subject: str = "bridge") -> list[tuple[str, float, float]]:
    return [(one.level, one.begin - START, one.end - START) for one in history.runs[subject]]


def test_looks_with_the_same_level_are_one_run() -> None:
    history = watched((WELL, 0), (WELL, 5), (ILL, 10), (DEAD, 15), (DEAD, 20), (WELL, 25))
    assert runs(history) == [("healthy", 0, 10), ("degraded", 10, 15), ("stopped", 15, 25), ("healthy", 25, 25)]
    assert runs(history, "alpha") == [("healthy", 0, 10), ("degraded", 10, 25), ("healthy", 25, 25)]
    assert runs(history, "parent chain") == [("healthy", 0, 25)]
    assert list(history.runs) == [
        "bridge",
        "parent chain",
        "child chain",
        "alpha",
        "beta",
        "parent to child",
        "child to parent",
    ]


def test_where_nobody_watched_there_is_a_gap() -> None:
    late = GAP_SECONDS + 6
    assert runs(watched((WELL, 0), (WELL, 5), (WELL, late))) == [
        ("healthy", 0, 5),
        ("unwatched", 5, late),
        ("healthy", late, late),
    ]


def test_the_past_is_forgotten() -> None:
    end = KEPT_SECONDS + 49  # the last look
    history = watched((ILL, 0), (ILL, 45), *[(WELL, second) for second in range(49, int(end) + 1, 50)])
    assert runs(history)[0][0] == "healthy", "a run that is older has gone"
    assert runs(history)[0][1] == end - KEPT_SECONDS, "and the oldest begins where the past does"
    many = watched(*[((WELL, ILL)[second % 2], second) for second in range(MOST_RUNS * 2)])
    assert len(many.runs["bridge"]) == MOST_RUNS


def test_a_clock_that_goes_back_breaks_nothing() -> None:
    assert runs(watched((WELL, 10), (WELL, 20), (ILL, 15))) == [("healthy", 10, 20), ("degraded", 20, 20)]
    assert runs(watched((WELL, 10), (WELL, 20), (ILL, 0))) == [("degraded", 0, 0)]


def test_a_page_has_its_history_and_gives_it_back() -> None:
    history = watched((WELL, 0), (ILL, 5), (DEAD, 10), (WELL, 15))
    text = page(WELL, history, 5.0)
    assert History.of_page("dev", text) == history
    assert History.of_page("prod", text).runs == {}, "it is that of another stack"
    assert 'http-equiv="refresh" content="5"' in text
    assert "history" not in page(WELL)
    assert 'http-equiv="refresh"' not in page(WELL)


@pytest.mark.parametrize("known", ["", "{", "[]", '{"stack":"dev"}', '{"stack":"dev","runs":{"x":[["red",1,2]]}}', "7"])
def test_a_page_that_says_nothing_is_one_without_a_history(known: str) -> None:
    assert History.of_page("dev", f'<script type="application/json" id="history">{known}</script>') == History("dev")
    assert History.of_page("dev", "") == History("dev")


def test_names_cannot_end_the_data() -> None:
    history = History("dev", {"</script><b>": (Run("healthy", START, START),)})
    text = page(WELL, history)
    assert "</script><b>" not in text
    assert History.of_page("dev", text) == history


def test_what_the_strips_show_is_told_in_words_too() -> None:
    text = "\n".join(strips(watched((WELL, 0), (ILL, 5), (DEAD, 10), (DEAD, 20), (WELL, 25))))
    assert text.count("<svg") == 7
    assert "healthy 5 s, degraded 5 s (1 time), stopped 15 s (1 time)" in text
    assert "22:13:25 UTC alpha: healthy to degraded" in text


def test_a_watch_goes_on_with_the_history_of_its_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "status.html"
    reports = [at(WELL, 0), at(ILL, 5), at(WELL, 10), at(WELL, 15)]
    monkeypatch.setattr(status, "look", lambda *_: reports.pop(0))

    def pause(_seconds: float) -> None:
        if len(reports) % 2 == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", pause)

    def watch(*options: str) -> Any:
        import io

        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(state())))
        status.main("dev", "--html", str(file), *options)
        return History.of_page("dev", file.read_text())

    assert runs(watch("--watch")) == [("healthy", 0, 5), ("degraded", 5, 5)]
    assert runs(watch("--watch")) == [("healthy", 0, 5), ("degraded", 5, 10), ("healthy", 10, 15)]
    reports.append(at(WELL, 20))
    assert watch().runs == {}, "one look has no history"
    capsys.readouterr()
