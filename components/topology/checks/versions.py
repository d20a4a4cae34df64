"""Checks of the versions of a stack's nodes: whether the ENs know the forks of a public parent chain."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from components.domain import forks
from components.domain.forks import Fork
from components.domain.problems.packages import FORK_AHEAD, PAST_FORK_UNKNOWN, STOPPED_AT_FORK, UNKNOWN_VERSION
from components.domain.problems.problem import Message
from components.domain.versions import bridge_protocol, order
from components.settings.model import Settings
from components.settings.sentences import at


def refusals(settings: Settings, today: date) -> Mapping[str, Message]:
    """Return why an EN must not be made, by its name, for each whose version lacks a fork that is past.

    It matters for new ENs only: one that runs is warned about.
    """
    found = {}
    for where, name, version in _declared(settings):
        if lacking := _lacking(settings, version, today, "past"):
            found[name] = PAST_FORK_UNKNOWN(
                f"{name}: ken {version} does not know {_named(lacking, settings)} of {settings.parent_chain.network}, "
                f"which the network has passed, so a new node would stop there; write an archive of {_needed(lacking)} "
                f"or newer as {where}"
            )
    return found


def warnings(settings: Settings, today: date) -> Iterator[Message]:
    """Return a message for every declared version that is not known, or that will stop or has stopped at a fork."""
    declared: dict[str, dict[str, str]] = {}
    for where, name, version in _declared(settings):
        declared.setdefault(where, {})[name] = version
    for check in _STOPS:
        for where, versions in declared.items():
            for message in check(settings, versions, today):
                yield at(where, message)
    yield from _unknown(settings)


def stops(settings: Settings, versions: Mapping[str, str], today: date) -> Iterator[Message]:
    """Return a message for every version of an EN that will stop or has stopped at a fork, the latter first.

    `versions`: by the name of the EN.
    """
    for check in _STOPS:
        yield from check(settings, versions, today)


def _past(settings: Settings, versions: Mapping[str, str], today: date) -> Iterator[Message]:
    for version, names in _by_version(versions).items():
        if lacking := _lacking(settings, version, today, "past"):
            yield STOPPED_AT_FORK(
                f"ken {version} does not know {_named(lacking, settings)} of {settings.parent_chain.network}, which "
                f"the network has passed: {names} can no longer follow it, and no anchor or transfer gets there; write "
                f"an archive of {_needed(lacking)} or newer"
            )


def _ahead(settings: Settings, versions: Mapping[str, str], today: date) -> Iterator[Message]:
    for version, names in _by_version(versions).items():
        if lacking := _lacking(settings, version, today, "soon"):
            yield FORK_AHEAD(
                f"ken {version} does not know {_named(lacking, settings)} of {settings.parent_chain.network}, "
                f"{_in_days(lacking[0], settings, today)}: {names} will stop there, and all anchoring and value "
                f"transfer with it; write an archive of {_needed(lacking)} or newer before"
            )


_STOPS = (_past, _ahead)
"""The checks of versions against forks, the most serious first."""


def added(settings: Settings) -> list[Fork]:
    """Return the forks that the settings add to those that the program knows."""
    return [one.fork for one in settings.packages.forks]


def _unknown(settings: Settings) -> Iterator[Message]:
    ens = {settings.archive_of(pair.en): "ken" for pair in settings.pairs if not settings.adopts(pair.en)}
    scns = {settings.archive_of(scn): "kscn" for scn in settings.service_chain.nodes if not settings.adopts(scn)}
    for (where, archive), program in {**ens, **scns}.items():
        if bridge_protocol(archive.version) is None:
            yield at(
                where,
                UNKNOWN_VERSION(
                    f"{program} {archive.version} is not known to this program, neither its bridge protocol nor the "
                    "forks that it brings; try it on a test network, list the forks in packages.forks, and add the "
                    "version to components/domain/versions.py"
                ),
            )


def _declared(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Return key, name and version of each EN that the program makes; that of an existing one is read from it."""
    for pair in settings.pairs:
        if not settings.adopts(pair.en):
            where, archive = settings.archive_of(pair.en)
            yield where, pair.en, archive.version


def _by_version(versions: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the ENs of each version, oldest version first."""
    names: dict[str, list[str]] = {}
    for name, version in versions.items():
        names.setdefault(version, []).append(name)
    return {version: ", ".join(names[version]) for version in sorted(names, key=lambda one: order(one) or ())}


def _lacking(settings: Settings, version: str, today: date, stage: forks.Stage) -> list[Fork]:
    more = added(settings)
    lacking = forks.missing(settings.parent_chain.network, version, more)
    return [fork for fork in lacking if forks.stage(fork, today, more) == stage]


def _named(lacking: Sequence[Fork], settings: Settings) -> str:
    said = [
        f"{fork.name} (block {fork.block:,}, {forks.expected(fork, added(settings))}{fork.note and f'; {fork.note}'})"
        for fork in lacking
    ]
    return f"the fork{'s' if len(said) > 1 else ''} {' and '.join(said)}"


def _needed(lacking: Sequence[Fork]) -> str:
    return max((fork.since for fork in lacking), key=lambda since: order(since) or ())


def _in_days(fork: Fork, settings: Settings, today: date) -> str:
    day = forks.expected(fork, added(settings))
    days = (day - today).days if day else 0
    return f"expected in {days} day{'' if days == 1 else 's'}" if days else "expected today"
