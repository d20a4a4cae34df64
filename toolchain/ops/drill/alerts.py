"""Which alerts the stack's own Prometheus fires."""

import json
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

QUERY = "ALERTS"
"""Those that fire, and those that are pending: true, and not yet for long enough."""
SECONDS = 3.0
"""For an answer."""
HIDDEN = frozenset({"__name__", "alertname", "alertstate", "stack", "job", "instance"})
"""Labels that say nothing about where it is."""

Alert = tuple[str, tuple[tuple[str, str], ...]]
"""Name and labels."""


def ask(url: str) -> Any:
    """Return the answer of a Prometheus. Raises OSError, ValueError."""
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - Alerts checks it
        return json.load(answer)


@dataclass
class Alerts:
    """The alerts of a monitor, as seen since a fault began."""

    url: str | None
    ask: Callable[[str], Any] = ask
    before: frozenset[Alert] = frozenset()
    """Alerts that were there before the fault, also pending ones, and have been there ever since."""
    fired: dict[Alert, float] = field(default_factory=dict)
    """Alerts that fire and were not there before, with the seconds until they were seen."""
    readable: bool = False
    """Whether the monitor has answered since the fault began."""
    _others: frozenset[Alert] | None = None
    """Alerts that no fault of this drill has caused, and those that were waited for in vain."""

    def begin(self) -> None:
        """Note what is there already."""
        self.fired, self.readable = {}, False
        self.before = frozenset(self._now() or ())
        if self._others is None and self.readable:
            self._others = self.before

    def look(self, seconds: float) -> None:
        """Note what fires now, so many seconds after the fault began."""
        now = self._now()
        if now is None:
            return
        self.before &= now.keys()
        for one in [one for one, state in now.items() if state == "firing" and one not in self.before]:
            self.fired.setdefault(one, seconds)

    def lasting(self) -> bool:
        """Return whether one of an earlier fault is still there: it could not be told from one of a new fault."""
        return self._others is not None and not self._others.issuperset(self._now() or ())

    def accept(self) -> None:
        """Wait for none any more that is there now."""
        self._others = frozenset(self._others or ()) | (self._now() or {}).keys()

    def _now(self) -> dict[Alert, str] | None:
        """Return the alerts that are there, with their states; None if that cannot be read."""
        if self.url is None or not self.url.startswith(("http://", "https://")):
            return None
        query = urllib.parse.urlencode({"query": QUERY})
        try:
            told = self.ask(f"{self.url.rstrip('/')}/api/v1/query?{query}")
            found = [(_alert(one["metric"]), str(one["metric"]["alertstate"])) for one in told["data"]["result"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        self.readable = True
        # In the moment of a change an alert may be there with both states.
        return dict(sorted(found, key=lambda one: one[1], reverse=True))


def _alert(labels: Mapping[str, str]) -> Alert:
    return labels["alertname"], tuple(sorted((name, value) for name, value in labels.items() if name not in HIDDEN))
