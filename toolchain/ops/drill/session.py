"""The transfers of one trial: those of a drill stop with it, those of a soak go on."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from toolchain.ops.drill.scene import Scene
from toolchain.ops.drill.traffic import Traffic, Views
from toolchain.ops.drill.transfers import Sum, Transfer, sums


def views_of(scene: Scene, without: Sequence[str] = ()) -> Views:
    """Return the consoles of nodes of both chains, none of those named. Raises Refused."""
    return {side: node.endpoint for side, node in scene.views(without).items()}


@dataclass
class Session:
    """Traffic as a trial uses it."""

    scene: Scene
    traffic: Traffic
    steady: bool = False
    """Whether it goes on between trials, always by the same nodes."""
    _flow: ExitStack = field(default_factory=ExitStack)
    _flowing: bool = False
    _mark: int = 0
    _until: int | None = None
    _troubles: int = 0
    _views: Views = field(default_factory=dict)

    def start(self, without: Sequence[str]) -> None:
        """Start to send and read through nodes other than those; `steady` traffic uses all nodes, and never stops."""
        self._mark, self._until, self._troubles = len(self.traffic.ledger), None, len(self.traffic.trouble)
        if not self._flowing:
            self._views = views_of(self.scene, () if self.steady else without)
            self._flow.enter_context(self.traffic.flowing(self._views))
            self._flowing = True

    def stop(self) -> None:
        """Send no more, unless it is steady."""
        if not self.steady:
            self.end()

    def end(self) -> None:
        """Send no more."""
        self._flow.close()
        self._flowing = False

    def arrived(self, seconds: float) -> bool:
        """Return whether what was sent until now has arrived; wait for it so long."""
        if not self._views:
            return True
        self._until = len(self.traffic.ledger)
        return self.traffic.wait(self._views, seconds, self._transfers())

    def sums(self) -> list[Sum]:
        """Return what was sent since the start, until it was last waited for, and what of it has arrived."""
        return sums(self._transfers()) if self._views else []

    def _transfers(self) -> list[Transfer]:
        count = None if self._until is None else self._until - self._mark
        return self.traffic.ledger.since(self._mark)[:count]

    def trouble(self) -> list[str]:
        """Return what kept transfers since the start from being requested."""
        return self.traffic.trouble[self._troubles :]
