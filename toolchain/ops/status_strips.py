"""The history of a bridge as strips: one for each subject, with the same in words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from itertools import pairwise

from components.chain.rpc.waiting import duration
from components.domain.units import counted
from toolchain.ops.status_history import History, Run, Seen

WIDTH, HEIGHT = 1000.0, 20.0
THINNEST = 2.0
"""Of a run, so that a short one can be seen."""
HEIGHTS: Mapping[Seen, float] = {"healthy": 6.0, "degraded": 13.0, "stopped": HEIGHT}
"""The worse the higher, so that the level does not depend on colours. Where nobody watched there is nothing."""
TOLD = 8
"""How many changes are listed in words, the newest first."""


def strips(history: History) -> Iterator[str]:
    """Yield a list with a strip for each subject, and the last changes in words."""
    begin, end = history.begin, history.end
    yield f'<p class="dim">{_clock(begin)} to {_clock(end)}, {duration(end - begin)}; the higher, the worse</p>\n<dl>'
    for subject, runs in history.runs.items():
        yield f"<dt>{escape(subject)}</dt><dd>{_strip(runs, begin, end)}{escape(_words(runs))}</dd>"
    yield "</dl>"
    changes = sorted(_changes(history), reverse=True)[:TOLD]
    if changes:
        yield "<p>Last changes:</p>\n<ul>"
        yield from (f"<li>{_clock(moment)} {escape(words)}</li>" for moment, words in changes)
        yield "</ul>"


def _strip(runs: Sequence[Run], begin: float, end: float) -> str:
    scale = WIDTH / max(1.0, end - begin)
    bars = "".join(_bar(run, (run.begin - begin) * scale, run.seconds * scale) for run in runs)
    size = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none"'
    return f'<svg class="strip" xmlns="http://www.w3.org/2000/svg" {size} aria-hidden="true">{bars}</svg>'


def _bar(run: Run, left: float, width: float) -> str:
    if run.level == "unwatched":
        return ""
    height, wide = HEIGHTS[run.level], max(THINNEST, width)
    place = f'x="{min(left, WIDTH - wide):.1f}" y="{HEIGHT - height:g}" width="{wide:.1f}" height="{height:g}"'
    return f'<rect class="{run.level}" {place}/>'


def _words(runs: Sequence[Run]) -> str:
    """Return how long a subject was what, for those who see no strip."""
    parts = []
    for level in ("healthy", "degraded", "stopped", "unwatched"):
        found = [run for run in runs if run.level == level]
        if found:
            times = f" ({counted(len(found), 'time')})" if level in ("degraded", "stopped") else ""
            parts.append(f"{level} {duration(sum(run.seconds for run in found))}{times}")
    return ", ".join(parts)


def _changes(history: History) -> Iterator[tuple[float, str]]:
    for subject, runs in history.runs.items():
        for before, run in pairwise(runs):
            if "unwatched" not in (before.level, run.level):
                yield run.begin, f"{subject}: {before.level} to {run.level}"


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S UTC")
