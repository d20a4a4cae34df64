"""An alert: when it fires, what it says, and what to do then. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["critical", "warning"]
"""critical: transfers wait, or will soon, or somebody has changed who decides. warning: has to be repaired in hours."""


@dataclass(frozen=True)
class Runbook:
    """What to do about an alert. It is written to docs/alerts.md."""

    symptom: str
    check: str
    repair: str
    escalation: str


@dataclass(frozen=True)
class Alert:
    """A rule that fires."""

    name: str
    severity: Severity
    hold: str
    """For how long it has to be true, as Prometheus writes it."""
    expr: str
    summary: str
    """One line with names. Like the description, a template of Prometheus."""
    description: str
    """A sentence or two, with numbers."""
    runbook: Runbook
    cause: str
    """What makes it fire on a local network."""
    producible: bool = True
    """Whether a test can do that; if not, `cause` says why."""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """Return the anchor of its runbook."""
        return self.name.lower()

    def rule(self, runbooks: str) -> dict[str, Any]:
        """Return it as Prometheus reads it. `runbooks`: where docs/alerts.md is."""
        return {
            "alert": self.name,
            "expr": self.expr,
            "for": self.hold,
            "labels": {"severity": self.severity, **self.labels},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": f"{runbooks.rstrip('/')}/alerts.md#{self.anchor}",
            },
        }
