"""When each resource of a run began and ended, from the events of the engine."""

import time
from collections.abc import Iterable

from pulumi import automation

PHASES = {
    "hosts": {"Account", "SshKey", "LocalNetwork", "LocalHost", "Genesis"},
    "nodes": {"CopyToRemote", "Command", "RunningNode"},
    "bridge": {
        "BridgeContract",
        "BridgeOperator",
        "BridgeRegistration",
        "Funding",
        "Liquidity",
        "OperatorThreshold",
    },
    "proof": {"TransferProof"},
}
"""Types of resources, by phase of an up. Phases overlap: Pulumi does what it can as soon as it can."""


class Timeline:
    """Collects events as they come; their own time stamps are whole seconds."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.spans: dict[str, tuple[str, float, float]] = {}
        self._open: dict[str, float] = {}

    def note(self, event: automation.EngineEvent) -> None:
        """Take note of an event; to be given as `on_event`."""
        now = time.monotonic() - self.start
        if event.resource_pre_event:
            self._open[event.resource_pre_event.metadata.urn] = now
        if event.res_outputs_event:
            step = event.res_outputs_event.metadata
            self.spans[step.urn] = (step.type.rpartition(":")[2], self._open.get(step.urn, now), now)

    def of(self, types: Iterable[str]) -> tuple[float, float]:
        """Return when the first resource of these types began and the last one ended, in seconds."""
        wanted = set(types)
        spans = [(begin, end) for kind, begin, end in self.spans.values() if kind in wanted]
        return min(begin for begin, _ in spans), max(end for _, end in spans)
