"""What `make status` would report during a fault: what stopped and when, and what worked all the time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from components.chain.errors import NotReady
from components.domain.problems.operations.drills import PAIR_NOT_BACK
from components.watch.judging.finding import Level
from components.watch.report import FindingRow, Report
from toolchain.ops.drill.report import StoppedRow

HEALTHY_SECONDS = 180.0
"""For the bridge to be healthy after a fault: an SCN dials its EN every 30 s, and a turn of a validator may cost 10."""
BEFORE_SECONDS = 20.0
"""For a bridge that is healthy but busy: a count that is read twice may look wrong once."""
PAUSE = 1.0

_ORDER: tuple[Level, ...] = ("healthy", "degraded", "stopped")


@dataclass
class Looks:
    """Reports on a bridge during one fault."""

    look: Callable[[], Report]
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    began: float = 0.0
    worst: Level = "healthy"
    stopped: dict[tuple[str, tuple[str, ...]], StoppedRow] = field(default_factory=dict)
    """Findings, by subject and codes, as first seen."""
    _able: set[str] | None = None
    _working: set[str] | None = None

    def begin(self) -> None:
        """Forget what was seen: a fault begins now."""
        self.began, self.worst, self.stopped = self.clock(), "healthy", {}
        self._able = self._working = None

    @property
    def seconds(self) -> float:
        """Return the seconds since the fault began."""
        return self.clock() - self.began

    def take(self) -> Report:
        """Look once, and note what was seen."""
        found = self.look()
        self.worst = max(self.worst, found.verdict.level, key=_ORDER.index)
        for one in found.findings:
            self.stopped.setdefault((one.subject, one.codes), self._row(one))
        able, working = {*found.verdict.healthy_pairs}, _working(found)
        self._able = able if self._able is None else self._able & able
        self._working = working if self._working is None else self._working & working
        return found

    def _row(self, one: FindingRow) -> StoppedRow:
        after = round(self.seconds, 1)
        return StoppedRow(subject=one.subject, level=one.level, codes=one.codes, text=one.text, after=after)

    @property
    def continued(self) -> tuple[str, ...]:
        """Return the pairs, chains and directions that worked in every look."""
        return (*sorted(self._able or ()), *sorted(self._working or ()))

    def wait_until_healthy(self, seconds: float = HEALTHY_SECONDS) -> float:
        """Look until the verdict is healthy; return how long that took. Raises NotReady with what is wrong."""
        begin = self.clock()
        while True:
            found = self.look()
            if found.verdict.level == "healthy":
                return self.clock() - begin
            if self.clock() - begin >= seconds:
                wrong = "; ".join(one.text.splitlines()[0] for one in found.findings) or found.verdict.text
                raise NotReady(PAIR_NOT_BACK(f"not healthy after {seconds:.0f} s: {wrong}"))
            self.pause(PAUSE)


def _working(found: Report) -> set[str]:
    chains = {f"{row.chain} chain" for row in found.chains if row.level != "stopped" and row.head is not None}
    return chains | {row.direction for row in found.directions if row.level != "stopped" and row.handled is not None}
