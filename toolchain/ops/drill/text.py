"""The report on a drill in words. Pure."""

from collections.abc import Iterator, Sequence

from components.domain.units import counted
from toolchain.ops.drill.fault import TITLES
from toolchain.ops.drill.report import AlertRow, DrillReport, FaultRow, TransfersRow


def fault_lines(row: FaultRow) -> Iterator[str]:
    """Yield what happened during a fault."""
    yield f"{row.kind} {row.subject}: {TITLES[row.kind]}, for {row.lasted:.1f} s; the bridge was {row.worst}"
    for one in row.stopped:
        yield f"  stopped    {one.text.splitlines()[0]} (after {one.after:.1f} s)"
    if row.continued:
        yield f"  continued  {', '.join(row.continued)}"
    yield from (f"  sent       {_transfers(one)}" for one in row.transfers)
    if row.alerts is not None:
        yield from (f"  alert      {_alert(one)}" for one in row.alerts)
        if not row.alerts:
            yield "  alert      none fired"
    recovered = "not healthy again" if row.recovered is None else f"healthy again after {row.recovered:.1f} s"
    yield f"  undone     {recovered}"
    yield from (f"  problem    {one}" for one in row.problems)


def last_lines(found: DrillReport) -> Iterator[str]:
    """Yield what was left out, and what came of the whole drill."""
    yield from (f"left out: {one.why}" for one in found.skipped)
    yield from (f"problem: {one}" for one in found.problems)
    yield from (f"in all: {_transfers(one)}" for one in found.transfers)
    yield summary(found)


def summary(found: DrillReport) -> str:
    """Return the last line of a drill."""
    sent, arrived = (sum(getattr(one, name) for one in found.transfers) for name in ("sent", "arrived"))
    longest = max((one.longest_wait or 0.0 for one in found.transfers), default=0.0)
    outcome = "interrupted" if found.interrupted else "passed" if found.passed else "failed"
    what = f"{counted(len(found.faults), 'fault')}, {counted(sent, 'transfer')} sent, {arrived} arrived"
    return f"drill {outcome}: {what}, longest wait {longest:.1f} s"


def _transfers(one: TransfersRow) -> str:
    wrong = f", {one.wrong} with another amount" if one.wrong else ""
    longest = "" if one.longest_wait is None else f", longest wait {one.longest_wait:.1f} s"
    return f"{one.asset} {one.direction}: {one.sent} sent, {one.arrived} arrived{wrong}{longest}"


def _alert(one: AlertRow) -> str:
    labels = _words([f"{name}={value}" for name, value in one.labels.items()])
    return f"{one.name}{labels} after {one.after:.0f} s"


def _words(parts: Sequence[str]) -> str:
    return f" ({', '.join(parts)})" if parts else ""
