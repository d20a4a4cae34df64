"""What a bridge was like while it was watched: for each subject, runs of looks with the same level. Pure.

It is kept in the page that it is shown on, so that the next `make status --watch` on the same file goes on with it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from components.watch.judging.finding import Level
from components.watch.report import Report

KEPT_SECONDS = 6 * 3600.0
"""What is older is forgotten."""
MOST_RUNS = 120
"""Per subject; the oldest are forgotten first. It bounds the page where something comes and goes all the time."""
GAP_SECONDS = 60.0
"""After so long without a look nobody watched meanwhile."""
WHOLE = "bridge"
"""Subject of the verdict on everything."""
TAG = '<script type="application/json" id="history">'

Seen = Level | Literal["unwatched"]


@dataclass(frozen=True)
class Run:
    """A time in which a subject had one level."""

    level: Seen
    begin: float
    """Unix time of the first look with this level."""
    end: float
    """Unix time of the first look with another level, or of the last look of all."""

    @property
    def seconds(self) -> float:
        """Return how long it lasted."""
        return self.end - self.begin


@dataclass(frozen=True)
class History:
    """All runs, by subject."""

    stack: str
    runs: Mapping[str, tuple[Run, ...]] = field(default_factory=dict)

    @property
    def begin(self) -> float:
        """Return when it begins (Unix time)."""
        return min((runs[0].begin for runs in self.runs.values()), default=0.0)

    @property
    def end(self) -> float:
        """Return the last look (Unix time)."""
        return max((runs[-1].end for runs in self.runs.values()), default=0.0)

    def with_look(self, found: Report) -> "History":
        """Return the history with one more look. Subjects that are gone from the state are forgotten."""
        moment = datetime.fromisoformat(found.time).timestamp()
        runs = {subject: _added(self.runs.get(subject, ()), level, moment) for subject, level in levels(found)}
        return replace(self, runs=runs)

    def as_json(self) -> str:
        """Return it as text that may stand in a page."""
        runs = {
            name: [[one.level, round(one.begin), round(one.end)] for one in all_] for name, all_ in self.runs.items()
        }
        return json.dumps({"stack": self.stack, "runs": runs}, separators=(",", ":")).replace("<", "\\u003c")

    @classmethod
    def of_page(cls, stack: str, page: str) -> "History":
        """Return the history in a page; an empty one if it has none of this stack that can be read."""
        match = re.search(f"{re.escape(TAG)}(.*?)</script>", page, flags=re.DOTALL)
        try:
            known: Any = json.loads(match[1]) if match else {}
            runs = {
                str(name): tuple(Run(_level(level), float(begin), float(end)) for level, begin, end in all_)
                for name, all_ in known["runs"].items()
                if all_
            }
            return cls(stack, runs if known["stack"] == stack else {})
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls(stack)


def levels(found: Report) -> Iterator[tuple[str, Level]]:
    """Yield the level of the bridge, of both chains, of every pair and of both directions."""
    yield WHOLE, found.verdict.level
    yield from ((f"{row.chain} chain", row.level) for row in found.chains)
    yield from ((row.name, row.level) for row in found.pairs)
    yield from ((row.direction, row.level) for row in found.directions if row.token is None)


def _added(runs: tuple[Run, ...], level: Level, moment: float) -> tuple[Run, ...]:
    if runs and moment <= runs[-1].end:
        runs = () if moment < runs[0].begin else runs  # a clock that went back
        moment = max(moment, runs[-1].end) if runs else moment
    last = runs[-1] if runs else None
    if last is None:
        added: tuple[Run, ...] = (Run(level, moment, moment),)
    elif moment - last.end > GAP_SECONDS:
        added = (*runs, Run("unwatched", last.end, moment), Run(level, moment, moment))
    elif last.level == level:
        added = (*runs[:-1], replace(last, end=moment))
    else:
        added = (*runs[:-1], replace(last, end=moment), Run(level, moment, moment))
    return tuple(_kept(one, moment - KEPT_SECONDS) for one in added if one.end > moment - KEPT_SECONDS)[-MOST_RUNS:]


def _kept(run: Run, since: float) -> Run:
    return replace(run, begin=max(run.begin, since))


def _level(text: object) -> Seen:
    if text in ("healthy", "degraded", "stopped", "unwatched"):
        return text
    raise ValueError(text)
