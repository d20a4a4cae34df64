"""Rules between the archives of the nodes, on every target. Which forks they know is checked in topology/checks."""

from collections import Counter
from collections.abc import Iterator

from pydantic import TypeAdapter

from components.domain.problems.problem import Message
from components.domain.problems.settings import CHECKSUM, DUPLICATE, FILE_NEEDED, UNNEEDED_KEY, VERSIONS
from components.domain.versions import mismatch
from components.settings.rules.raw import Raw, items, parsed
from components.settings.rules.sections import Sections
from components.settings.sections.forks import ForkSettings
from components.settings.sections.packages import ArchiveSettings, Packages, SomeArchive
from components.settings.sentences import at
from components.settings.values.types import shown

FORK: TypeAdapter[ForkSettings] = TypeAdapter(ForkSettings)


def problems(packages: Raw, found: Sections) -> Iterator[Message]:
    """Return a message for all values of this section that do not fit. The model reports what is wrong in itself."""
    programs = ("ken", "kscn", *(["kcn"] if found.parent and found.parent.ours else []))
    archives = {program: _archive(packages, program) for program in programs}
    for program, archive in archives.items():
        where = f"packages.{program}"
        if found.target == "local" and archive and archive.url:
            yield at(where, FILE_NEEDED("hosts on this computer cannot download an archive; name a file"))
        if found.target == "aws" and archive and not archive.sha256:
            yield at(
                f"{where}.sha256",
                CHECKSUM(
                    f"is missing; write what `sha256sum {shown(archive.file)}` prints, so that no other archive is run"
                ),
            )
    ken, kscn = archives["ken"], archives["kscn"]
    if ken and kscn and (reason := mismatch(ken.version, kscn.version)):
        yield at("packages", VERSIONS(reason))
    yield from _forks(items(packages.get("forks")), found)


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
    return parsed(TypeAdapter(SomeArchive), packages[program]) if program in packages else archive
