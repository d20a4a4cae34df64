"""Rules between the archives of the nodes, on every target. Which forks they know is checked in topology/checks."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter

from components.domain.problems.problem import Message
from components.domain.problems.settings import CHECKSUM, DUPLICATE, FILE_NEEDED, UNNEEDED_KEY, VERSIONS
from components.domain.versions import mismatch
from components.settings.rules.raw import Raw, existing_nodes, items, parsed, section
from components.settings.rules.sections import Sections
from components.settings.sections.forks import ForkSettings
from components.settings.sections.packages import ArchiveSettings, Packages, PairPackages, SomeArchive
from components.settings.sentences import at
from components.settings.values.types import shown

FORK: TypeAdapter[ForkSettings] = TypeAdapter(ForkSettings)
ARCHIVE_OF_NODE: TypeAdapter[ArchiveSettings] = TypeAdapter(SomeArchive)

Archives = Mapping[str, ArchiveSettings | None]
"""By program; None for one that is wrong in itself."""


def problems(raw: Raw, found: Sections) -> Iterator[Message]:
    """Return a message for all archives that do not fit. The model reports what is wrong in itself."""
    packages = section(raw, "packages")
    programs = ("ken", "kscn", *(["kcn"] if found.parent and found.parent.ours else []))
    archives = {program: _archive(packages, program) for program in programs}
    yield from _places("packages", archives, found)
    pairs = [own_archives(pair) for pair in items(raw.get("pairs"))]
    for index, own in enumerate(pairs):
        yield from _places(f"pairs[{index}].packages", own, found)
    if not pairs or any(len(own) < len(PairPackages.model_fields) for own in pairs):
        yield from _versions("packages", archives)
    existing = existing_nodes(raw) if found.target == "existing" else {}
    for index, (own, pair) in enumerate(zip(pairs, found.pairs, strict=True)):
        if own and not (pair and existing.keys() & {pair.en, pair.scn}):  # an existing node has a version of its own
            yield from _versions(f"pairs[{index}].packages", {**archives, **own})
    yield from _forks(items(packages.get("forks")), found)


def archive_of(raw: Raw, found: Sections, machine: str, program: str) -> tuple[str, ArchiveSettings | None]:
    """Return the archive of a machine's program and the key that names it, like Settings.archive_of."""
    for index, (pair, value) in enumerate(zip(found.pairs, items(raw.get("pairs")), strict=True)):
        own = own_archives(value)
        if pair and machine in (pair.en, pair.scn) and program in own:
            return f"pairs[{index}].packages.{program}", own[program]
    return f"packages.{program}", _archive(section(raw, "packages"), program)


def own_archives(pair: object) -> Archives:
    """Return the archives that a pair names for itself."""
    given = section(pair, "packages") if isinstance(pair, Mapping) else {}
    return {
        program: parsed(ARCHIVE_OF_NODE, given[program])
        for program in PairPackages.model_fields
        if given.get(program) is not None
    }


def _places(where: str, archives: Archives, found: Sections) -> Iterator[Message]:
    for program, archive in archives.items():
        if found.target == "local" and archive and archive.url:
            yield at(
                f"{where}.{program}", FILE_NEEDED("hosts on this computer cannot download an archive; name a file")
            )
        if found.target == "aws" and archive and not archive.sha256:
            yield at(
                f"{where}.{program}.sha256",
                CHECKSUM(
                    f"is missing; write what `sha256sum {shown(archive.file)}` prints, so that no other archive is run"
                ),
            )


def _versions(where: str, archives: Archives) -> Iterator[Message]:
    ken, kscn = archives["ken"], archives["kscn"]
    if ken and kscn and (reason := mismatch(ken.version, kscn.version)):
        yield at(where, VERSIONS(reason))


def _forks(listed: list[object], found: Sections) -> Iterator[Message]:
    if listed and found.parent and not found.parent.public:
        yield at(
            "packages.forks",
            UNNEEDED_KEY(
                "the parent chain is private, and forks of public networks do not concern it; remove this key"
            ),
        )
    forks: list[ForkSettings] = [fork for value in listed if (fork := parsed(FORK, value))]
    for (network, name), times in Counter((fork.network, fork.name.lower()) for fork in forks).items():
        if times > 1:
            yield at(
                "packages.forks",
                DUPLICATE(f"the fork {name!r} of {network} is listed {times} times; list it once"),
            )


def _archive(packages: Raw, program: str) -> ArchiveSettings | None:
    archive: ArchiveSettings | None = Packages.model_fields[program].default
    return parsed(ARCHIVE_OF_NODE, packages[program]) if program in packages else archive
