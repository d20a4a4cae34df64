"""The report as it is shown to somebody who watches: whole where there is room, and never larger than the terminal."""

import io
import re

import pytest

from components.watch.report import Report
from tests.unit.watch.test_report import degraded, reported
from toolchain.ops.status_live import Screen
from toolchain.ops.status_table import head, tables

HOME = "\x1b[H"


def frames(*looks: Report, width: int = 140, height: int = 60, more: str = "") -> list[str]:
    """Return what a terminal of that size gets at each look, from the top left corner on."""
    terminal = io.StringIO()
    with Screen(terminal, width, height) as screen:
        for one in looks:
            screen.show(one, more)
    _, _, during = terminal.getvalue().partition("\x1b[?1049h")
    during, _, _ = during.partition("\x1b[?1049l")
    return during.split(HOME)[-len(looks) :]


def plain(frame: str) -> list[str]:
    """Return the lines of a frame, without colours."""
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", frame).replace("\r", "").split("\n")]


def test_it_has_the_verdict_the_findings_and_each_cell_as_they_are() -> None:
    (frame,) = frames(degraded(), more="metrics and alerts: http://192.0.2.1:9090")
    shown = plain(frame)
    assert set(head(degraded())) <= set(shown), "no part of a line is taken for markup or cut off"
    for names, rows in tables(degraded()):
        for row in (names, *rows):
            words = " ".join(" ".join(row).split())
            assert words in [" ".join(line.split()) for line in shown]
    assert "metrics and alerts: http://192.0.2.1:9090" in shown
    assert "\x1b[33mdegraded" in frame
    assert "\x1b[32mhealthy" in frame


def test_every_look_fills_the_screen_so_that_nothing_of_the_last_one_is_left() -> None:
    first, second = frames(degraded(), reported())
    assert len(plain(first)) == len(plain(second)) == 60
    assert "alpha is back" in first
    assert "alpha is back" not in second


@pytest.mark.parametrize(("width", "height"), [(140, 12), (60, 30), (40, 3)])
def test_what_a_small_terminal_cannot_show_is_counted(width: int, height: int) -> None:
    (frame,) = frames(degraded(), width=width, height=height)
    whole = plain(frames(degraded(), width=width, height=500)[0])
    shown = plain(frame)
    used = len("\n".join(whole).rstrip().split("\n"))
    assert len(shown) == height
    assert max(map(len, shown)) <= width
    assert shown[: height - 1] == whole[: height - 1]
    assert shown[-1].startswith(f"… {used - height + 1} more lines")
    (short,) = frames(degraded(), width=width, height=used - 1)
    assert plain(short)[-1].startswith("… 2 more lines")
    fits = plain(frames(degraded(), width=width, height=used)[0])
    assert fits == whole[:used]


def test_colours_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    (frame,) = frames(degraded())
    assert "[33m" not in frame
    assert "degraded" in frame
