"""A board of Grafana and its panels. Pure.

Panels flow from left to right on a grid of 24 columns. The variables `datasource` and `stack` choose what is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from components.watch.alerts.declared import NODE
from components.watch.alerts.promql import StackSeries

Kind = Literal["stat", "timeseries", "state-timeline", "table", "alertlist"]
Query = tuple[str, str]
"""An expression, and the legend of its series."""

WIDTH = 24
SCHEMA = 38
"""Of Grafana 10."""
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
SHOWN = StackSeries("$stack")
"""The series of the stack that is chosen."""
GREEN, YELLOW, RED = "green", "yellow", "red"
Step = tuple[float | None, str]
"""From this value on a colour; None for the lowest."""


@dataclass(frozen=True)
class Panel:
    """One panel."""

    title: str
    kind: Kind
    queries: Sequence[Query]
    about: str
    """What it shows, and what to look for."""
    unit: str = "short"
    width: int = 8
    height: int = 7
    steps: Sequence[Step] = ((None, GREEN),)
    words: Mapping[str, str] = field(default_factory=dict)
    """What is shown in place of a value."""
    options: Mapping[str, Any] = field(default_factory=dict)

    def shown(self, number: int, x: int, y: int) -> dict[str, Any]:
        """Return it as Grafana reads it."""
        steps = [{"color": colour, "value": value} for value, colour in self.steps]
        mappings = [{"type": "value", "options": {value: {"text": text}}} for value, text in self.words.items()]
        return {
            "id": number,
            "title": self.title,
            "description": self.about,
            "type": self.kind,
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "targets": [self._target(index, *query) for index, query in enumerate(self.queries)],
            "fieldConfig": {
                "defaults": {
                    "unit": self.unit,
                    "mappings": mappings,
                    "thresholds": {"mode": "absolute", "steps": steps},
                    "color": {"mode": "palette-classic" if self.kind == "timeseries" else "thresholds"},
                },
                "overrides": [],
            },
            "options": dict(self.options),
        }

    def _target(self, index: int, expr: str, legend: str) -> dict[str, Any]:
        now = self.kind in ("stat", "table")
        return {
            "refId": chr(ord("A") + index),
            "datasource": SOURCE,
            "expr": expr,
            "legendFormat": legend,
            "instant": now,
            "range": not now,
            **({"format": "table"} if self.kind == "table" else {}),
        }


def board(uid: str, title: str, panels: Iterable[Panel]) -> dict[str, Any]:
    """Return a board. `uid`: by which its address stays the same."""
    return {
        "uid": uid,
        "title": title,
        "tags": ["servicechain"],
        "schemaVersion": SCHEMA,
        "timezone": "utc",
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "editable": True,
        "templating": {"list": [_source(), _stack()]},
        "panels": list(_placed(panels)),
    }


def _source() -> dict[str, Any]:
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}


def _stack() -> dict[str, Any]:
    query = f"label_values({NODE}, stack)"
    return {
        "name": "stack",
        "label": "Stack",
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": query, "refId": "stack"},
        "definition": query,
        "refresh": 2,
        "sort": 1,
    }


def _placed(panels: Iterable[Panel]) -> Iterable[dict[str, Any]]:
    x = y = height = 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > WIDTH:
            x, y, height = 0, y + height, 0
        yield panel.shown(number, x, y)
        x, height = x + panel.width, max(height, panel.height)
