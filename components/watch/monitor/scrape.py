"""What Prometheus reads of a stack: prometheus.yml, from the machines and their nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.domain.networks import Side
from components.domain.ports import ALERTMANAGER_PORT, MACHINE_METRICS_PORT, METRICS_PORT, PROMETHEUS_PORT
from components.domain.roles import MONITOR, MachineRole

LONGEST_SCRAPE = 10
"""Seconds that a machine has to answer in; less where it is read more often."""
HERE = "127.0.0.1"
"""Prometheus and Alertmanager are on one machine."""


@dataclass(frozen=True)
class Scraped:
    """A machine that is read, with its node if it has one."""

    name: str
    role: MachineRole
    side: Side | None
    """The chain of its node; None for the monitor."""
    pair: str | None
    address: str
    """By which the monitor reaches it."""

    def labels(self, stack: str) -> dict[str, str]:
        """Return the labels of all series of the machine; `instance` is added by Prometheus."""
        chain = {"chain": self.side} if self.side else {}
        pair = {"pair": self.pair} if self.pair else {}
        return {"stack": stack, "node": self.name, "role": self.role, **chain, **pair}


def prometheus(
    targets: Sequence[Scraped], *, stack: str, interval: int, rule_files: Sequence[str]
) -> Mapping[str, Any]:
    """Return the configuration of Prometheus. `interval`: seconds from one reading to the next."""
    own = {"stack": stack, "node": MONITOR, "role": MONITOR}
    return {
        "global": {
            "scrape_interval": f"{interval}s",
            "scrape_timeout": f"{min(interval, LONGEST_SCRAPE)}s",
            "evaluation_interval": f"{interval}s",
        },
        "rule_files": list(rule_files),
        "alerting": {"alertmanagers": [{"static_configs": [_one(HERE, ALERTMANAGER_PORT)]}]},
        "scrape_configs": [
            _job("kaia", [_one(one.address, METRICS_PORT, one.labels(stack)) for one in targets if one.side]),
            _job("machine", [_one(one.address, MACHINE_METRICS_PORT, one.labels(stack)) for one in targets]),
            _job("prometheus", [_one(HERE, PROMETHEUS_PORT, own)]),
            _job("alertmanager", [_one(HERE, ALERTMANAGER_PORT, own)]),
        ],
    }


def _job(name: str, targets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"job_name": name, "metrics_path": "/metrics", "static_configs": list(targets)}


def _one(address: str, port: int, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"targets": [f"{address}:{port}"], **({"labels": dict(labels)} if labels else {})}
