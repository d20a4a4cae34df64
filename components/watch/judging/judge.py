"""The verdict on a whole bridge: all findings, its level, and one sentence about it. Pure.

Everything is compared with what the state of the stack declares. A missing value is not reported if another finding
gives its cause: a machine that does not answer, so that its disk cannot be read, is one problem.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.domain.networks import SIDES
from components.domain.units import counted
from components.watch.judging.contracts import contract_findings, direction_findings
from components.watch.judging.finding import Finding, Level
from components.watch.judging.nodes import chain_findings, node_findings, quorum_of
from components.watch.judging.pairs import pair_findings
from components.watch.readings import ContractReading, Readings
from components.watch.targets import Targets


@dataclass(frozen=True)
class Whole:
    """A bridge as a whole."""

    level: Level
    sentence: str
    findings: tuple[Finding, ...]
    able: tuple[str, ...]
    """Pairs that can vote."""
    threshold: int | None
    """Votes that a transfer needs, of the contract that needs more; None if it is not known."""


def judge(targets: Targets, readings: Readings) -> Whole:
    """Return everything that is wrong, and what it means together."""
    found: list[Finding] = []
    for side in SIDES:
        found += chain_findings(side, readings)
    for node in targets.nodes:
        found += node_findings(node, targets, readings)
    for pair in targets.pairs:
        found += pair_findings(pair, targets, readings)
    for side in SIDES:
        found += [*contract_findings(side, targets, readings), *direction_findings(side, readings)]
    able = able_pairs(targets, found)
    votes = [one.threshold for side in SIDES if isinstance(one := readings.contract(side), ContractReading)]
    threshold = max(votes, default=targets.threshold)
    level = _level(found, able, threshold)
    sentence = _sentence(targets, found, able, threshold) + _validators(targets, readings)
    return Whole(level, sentence, tuple(found), tuple(able), threshold)


def able_pairs(targets: Targets, findings: Sequence[Finding]) -> list[str]:
    """Return the pairs that can vote."""
    unable = {one.subject for one in findings if one.disables}
    return [pair.name for pair in targets.pairs if not {pair.name, pair.en, pair.scn} & unable]


def level_of(subjects: set[str], findings: Sequence[Finding]) -> Level:
    """Return the worst level of what is wrong with these subjects."""
    levels = {one.level for one in findings if one.subject in subjects}
    return "stopped" if "stopped" in levels else "degraded" if levels else "healthy"


def _level(findings: Sequence[Finding], able: Sequence[str], threshold: int | None) -> Level:
    if threshold is None or len(able) < threshold or any(one.level == "stopped" for one in findings):
        return "stopped"
    return "degraded" if findings else "healthy"


def _sentence(targets: Targets, findings: Sequence[Finding], able: Sequence[str], threshold: int | None) -> str:
    if not targets.pairs or threshold is None:
        return "the stack has no bridge yet"
    total = len(targets.pairs)
    away = [pair.name for pair in targets.pairs if pair.name not in able]
    count = f"{len(able)} of {counted(total, 'pair')} healthy, threshold {threshold}: "
    blocked = [one.subject for one in findings if one.level == "stopped"]
    if blocked and len(able) >= threshold:
        return f"{count}stopped: {', '.join(dict.fromkeys(blocked))}"
    return count + _reserve(len(able) - threshold, away) + _others(targets, findings, away)


def _reserve(spare: int, away: Sequence[str]) -> str:
    """Return what the bridge survives now: `spare` pairs can vote more than a transfer needs."""
    back = _names(away)
    if spare < 0:
        wanted = back if -spare == len(away) else f"{-spare} of {back}"
        return f"transfers wait until {wanted} {'is' if -spare == 1 else 'are'} back"
    if spare == 0:
        return (
            f"no further loss can be survived until {back} {_are(away)} back" if away else "survives no loss of a pair"
        )
    survived = f"survives the {'further ' if away else ''}loss of {counted(spare, 'pair')}"
    return f"{survived}, without {back}" if away else survived


def _others(targets: Targets, findings: Sequence[Finding], away: Sequence[str]) -> str:
    """Return how much else is wrong, besides what keeps pairs from voting."""
    told = {name for pair in targets.pairs if pair.name in away for name in (pair.name, pair.en, pair.scn)}
    others = list(dict.fromkeys(one.subject for one in findings if one.subject not in told))
    return f"; look at {_names(others)}" if others else ""


def _validators(targets: Targets, readings: Readings) -> str:
    """Return that the child chain stops if it loses one more of its validators; "" while none is away."""
    found = quorum_of("child", targets, readings)
    if found is None or found.alive == found.seats or found.alive > found.needed:
        return ""
    return f"; {found.alive} of {found.seats} validators of the child chain answer, and it needs {found.needed}"


def _names(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
