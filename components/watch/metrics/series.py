"""A series of the catalogue: its name, unit, labels, which nodes have it, its source, and what to beware of.

Rules and dashboards use the names: `f"{NODE_UP} == 0"` is an expression of PromQL. docs/metrics.md is made of all. The
labels are those of the source; the scrape adds `stack`, `node`, `role`, `chain` and `pair`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

PREFIX: Final = "servicechain_"
Unit = Literal[
    "",
    "blocks",
    "bytes",
    "coins",
    "nanoseconds per second",
    "per second",
    "seconds",
    "smallest units of the token",
]


@dataclass(frozen=True)
class Series:
    """A time series, or some that differ in their labels."""

    name: str
    help: str
    """One sentence, which is also the HELP of the exporter."""
    source: str
    """The call to the node, or the file, that it is read from."""
    unit: Unit = ""
    labels: tuple[str, ...] = ()
    emitter: str = ""
    """Which nodes or machines have it."""
    pitfall: str = ""
    """What to beware of; empty where there is nothing."""
    kind: Literal["gauge", "counter"] = "gauge"

    def __str__(self) -> str:
        """Return the name, as it stands in an expression."""
        return self.name


@dataclass(frozen=True)
class SeriesOf:
    """Makes the series of some nodes or machines."""

    emitter: str
    prefix: str = ""

    def __call__(
        self,
        name: str,
        help_: str,
        source: str,
        *labels: str,
        unit: Unit = "",
        pitfall: str = "",
        kind: Literal["gauge", "counter"] = "gauge",
    ) -> Series:
        """Return a series."""
        return Series(self.prefix + name, help_, source, unit, labels, self.emitter, pitfall, kind)


def all_in(names: Mapping[str, object]) -> tuple[Series, ...]:
    """Return the series among the names of a module, in their order."""
    return tuple(one for one in names.values() if isinstance(one, Series))
