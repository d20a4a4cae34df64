"""make status and make trace: exit status, options, and a state that says nothing."""

import io
import json
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from components.chain.errors import ChainError
from components.domain.problems.operations.state import CALLED_WRONGLY, STACK_NOT_UP
from components.watch.readings import Readings
from components.watch.report import Report
from components.watch.targets import Targets
from tests.run import lines
from tests.unit.watch.samples import export, readings
from tests.unit.watch.test_judging import down
from toolchain.ops import status, trace
from toolchain.ops.state import _MARK, _SECRET


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what puts a text on standard input, and readings in place of those of real nodes."""

    def give(text: str, found: Readings | None = None) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        monkeypatch.setattr(status, "read", lambda *_, **__: found)

    return give


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (readings(), 0),
        (readings(**down("alpha-en")), 1),
        (readings(**down("alpha-en", "scn-2")), 2),
    ],
)
def test_the_exit_status_is_that_of_the_verdict(
    given: Any, capsys: pytest.CaptureFixture[str], found: Readings, code: int
) -> None:
    given(json.dumps(export()), found)
    assert status.main("dev", "--json") == code
    shown = Report.model_validate_json(capsys.readouterr().out)
    assert (shown.stack, shown.verdict.exit_code) == ("dev", code)


def test_no_key_is_shown(given: Any, capsys: pytest.CaptureFixture[str]) -> None:
    state = export()
    for one in state["deployment"]["resources"]:
        if "node" in one["outputs"]:
            hidden = {**one["outputs"]["node"], "private_key": "geheim"}
            one["outputs"]["node"] = {_MARK: _SECRET, "plaintext": json.dumps(hidden)}
    for options in ((), ("--json",)):
        given(json.dumps(state), readings(**down("alpha-en")))
        assert status.main("dev", *options) == 1
        assert "geheim" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("state", "options", "problem"),
    [
        ({"deployment": None}, (), STACK_NOT_UP),
        ({"deployment": {"resources": [{"urn": "urn::a::b", "type": "pulumi:pulumi:Stack"}]}}, (), STACK_NOT_UP),
        (export(), ("--jason",), CALLED_WRONGLY),
        (export(), ("--html",), CALLED_WRONGLY),
        (export(), ("--html", "/nowhere/page.html"), CALLED_WRONGLY),
    ],
)
def test_what_cannot_be_looked_at_is_unreadable(
    given: Any, capsys: pytest.CaptureFixture[str], state: dict[str, Any], options: tuple[str, ...], problem: Any
) -> None:
    given(json.dumps(state), readings())
    assert status.main("dev", *options) == 2
    assert lines(capsys.readouterr().err, problem, "error: ")


def test_without_a_state_nothing_is_added_to_what_pulumi_says(given: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for program in (status.main, trace.main):
        given("")
        assert program("dev") == 2
        assert capsys.readouterr() == ("", "")


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses between looks, which take no time; somebody presses Ctrl-C in the third."""
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", pause)
    return pauses


def test_a_watched_bridge_is_looked_at_until_somebody_stops(
    given: Any, paused: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    given(json.dumps(export()), readings(**down("alpha-en")))
    assert status.main("dev", "--watch") == 1
    assert paused == [status.EVERY] * 3
    out = capsys.readouterr().out
    assert out.count("dev: degraded: ") == 3
    assert "\x1b" not in out, "a file is no terminal"


def in_terminal(program: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Return the exit status of a program and what it writes to its terminal."""
    own, others = os.openpty()
    seen = bytearray()

    def read_all() -> None:
        with suppress(OSError):  # EIO at the end
            while part := os.read(own, 2**16):
                seen.extend(part)

    reader = Thread(target=read_all)
    reader.start()
    with monkeypatch.context() as patch, os.fdopen(others, "w", encoding="utf-8") as terminal:
        patch.setattr("sys.stdout", terminal)
        code = program()
    reader.join()
    os.close(own)
    return code, seen.decode()


LEFT, TAKEN = "\x1b[?1049l", "\x1b[?1049h"
"""The alternate screen of a terminal is left and taken."""


@pytest.mark.parametrize("options", [(), ("--html",)])
def test_in_a_terminal_each_look_takes_the_place_of_the_one_before(
    given: Any, paused: list[float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, options: tuple[str, ...]
) -> None:
    given(json.dumps(export()), readings(**down("alpha-en")))
    monkeypatch.setenv("TERM", "xterm-256color")
    page = tmp_path / "status.html"
    more = [*options, str(page)] if options else []
    code, seen = in_terminal(lambda: status.main("dev", "--watch", *more), monkeypatch)
    assert (code, len(paused), page.exists()) == (1, 3, bool(options))
    before, _, after = seen.partition(TAKEN)
    during, _, after = after.partition(LEFT)
    assert (before, TAKEN in after) == ("", False)
    assert during.count("dev: \x1b[33mdegraded") == during.count("SCH-321") == 3
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l"), "the cursor is hidden"
    assert after.count("dev: \x1b[33mdegraded") == 1, "the last look stays"
    assert "\x1b[J" not in seen
    assert "\x1b[2J" not in seen


@pytest.mark.parametrize(
    ("options", "kind"), [(("--watch", "--json"), "xterm"), ((), "xterm"), (("--watch",), "dumb"), (("--watch",), "")]
)
def test_nothing_else_takes_the_terminal(
    given: Any, paused: list[float], monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], kind: str
) -> None:
    given(json.dumps(export()), readings())
    monkeypatch.setenv("TERM", kind)
    code, seen = in_terminal(lambda: status.main("dev", *options), monkeypatch)
    assert (code, TAKEN in seen, "\x1b[?" in seen) == (0, False, False)
    assert len(paused) == (3 if options else 0)
    assert seen


def test_the_terminal_is_given_back_where_the_page_cannot_be_written(
    given: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(json.dumps(export()), readings())
    monkeypatch.setenv("TERM", "xterm")
    program = partial(status.main, "dev", "--watch", "--html", "/nowhere/page.html")
    code, seen = in_terminal(program, monkeypatch)
    assert (code, seen.count(TAKEN), seen.count(LEFT)) == (2, 1, 1)
    assert lines(capsys.readouterr().err, CALLED_WRONGLY, "error: ")


@pytest.mark.parametrize("words", [(), ("0x12",), ("0x" + "g" * 64,), ("0x" + "1" * 64, "--jason")])
def test_a_trace_needs_a_hash(given: Any, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    given(json.dumps(export()))
    assert trace.main("dev", *words) == 2
    assert lines(capsys.readouterr().err, CALLED_WRONGLY, "error: ")


def test_a_stack_without_nodes_has_nothing_to_trace() -> None:
    with pytest.raises(ChainError, match=STACK_NOT_UP.code):
        trace.followed(Targets(()), "0x" + "1" * 64, ())


def test_a_page_is_written_beside_what_is_printed(
    given: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given(json.dumps(export()), readings())
    assert status.main("dev", "--html", str(tmp_path / "status.html"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["stack"] == "dev"
    assert [one.name for one in tmp_path.iterdir()] == ["status.html"]
