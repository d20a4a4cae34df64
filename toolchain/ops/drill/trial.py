"""One fault from its beginning to its end: a healthy bridge, the fault, transfers meanwhile, the way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from components.chain.errors import ChainError, NotReady
from components.domain.problems.operations.drills import FAULT_UNNOTICED, TRANSFERS_MISSING, UNWELL_BEFORE_DRILL
from components.domain.problems.problem import Message
from components.domain.units import counted
from components.watch.report import Report
from toolchain.ops.drill.acts import Act
from toolchain.ops.drill.alerts import Alerts
from toolchain.ops.drill.ending import Ending
from toolchain.ops.drill.fault import UNSEEN, Fault
from toolchain.ops.drill.looks import BEFORE_SECONDS, PAUSE, Looks
from toolchain.ops.drill.report import AlertRow, FaultRow, transfer_rows
from toolchain.ops.drill.scene import Refused
from toolchain.ops.drill.transfers import Sum

NOTICE_SECONDS = 90.0
"""For `make status` to notice a fault: a cut link is noticed when nothing was heard for 30 s."""
ALERT_SECONDS = 300.0
"""For an alert to fire, on a stack with a monitor."""
CEASE_SECONDS = 120.0
"""For the alerts of a fault to cease before the next fault."""
ARRIVAL_SECONDS = 120.0
"""For transfers, while a pair and a validator are away."""


class Sending(Protocol):
    """The transfers during a trial."""

    def start(self, without: Sequence[str]) -> None:
        """Start to send and read through nodes other than those."""

    def stop(self) -> None:
        """Send no more."""

    def arrived(self, seconds: float) -> bool:
        """Return whether all has arrived that was sent since the start; wait for it so long."""

    def sums(self) -> list[Sum]:
        """Return what was sent since the start, and what of it has arrived."""

    def trouble(self) -> list[str]:
        """Return what kept transfers since the start from being requested."""


@dataclass
class Trial:
    """Makes faults."""

    looks: Looks
    sending: Sending
    alerts: Alerts
    ending: Ending = field(default_factory=Ending)
    hold: float = 0.0
    """Seconds that a fault lasts at least."""
    waits_for_alerts: bool = True
    """Whether a fault on a stack with a monitor lasts until an alert fires."""
    say: Callable[[str], None] = lambda _text: None

    def run(self, fault: Fault, act: Act) -> FaultRow:
        """Make a fault, watch, undo it, and wait until the bridge is healthy. Raises Refused before it is made.

        Whatever happens, the fault is undone.
        """
        self._require_healthy(fault)
        self._have_alerts_cease()
        moment, problems = datetime.now(UTC), list[Message | str]()
        self.looks.begin()
        self.alerts.begin()
        self.say(f"{fault.name}: now")
        lasted, undone = 0.0, False
        try:
            try:
                act.begin()
                self.looks.begin()
                self.sending.start(fault.nodes)
                problems += self._observe(fault)
            except ChainError as error:
                problems.append(Message(str(error)))
            finally:
                lasted, undone = self.looks.seconds, self._undo(fault, act, problems)
        finally:
            if not undone:  # a signal came between the two lines above; there is no second one
                self._undo(fault, act, problems)
        recovered = self._recover(problems)
        problems += self._settle(act)
        return FaultRow(
            kind=fault.kind,
            subject=fault.subject,
            nodes=fault.nodes,
            pairs=fault.pairs,
            began=moment.isoformat(timespec="seconds"),
            lasted=round(lasted, 1),
            recovered=None if recovered is None else round(recovered, 1),
            worst=self.looks.worst,
            stopped=tuple(self.looks.stopped.values()),
            continued=self.looks.continued,
            transfers=transfer_rows(self.sending.sums()),
            alerts=self._alerts(),
            problems=tuple(map(str, problems)),
        )

    def _undo(self, fault: Fault, act: Act, problems: list[Message | str]) -> bool:
        with self.ending.deferred():
            lasted = self.looks.seconds
            problems += (left := act.undo())
            self.say(f"{fault.name}: not undone" if left else f"{fault.name}: undone after {lasted:.0f} s")
            for one in left:
                self.say(str(one))
            self.sending.stop()
        return True

    def _require_healthy(self, fault: Fault) -> None:
        try:
            self.looks.wait_until_healthy(BEFORE_SECONDS)
        except NotReady as error:
            raise Refused(UNWELL_BEFORE_DRILL(f"{fault.name}: not made: {error}")) from error

    def _have_alerts_cease(self) -> None:
        begin = self.looks.clock()
        while self.waits_for_alerts and self.alerts.lasting():
            if self.looks.clock() - begin >= CEASE_SECONDS:
                self.alerts.accept()
            self.looks.pause(PAUSE)

    def _observe(self, fault: Fault) -> list[Message]:
        """Look until the fault is noticed and has lasted long enough; then have everything arrive that was sent."""
        noticed = seen = False
        while True:
            found = self.looks.take()
            self.alerts.look(self.looks.seconds)
            noticed, seen = noticed or _notices(found, fault), seen or _shows(found, fault)
            if self._long_enough(noticed=noticed):
                break
            self.looks.pause(PAUSE)
        lasted = self.looks.seconds
        self.sending.stop()
        survives = len(found.verdict.healthy_pairs) >= (found.verdict.threshold or 1)
        missing = survives and not self.sending.arrived(ARRIVAL_SECONDS)
        self.alerts.look(self.looks.seconds)
        problems: list[Message] = []
        if not seen and fault.kind not in UNSEEN:
            words = f"make status showed nothing wrong with {', '.join(fault.pairs or fault.nodes)}"
            problems.append(FAULT_UNNOTICED(f"{fault.name}: {words} in {lasted:.0f} s"))
        if missing:
            words = f"{_missing(self.sending.sums())} after {ARRIVAL_SECONDS:.0f} s, although enough pairs remain"
            problems.append(TRANSFERS_MISSING(f"{fault.name}: {words}"))
        return problems

    def _long_enough(self, *, noticed: bool) -> bool:
        seconds = self.looks.seconds
        if seconds < self.hold or not (noticed or seconds >= NOTICE_SECONDS):
            return False
        waits = self.waits_for_alerts and self.alerts.readable and not self.alerts.fired
        return not waits or seconds >= ALERT_SECONDS

    def _recover(self, problems: list[Message | str]) -> float | None:
        try:
            return self.looks.wait_until_healthy()
        except NotReady as error:
            problems.append(Message(str(error)))
            return None

    def _settle(self, act: Act) -> list[Message | str]:
        """Return what is wrong with the transfers once the bridge is healthy again."""
        found: list[Message | str] = []
        if not self.sending.arrived(ARRIVAL_SECONDS):
            found.append(TRANSFERS_MISSING(f"{_missing(self.sending.sums())} after the bridge was healthy again"))
        if not any(one.sent for one in self.sending.sums()):
            reasons = "; ".join(dict.fromkeys(self.sending.trouble())) or "no request was mined"
            found.append(TRANSFERS_MISSING(f"nothing was transferred: {reasons}"))
        try:
            found += act.check()
        except ChainError as error:
            found.append(Message(str(error)))
        return found

    def _alerts(self) -> tuple[AlertRow, ...] | None:
        if not self.alerts.readable:
            return None
        return tuple(
            AlertRow(name=name, labels=dict(labels), after=round(after, 1))
            for (name, labels), after in self.alerts.fired.items()
        )


def _notices(found: Report, fault: Fault) -> bool:
    """Return whether a look shows all that the fault does."""
    return _shows(found, fault) and not {*fault.pairs} & {*found.verdict.healthy_pairs}


def _shows(found: Report, fault: Fault) -> bool:
    """Return whether a look shows anything of the fault."""
    unable = {*fault.pairs} - {*found.verdict.healthy_pairs}
    return bool(unable) or any(one.subject in fault.nodes for one in found.findings)


def _missing(found: Sequence[Sum]) -> str:
    open_ = [
        f"{counted(one.sent - one.arrived, 'transfer')} of {one.asset} {one.direction}"
        for one in found
        if one.sent != one.arrived
    ]
    return f"not there: {', '.join(open_) or 'nothing'}"
