"""The section `packages`: the archives of the nodes, each a file or a URL.

The official archives have no signatures and no published checksums, so a download is checked by its SHA-256 only.
"""

import re
from collections import Counter
from collections.abc import Collection
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from components.domain.ports import LAST_PORT
from components.domain.problems.settings import ARCHIVE, CHECKSUM, WRONG_FORM
from components.domain.roles import Program
from components.domain.versions import BUILT
from components.settings.sections.forks import ForkSettings
from components.settings.values.types import FilePath, Section, anchored, json_schema, shown
from components.settings.values.versions import VERSION, Version

PLACEHOLDER = "0" * 64
"""In the example stacks, until a user replaces it."""

BUILT_FOLDER = ".build/packages"
"""Where `make setup` puts one archive of each node."""

_PLATFORM = "linux-amd64"
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:(?P<port>[1-9][0-9]{0,4}))?/[A-Za-z0-9._~%/+=?&-]+")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def _sha256(value: Any) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        msg = CHECKSUM(
            "this is not a SHA-256; write the 64 hex digits that `sha256sum` prints for the archive, in quotes"
        )
        raise ValueError(msg)
    if value == PLACEHOLDER:
        msg = CHECKSUM(
            "this is the placeholder of the example; write what `sha256sum` prints for the archive that you checked"
        )
        raise ValueError(msg)
    return value.lower()


def _url(value: Any) -> str:
    """Refuse other text, and do not show it: it may contain a password."""
    found = _URL.fullmatch(value) if isinstance(value, str) else None
    if not found or int(found["port"] or 0) > LAST_PORT:
        raise ValueError(
            WRONG_FORM("this is not the URL of an archive; write https://, a host and a path, without user or password")
        )
    return found.group()


def _spelled_out(value: Any) -> Any:
    """Take a text as the path of a file, and the version from the archive's name if none is given."""
    if isinstance(value, str):
        value = {"url" if "://" in value else "file": value}
    if not isinstance(value, dict):
        raise ValueError(
            ARCHIVE(f"{shown(value)} is not an archive; write the path of a file, or a url with its sha256")
        )
    if "version" in value:
        return value
    place = value.get("file") or value.get("url")
    if not place:
        return {**value, "version": "v0.0.0"}  # the model reports what is missing
    name = str(place).rpartition("/")[2]
    found = VERSION.search(name)
    if not found:
        raise ValueError(ARCHIVE(f"the archive's name has no version in it; add version, written like {BUILT}"))
    return {**value, "version": found.group()}


Sha256 = Annotated[str, BeforeValidator(_sha256), json_schema("string", "SHA-256", pattern=anchored(_SHA256.pattern))]
ArchiveUrl = Annotated[str, BeforeValidator(_url), json_schema("string", "URL", pattern=r"^https://[^/@]+/\S+$")]


class ArchiveSettings(Section):
    """A node package: a file on this computer, or a URL from which the machine downloads it."""

    model_config = ConfigDict(json_schema_extra={"required": []})

    file: FilePath | None = Field(default=None, examples=[f"archives/ken-{BUILT}-linux-amd64.tar.gz"])
    """Path of the archive on this computer."""
    url: ArchiveUrl | None = Field(
        default=None, examples=[f"https://archives.example.org/ken-{BUILT}-linux-amd64.tar.gz"]
    )
    """URL from which each machine downloads the archive."""
    sha256: Sha256 | None = Field(default=None, examples=["(64 hex digits)"])
    """SHA-256 of the archive; required with a URL."""
    version: Version = Field(json_schema_extra={"x-default": "from the archive's name"}, examples=[BUILT])
    """Version of the node; read from the archive's name if it is not given."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.file == "" or (self.file is None) == (self.url is None):
            raise ValueError(ARCHIVE("give either the file of the archive or its url"))
        if "://" in str(self.file):
            raise ValueError(ARCHIVE("this is a URL; write it as url, with the sha256 of the archive"))
        if self.url and not self.sha256:
            msg = CHECKSUM(
                "an archive with a url needs its sha256; write what `sha256sum` prints for the one that you checked"
            )
            raise ValueError(msg)
        return self


class ChainDataSettings(Section):
    """An archive of the chain data of a parent chain: a file on this computer, or a URL."""

    file: FilePath | None = Field(default=None, examples=["archives/chaindata.tar.gz"])
    """Path on this computer, from where it is copied to each machine."""
    url: ArchiveUrl | None = Field(default=None, examples=["https://archives.example.org/chaindata.tar.gz"])
    """URL from which each machine downloads it."""
    sha256: Sha256 = Field(examples=["(64 hex digits)"])
    """SHA-256 of the archive."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.file == "" or (self.file is None) == (self.url is None):
            raise ValueError(ARCHIVE("give either the file of the archive or its url"))
        return self


SomeArchive = Annotated[
    ArchiveSettings, BeforeValidator(_spelled_out, json_schema_input_type=FilePath | ArchiveSettings)
]


def _archive(program: str, version: str) -> dict[str, str]:
    return {"file": f"{BUILT_FOLDER}/{program}-{version}-{_PLATFORM}.tar.gz", "version": version}


def _built(program: Program) -> ArchiveSettings:
    return ArchiveSettings.model_validate(_archive(program, BUILT))


def taken(names: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the archives that `make setup` took from the user, as the settings would name them.

    `names` are those of the files in BUILT_FOLDER. An archive that setup built itself is the default already. A program
    with several archives has none here, because nothing says which one is meant.
    """
    form = re.compile(rf"(?P<program>ken|kscn|kcn)-(?P<version>{VERSION.pattern})-{_PLATFORM}\.tar\.gz")
    found = [(parts["program"], parts["version"]) for name in names if (parts := form.fullmatch(name))]
    count = Counter(program for program, _ in found)
    return {
        program: _archive(program, version) for program, version in found if count[program] == 1 and version != BUILT
    }


class Packages(Section):
    """Archives of the nodes, in the layout of the official ones."""

    ken: SomeArchive = _built("ken")
    """Archive of the ENs."""
    kscn: SomeArchive = _built("kscn")
    """Archive of the SCNs."""
    kcn: SomeArchive = _built("kcn")
    """Archive of the private parent chain's validator."""
    chaindata: ChainDataSettings | None = None
    """Chain data of a parent chain that others run, unpacked on the disk of each EN that has none, before its first
    start."""
    forks: list[ForkSettings] = Field(default_factory=list)
    """Forks of the public parent chain that this program does not know yet: see docs/versions.md."""


class PairPackages(Section):
    """Archives of one pair, to try another version there first: see docs/versions.md."""

    ken: SomeArchive | None = Field(default=None, examples=[{"url": "https://…", "sha256": "(64 hex digits)"}])
    """Overrides packages.ken for the pair's EN."""
    kscn: SomeArchive | None = Field(default=None, examples=[{"url": "https://…", "sha256": "(64 hex digits)"}])
    """Overrides packages.kscn for the pair's SCN."""


class NodeArchive(NamedTuple):
    """The archive of one node, and the key that names it."""

    where: str
    """`packages.ken`, or `pairs[0].packages.ken`."""
    archive: ArchiveSettings
