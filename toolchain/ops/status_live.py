"""The report on a bridge in a terminal that somebody watches: each look takes the place of the one before, with rich.

It is shown on the alternate screen, as an editor is, so nothing is left in what the terminal scrolls back to.
"""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TextIO

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from components.watch.report import Report
from toolchain.ops.status_table import head, tables

STYLES = {"healthy": "green", "degraded": "yellow", "stopped": "red"}
"""Of the words for levels."""


class Screen:
    """A terminal that shows the newest look until the context ends. What was in it before is there again then."""

    def __init__(self, terminal: TextIO, width: int | None = None, height: int | None = None) -> None:
        """`width`, `height`: of the terminal, where it is not to be asked."""
        console = Console(file=terminal, force_terminal=True, highlight=False, emoji=False, width=width, height=height)
        self._live = Live(
            console=console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )

    def __enter__(self) -> "Screen":
        """Take the terminal."""
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self._live.stop()

    def show(self, found: Report, more: str = "") -> None:
        """Show a look. `more`: words below it."""
        self._live.update(_Fitted(Group(*_parts(found, more))), refresh=True)


class _Fitted:
    """As many lines as the terminal has; the last one says how many more there are."""

    def __init__(self, whole: RenderableType) -> None:
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        height = options.max_height
        lines = console.render_lines(self._whole, options.update(height=None), pad=False)
        if len(lines) > height:
            words = f"… {len(lines) - height + 1} more lines: enlarge the terminal, or call make status"
            last = Text(words, style="dim", no_wrap=True, overflow="ellipsis")
            lines = [*lines[: height - 1], *console.render_lines(last, options.update(height=None), pad=False)]
        for line in lines:
            yield from line
            yield Segment.line()


def _parts(found: Report, more: str) -> Iterator[RenderableType]:
    for line in head(found):
        yield _coloured(line)
    for names, rows in tables(found):
        if rows:
            yield Text("")
            yield _table(names, rows)
    if more:
        yield Text("")
        yield Text(more)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in names:
        made.add_column(Text(name), overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    return made


def _coloured(line: str) -> Text:
    text = Text(line)
    for word, style in STYLES.items():
        text.highlight_words([word], style)
    return text
