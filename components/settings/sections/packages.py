"""The archives of the nodes: which file, or which address, with which content.

The archives have no signatures and no published checksums (node-behaviour 6), so what comes from elsewhere is taken
by its SHA-256 alone.
"""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, model_validator

from components.domain.ports import LAST_PORT
from components.settings.values.types import FilePath, Section, shown

PLACEHOLDER = "0" * 64
"""Stands in the example stacks until a user has put in what was checked."""

_VERSION = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+")
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:(?P<port>[1-9][0-9]{0,4}))?/[A-Za-z0-9._~%/+=?&-]+")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def _sha256(value: Any) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        msg = "this is no SHA-256; write the 64 hex digits that `sha256sum` prints for the archive, in quotes"
        raise ValueError(msg)
    if value == PLACEHOLDER:
        msg = "this is the placeholder of the example; write what `sha256sum` prints for the archive that you checked"
        raise ValueError(msg)
    return value.lower()


def _url(value: Any) -> str:
    """Refuse other addresses, and do not show them: a password may be in one."""
    found = _URL.fullmatch(value) if isinstance(value, str) else None
    if not found or int(found["port"] or 0) > LAST_PORT:
        msg = "this is no address of an archive; write https://, a host and a path, without user or password"
        raise ValueError(msg)
    return found.group()


def _version(value: str) -> str:
    if not _VERSION.fullmatch(value):
        msg = f"{shown(value)} is no version; write it as v1.0.3"
        raise ValueError(msg)
    return value


def _spelled_out(value: Any) -> Any:
    """Take a text for the path of a file, and a version from the archive's name where none is given."""
    if isinstance(value, str):
        value = {"url" if "://" in value else "file": value}
    if not isinstance(value, dict):
        msg = f"{shown(value)} is no archive; write the path of a file, or a url with its sha256"
        raise ValueError(msg)
    if "version" in value:
        return value
    place = value.get("file") or value.get("url")
    if not place:
        return {**value, "version": "v0.0.0"}  # what is missing is told by the model
    name = str(place).rpartition("/")[2]
    found = _VERSION.search(name)
    if not found:
        msg = "no version can be read from the archive's name; add version, written as v1.0.3"
        raise ValueError(msg)
    return {**value, "version": found.group()}


class ArchiveSettings(Section):
    """A node package: a file on this computer, or an address from which the machine itself takes it."""

    file: FilePath | None = None
    url: Annotated[str, BeforeValidator(_url)] | None = None
    sha256: Annotated[str, BeforeValidator(_sha256)] | None = None
    """Of the archive. Always with an address."""
    version: Annotated[str, AfterValidator(_version)]
    """Read from the archive's name when not given."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.file == "" or (self.file is None) == (self.url is None):
            msg = "give either the file of the archive or its url"
            raise ValueError(msg)
        if "://" in str(self.file):
            msg = "this is an address; write it as url, with the sha256 of the archive"
            raise ValueError(msg)
        if self.url and not self.sha256:
            msg = "an archive by url needs its sha256; write what `sha256sum` prints for the one that you checked"
            raise ValueError(msg)
        return self


class ChainDataSettings(Section):
    """An archive of the chain data of a parent chain: a file on this computer, or an address."""

    file: FilePath | None = None
    """Path on this computer, from where it is copied to each machine."""
    url: Annotated[str, BeforeValidator(_url)] | None = None
    """Address from which each machine takes it itself."""
    sha256: Annotated[str, BeforeValidator(_sha256)]
    """Of the archive."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.file == "" or (self.file is None) == (self.url is None):
            msg = "give either the file of the archive or its url"
            raise ValueError(msg)
        return self


SomeArchive = Annotated[ArchiveSettings, BeforeValidator(_spelled_out)]


def _built(program: str) -> ArchiveSettings:
    return ArchiveSettings(file=f".build/packages/{program}-v1.0.3-linux-amd64.tar.gz", version="v1.0.3")


class Packages(Section):
    """Archives of the nodes, in the layout of the official ones."""

    ken: SomeArchive = _built("ken")
    kscn: SomeArchive = _built("kscn")
    kcn: SomeArchive = _built("kcn")
    """Of the private parent chain's validator."""
    chaindata: ChainDataSettings | None = None
    """Of a parent chain that others run, put onto the disk of each EN that has none yet, before its first start."""
