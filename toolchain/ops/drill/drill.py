"""A whole drill: one fault after the other, and at the end every recipient is read again."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from components.chain.errors import ChainError, NotReady
from components.domain.problems.operations.drills import NO_DRILL_HERE, TRANSFERS_MISSING, UNWELL_BEFORE_DRILL
from components.domain.problems.problem import Message
from components.watch.report import Report
from toolchain.ops.drill.acts import Act, act_of
from toolchain.ops.drill.alerts import Alerts
from toolchain.ops.drill.ending import Ended, Ending
from toolchain.ops.drill.fault import Fault
from toolchain.ops.drill.hostile import HostileVotes
from toolchain.ops.drill.leftovers import clean_up
from toolchain.ops.drill.looks import BEFORE_SECONDS, HEALTHY_SECONDS, Looks
from toolchain.ops.drill.options import Options
from toolchain.ops.drill.plan import Skipped, plan
from toolchain.ops.drill.report import DrillReport, FaultRow, SkippedRow, transfer_rows
from toolchain.ops.drill.scene import Refused, Scene
from toolchain.ops.drill.session import Session, views_of
from toolchain.ops.drill.text import fault_lines
from toolchain.ops.drill.traffic import Traffic, assets_of
from toolchain.ops.drill.transfers import sums
from toolchain.ops.drill.trial import ARRIVAL_SECONDS, Trial

LEAST_HOLD, MOST_HOLD = 5.0, 45.0
"""Seconds that a fault of a soak lasts at least."""


@dataclass
class Drill:
    """One drill or soak of a stack."""

    scene: Scene
    options: Options
    look: Callable[[], Report]
    say: Callable[[str], None]
    ending: Ending = field(default_factory=Ending)
    rows: list[FaultRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    interrupted: bool = False
    _traffic: Traffic | None = None
    _began: float = field(default_factory=time.monotonic)
    _moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def is_soak(self) -> bool:
        """Return whether faults are repeated at random."""
        return self.options.minutes is not None

    def run(self) -> None:
        """Make all faults. Raises Refused before the first, and ChainError if nothing can be transferred."""
        looks = Looks(self.look)
        health = self._health(looks, HEALTHY_SECONDS if self._cleaned_up() else BEFORE_SECONDS)
        faults, left = plan(self.scene, health, self.options.selection)
        views = views_of(self.scene)
        if self.is_soak:
            in_use = {endpoint.node for endpoint in views.values()}
            faults = [one for one in faults if not in_use & {*one.nodes}]
        acts = {fault: act for fault in faults if (act := self._act(fault, left))}
        self.skipped += left
        if not acts:
            asked = self.options.selection.kinds
            raise Refused(left[0].why if asked and left else NO_DRILL_HERE("no fault can be made on this stack"))
        traffic = self._traffic = self._stocked(health)
        session = Session(self.scene, traffic, steady=self.is_soak)
        alerts = Alerts(self.scene.targets.monitor or None)
        trial = Trial(looks, session, alerts, self.ending, hold=self.options.hold, say=self.say)
        trial.waits_for_alerts = not self.is_soak
        try:
            self._make(trial, acts)
        except Ended:
            self.interrupted = True
        finally:
            with self.ending.deferred():
                session.end()
                self._audit(traffic)

    def _cleaned_up(self) -> bool:
        """Undo what an earlier drill left, and say so; return whether there was something."""
        found = clean_up(self.scene)
        if found.undone:
            self.say(f"an earlier drill did not end; what it left is undone: {', '.join(found.undone)}")
        for one in found.kept:
            self.say(str(one))
        return bool(found.undone)

    def _health(self, looks: Looks, seconds: float) -> Report:
        try:
            looks.wait_until_healthy(seconds)
        except NotReady as error:
            raise Refused(UNWELL_BEFORE_DRILL(f"nothing was drilled: {error}")) from error
        return looks.look()

    def _act(self, fault: Fault, left: list[Skipped]) -> Act | None:
        act: Act = act_of(self.scene, fault)
        if fault.kind == "hostile":
            act = HostileVotes(self.scene, fault, act)
        try:
            why = act.obstacle()
        except ChainError as error:
            why = NO_DRILL_HERE(f"{fault.name}: {error}")
        if why:
            left.append(Skipped(fault.name, why))
            return None
        return act

    def _stocked(self, health: Report) -> Traffic:
        assets, left = assets_of(self.scene.targets, health)
        traffic = Traffic(self.scene, assets)
        left += traffic.stock(views_of(self.scene))
        self.skipped += [Skipped("transfers", why) for why in left]
        return traffic

    def _make(self, trial: Trial, acts: dict[Fault, Act]) -> None:
        for fault in self._order(list(acts), trial):
            try:
                row = trial.run(fault, acts[fault])
            except Refused as refused:
                self.problems.append(Message(str(refused)))
                return
            self.rows.append(row)
            for line in fault_lines(row):
                self.say(line)
            self.ending.require_wanted()
            if row.recovered is None:
                return

    def _order(self, faults: Sequence[Fault], trial: Trial) -> Iterator[Fault]:
        """Yield all once, or for a soak random ones until its time is over."""
        if self.options.minutes is None:
            yield from faults
            return
        dice, until = random.Random(self.options.seed), time.monotonic() + 60 * self.options.minutes  # noqa: S311
        while time.monotonic() < until:
            trial.hold = dice.uniform(LEAST_HOLD, MOST_HOLD)
            yield dice.choice(faults)

    def _audit(self, traffic: Traffic) -> None:
        """Read what every recipient holds, once more, and whether any request is still open."""
        views = views_of(self.scene)
        traffic.wait(views, ARRIVAL_SECONDS, traffic.ledger.since())
        try:
            traffic.look(views, again=True)
            for source, count in traffic.open_requests(views).items():
                if count:
                    words = f"{count} requests made on the {source} chain are not handled at the end"
                    self.problems.append(TRANSFERS_MISSING(words))
        except ChainError as error:
            self.problems.append(TRANSFERS_MISSING(f"what has arrived cannot be read: {error}"))
        wrong = [one for one in sums(traffic.ledger.since()) if one.arrived != one.sent]
        for one in wrong:
            words = f"{one.asset} {one.direction}: {one.sent} sent, {one.arrived} arrived, {one.wrong} wrong amounts"
            self.problems.append(TRANSFERS_MISSING(words))

    def report(self) -> DrillReport:
        """Return what came of it until now."""
        transfers = transfer_rows(sums(self._traffic.ledger.since())) if self._traffic else ()
        passed = bool(self.rows) and not self.problems and not any(row.problems for row in self.rows)
        return DrillReport(
            stack=self.scene.stack,
            time=self._moment.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self._began, 1),
            seed=self.options.seed if self.is_soak else None,
            passed=passed and not self.interrupted,
            interrupted=self.interrupted,
            faults=tuple(self.rows),
            skipped=tuple(SkippedRow(what=one.fault, why=one.why, codes=one.why.codes) for one in self.skipped),
            transfers=transfers,
            problems=tuple(map(str, self.problems)),
        )
