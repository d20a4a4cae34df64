"""A case: how one alert is made to fire, what is just short of it, and what several cases share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from components.watch.metrics import contract_series as contract
from tests.unit.watch.alerts.world import NODES, REQUESTS, Change, Labels, Phase, change

EN, SCN = "pair-1-en", "scn-1"
WARM_UP = 7


@dataclass(frozen=True)
class Case:
    """How one alert is made to fire."""

    alert: str
    severity: str
    bad: tuple[Change, ...]
    calm: tuple[Change, ...]
    """What is just short of it."""
    where: tuple[Labels, ...]
    """Labels of what fires, among those that name something."""
    takes: int = 7
    """How long the cause lasts."""
    rest: int = 7
    """How long it takes until nothing fires any more."""
    also: frozenset[tuple[str, str]] = frozenset()
    """What else fires then."""
    calm_also: frozenset[tuple[str, str]] = frozenset()
    """What fires while it is calm."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Series besides those of the world, as promtool writes their values."""
    network: str = "private"
    alone: bool = False
    """Whether it would hide what others cause."""

    @property
    def quiet(self) -> bool:
        """Whether at most the reserve is lost besides, so that others may be tried at the same time."""
        return not self.alone and self.also <= NO_RESERVE and not self.calm_also and not self.extra

    @property
    def phases(self) -> tuple[Phase, Phase]:
        """Return when it is calm, and when bad."""
        begin = WARM_UP + self.takes + self.rest
        return Phase(WARM_UP, WARM_UP + self.takes, self.calm), Phase(begin, begin + self.takes, self.bad)

    @property
    def minutes(self) -> int:
        """Return how long it takes altogether."""
        return self.phases[1].end + self.rest


def warnings(*names: str) -> frozenset[tuple[str, str]]:
    """Return alerts of severity warning."""
    return frozenset((name, "warning") for name in names)


def criticals(*names: str) -> frozenset[tuple[str, str]]:
    """Return alerts of severity critical."""
    return frozenset((name, "critical") for name in names)


def about(name: str) -> dict[str, str]:
    """Return the labels that name a node."""
    return {"node": name, **NODES[name]}


warning, critical = (partial(Case, severity=severity) for severity in ("warning", "critical"))
NO_RESERVE = warnings("BridgeNoReserveLeft")
WHO = {"pair": "pair-1", "chain": "parent"}
OPERATOR = {"operator": "pair-1", "chain": "parent"}


def requested(chain: str, age: float = 0, amount: float = 7) -> tuple[Change, ...]:
    """Return one more request that is open, in the slot of the newest one; `age`: seconds when it begins."""
    slot = {"chain": chain, "back": "0"}
    return (
        change(contract.REQUESTED, REQUESTS[chain] + 1, chain=chain),
        change(contract.RECENT_NONCE, REQUESTS[chain], **slot),
        change(contract.RECENT_TIME, lambda _, since, now: now - since - age, **slot),
        change(contract.RECENT_AMOUNT, amount, **slot),
    )
