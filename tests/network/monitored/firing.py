"""Waits until alerts fire, and until they do not."""

import time
from collections.abc import Collection

from components.chain.rpc.waiting import wait_for
from tests.network.monitored.prometheus import Prometheus


def fire(prometheus: Prometheus, names: Collection[str], seconds: float) -> None:
    """Wait until all have fired, in each of their severities, and print after how long each did."""
    begin, seen = time.monotonic(), set[tuple[str, str]]()
    wanted = prometheus.stages(names)

    def probe() -> bool | str:
        for name, severity in (prometheus.firing() & wanted) - seen:
            print(f"{name} ({severity}) fires after {time.monotonic() - begin:.0f} s")
            seen.add((name, severity))
        return seen == wanted or f"these do not fire: {sorted(wanted - seen)}"

    wait_for(probe, seconds, interval=1)


def cease(prometheus: Prometheus, names: Collection[str], seconds: float = 90) -> None:
    """Wait until none of them fires, whatever its severity."""
    stages = prometheus.stages(names)
    wait_for(lambda: not (found := prometheus.firing() & stages) or f"still: {sorted(found)}", seconds, interval=1)


def nothing_fires(prometheus: Prometheus, names: Collection[str]) -> Collection[str]:
    """Wait until none of them fires, so that what fires then has its cause here; return them."""
    cease(prometheus, names)
    return names
