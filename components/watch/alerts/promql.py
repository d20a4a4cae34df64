"""Text of PromQL: the series of one stack, and what all rules share. Pure.

Series of the exporter come from a file that node_exporter keeps serving: rules use what `fresh` returns, which is
recorded only while the exporter runs; the free space of a disk is the exception. A node that is behind reports old
values of a contract: rules use what `seen` returns, which is recorded only of nodes in sync. A dead node has no series
at all.
"""

from dataclasses import dataclass

from components.domain.units import DAY
from components.settings.model import Settings
from components.watch.metrics.series import Series

FRESH = "node:servicechain_exporter_runs:changes"
"""How often the exporter has run lately; absent when it has not."""
IN_SYNC = "node:servicechain_in_sync:info"
"""1 for each node that has the newest block of its chain; absent for others."""

PAIRS = "stack:servicechain_pairs:count"
UNABLE = "stack:servicechain_unable_pairs:count"
THRESHOLD = "stack:servicechain_threshold:max"
"""Votes that a transfer needs, of the contract that needs more; the last known where none can be read."""

EN, SCN, PARENT = 'role="en"', 'role="scn"', 'chain="parent"'
MACHINES, NODES = 'job="machine"', 'job="kaia"'
"""Matchers."""

RUN_SECONDS = 10
"""Most that one run of the exporter takes."""
USUAL_INTERVAL = 15
"""Seconds between readings for which the limits of ages are made; the default of the settings."""
FIRST_READINGS = 4
"""Intervals until a monitor that starts knows everything: it has read a machine twice, or three times where the
exporter's timer was a moment late, and the rules were evaluated."""


@dataclass(frozen=True)
class StackSeries:
    """The series of one stack."""

    stack: str

    def of(self, series: Series | str, *matchers: str) -> str:
        """Return the series of this stack, by more matchers: a Prometheus may watch several stacks."""
        inside = ",".join([f'stack="{self.stack}"', *matchers])
        return f"{series}{{{inside}}}"

    def fresh(self, series: Series, *matchers: str) -> str:
        """Return a series of the exporter, where the exporter still runs."""
        return self.of(fresh_name(series), *matchers)

    def seen(self, series: Series, *matchers: str) -> str:
        """Return a series about a contract, as nodes in sync see it."""
        return self.of(seen_name(series), *matchers)

    @property
    def power(self) -> str:
        """Return a template: how many pairs can vote, and how many have to."""
        left = f"{self.of(PAIRS)} - {self.of(UNABLE)}"
        pairs, votes = asked(self.of(PAIRS)), asked(self.of(THRESHOLD))
        return f"{asked(left)} of {pairs} pairs can vote, and a transfer needs {votes}."


@dataclass(frozen=True)
class Scope(StackSeries):
    """What rules are rendered for."""

    settings: Settings

    @property
    def interval(self) -> int:
        """Seconds from one reading to the next."""
        return self.settings.monitoring.interval

    @property
    def skew(self) -> str:
        """By how much two nodes' values may differ in age: one reading and one scrape, and how long they take."""
        return f"{2 * self.interval + RUN_SECONDS + 5}s"

    @property
    def lag(self) -> int:
        """By how many seconds a value may be older than with the usual interval: when it was read, and then scraped."""
        return max(0, 2 * (self.interval - USUAL_INTERVAL))

    def hold(self, least: int) -> str:
        """Return how long something has to be missing: so many seconds, or until a monitor that starts knows more."""
        return span(max(least, FIRST_READINGS * self.interval))

    @property
    def lately(self) -> str:
        """In which time a working exporter has run twice."""
        return span(4 * self.interval + 60)


def fresh_name(series: Series) -> str:
    """Return the recorded series of those exporters that run."""
    return f"node:{series}:fresh"


def seen_name(series: Series) -> str:
    """Return the recorded series of those nodes that are in sync."""
    return f"node:{series}:in_sync"


def span(seconds: int) -> str:
    """Return a duration as Prometheus writes it."""
    for size, unit in ((DAY, "d"), (3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def asked(expr: str, *labels: str, form: str = 'printf "%.10g"') -> str:
    """Return a template that shows the value of another expression in a sentence.

    `labels`: labels of the alert whose values take the place of each `%s`.
    """
    names = "".join(f" $labels.{label}" for label in labels)
    return f"{{{{ with printf `{expr}`{names} | query }}}}{{{{ . | first | value | {form} }}}}{{{{ end }}}}"
