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
    for name, version in _declared(settings).items():
        if lacking := _lacking(settings, version, today, "past"):
            found[name] = PAST_FORK_UNKNOWN(
                f"{name}: ken {version} does not know {_named(lacking, settings)} of {settings.parent_chain.network}, "
                f"which the network has passed, so a new node would stop there; write an archive of {_needed(lacking)} "
                "or newer as packages.ken"
            )
    return found


def warnings(settings: Settings, today: date) -> Iterator[Message]:
    """Return a message for every declared version that is not known, or that will stop or has stopped at a fork."""
    for message in stops(settings, _declared(settings), today):
        yield at("packages.ken", message)
    yield from _unknown(settings)


def stops(settings: Settings, versions: Mapping[str, str], today: date) -> Iterator[Message]:
    """Return a message for every version of an EN that will stop or has stopped at a fork, the latter first.

    `versions`: by the name of the EN.
    """
    network, by_version = settings.parent_chain.network, _by_version(versions)
    for version, names in by_version.items():
        if lacking := _lacking(settings, version, today, "past"):
            yield STOPPED_AT_FORK(
                f"ken {version} does not know {_named(lacking, settings)} of {network}, which the network has passed: "
                f"{names} can no longer follow it, and no anchor or transfer gets there; write an archive of "
                f"{_needed(lacking)} or newer"
            )
    for version, names in by_version.items():
        if lacking := _lacking(settings, version, today, "soon"):
            yield FORK_AHEAD(
                f"ken {version} does not know {_named(lacking, settings)} of {network}, "
                f"{_in_days(lacking[0], settings, today)}: {names} will stop there, and all anchoring and value "
                f"transfer with it; write an archive of {_needed(lacking)} or newer before"
            )


def added(settings: Settings) -> list[Fork]:
    """Return the forks that the settings add to those that the program knows."""
    return [one.fork for one in settings.packages.forks]


def _unknown(settings: Settings) -> Iterator[Message]:
    made = {
        "ken": any(not settings.adopts(pair.en) for pair in settings.pairs),
        "kscn": any(not settings.adopts(scn) for scn in settings.service_chain.nodes),
    }
    for program, archive in (("ken", settings.packages.ken), ("kscn", settings.packages.kscn)):
        if made[program] and bridge_protocol(archive.version) is None:
            yield at(
                f"packages.{program}",
                UNKNOWN_VERSION(
                    f"{program} {archive.version} is not known to this program, neither its bridge protocol nor the "
                    "forks that it brings; try it on a test network, list the forks in packages.forks, and add the "
                    "version to components/domain/versions.py"
                ),
            )


def _declared(settings: Settings) -> dict[str, str]:
    """Return the version of each EN that the program makes; that of an existing one is read from it."""
    return {pair.en: settings.packages.ken.version for pair in settings.pairs if not settings.adopts(pair.en)}


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
