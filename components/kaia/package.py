"""A node package: an archive in the layout of the official ones, `<top>/bin/` and `<top>/conf/`.

It is a file on this computer, or a URL from which the machine downloads it. In the second case nothing of it is read
here, and only its SHA-256 is known.
"""

import hashlib
import lzma
import tarfile
import zlib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol

from components.domain.problems.packages import PACKAGE_DIGEST, PACKAGE_NOT_HERE, PACKAGE_UNUSABLE
from components.domain.problems.problem import CodedError, Message
from components.domain.roles import daemon_of
from components.user_input import user_file
from components.user_input.user_file import UnusableFile

MOST_ARCHIVE = 4 * 1024**3
"""Most bytes of an archive. The official ones have about 50 MB."""
MOST_CONF = 1024 * 1024
"""Most bytes of a conf that are read."""


class PackageError(CodedError):
    """The archive is missing, has another SHA-256 or another layout. The message names it."""


class Archive(Protocol):
    """Which archive: a file or a URL, never both. A URL always has a sha256."""

    @property
    def file(self) -> str | None:
        """Return the path on this computer."""

    @property
    def url(self) -> str | None:
        """Return the URL for the machine."""

    @property
    def sha256(self) -> str | None:
        """Return 64 lower-case hex digits."""

    @property
    def version(self) -> str:
        """Return the node's version, like v1.0.3."""


@dataclass(frozen=True)
class Package:
    """The archive of one kind of node: `ken`, `kscn` or `kcn`."""

    program: str
    archive: Path | None
    """The file; None if there is a `url`."""
    url: str | None = None
    sha256: str | None = None
    """The expected SHA-256 of the archive."""
    version: str = ""
    """Version of the node, like v1.0.3: shown, and part of the name of its release."""

    @property
    def daemon(self) -> str:
        """Return the name of the script that starts and stops the node."""
        return daemon_of(self.program)

    @property
    def folder(self) -> str:
        """Return the top folder in the archive."""
        return f"{self.program}-linux-amd64"

    @property
    def release(self) -> str:
        """Return the name of the unpacked package on the machine: kscn-v1.0.3-1a2b3c4d. Raises PackageError."""
        return "-".join([self.program, *([self.version] if self.version else []), self.digest[:8]])

    @property
    def file_name(self) -> str:
        """Return the name of the archive on the machine. Raises PackageError."""
        return f"{self.release}.tar.gz"

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the archive. Raises PackageError."""
        if self.archive is None:
            return self._given("sha256", self.sha256)
        try:
            with user_file.opened(self.archive, MOST_ARCHIVE) as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except (UnusableFile, OSError) as error:
            raise PackageError(self._missing(str(error))) from error
        if self.sha256 and self.sha256 != found:
            msg = (
                f"node package {self.archive}: its sha256 is {found}, not {self.sha256} as servicechain-ha:packages "
                "says; put the right file there, or correct the sha256 once you have checked where the file is from"
            )
            raise PackageError(PACKAGE_DIGEST(msg))
        return found

    @cached_property
    def conf(self) -> str:
        """Return the packaged conf; only available from a file. Raises PackageError."""
        if self.archive is None:
            msg = (
                f"node package {self._given('url', self.url)}: its {self.daemon}.conf cannot be read here, which a "
                "host without systemd needs; download the archive, and give it as `file` in servicechain-ha:packages"
            )
            raise PackageError(PACKAGE_NOT_HERE(msg))
        wanted = f"{self.folder}/conf/{self.daemon}.conf"
        try:
            # As a stream, up to the conf: reading the whole archive would take most of the time of a preview.
            with (
                user_file.opened(self.archive, MOST_ARCHIVE) as source,
                tarfile.open(fileobj=source, mode="r|*") as archive,
            ):
                for member in archive:
                    if member.name.removeprefix("./") == wanted and (file := archive.extractfile(member)):
                        return user_file.decoded(file.read(MOST_CONF))
        except (UnusableFile, OSError, EOFError, ValueError, tarfile.TarError, zlib.error, lzma.LZMAError) as error:
            raise PackageError(self._missing(_why(error))) from error
        raise PackageError(self._missing(f"no {wanted} in it"))

    def check(self) -> None:
        """Check the parts of the package that are needed on this computer. Raises PackageError."""
        if self.archive is not None and not (self.digest and self.conf):
            raise PackageError(self._missing("the conf in it is empty"))

    def _given(self, what: str, value: str | None) -> str:
        if not value:
            msg = f"node package of {self.program}: neither a file nor a {what} is given"
            raise PackageError(PACKAGE_UNUSABLE(msg))
        return value

    def _missing(self, why: str) -> Message:
        return PACKAGE_UNUSABLE(
            f"node package {self.archive}: {why}; run `make setup`, or name an archive in servicechain-ha:packages"
        )


def _why(error: Exception) -> str:
    """Return in words why an archive cannot be read; messages of libraries do not name the archive."""
    if isinstance(error, UnusableFile):
        return str(error)
    if isinstance(error, EOFError | zlib.error | lzma.LZMAError):
        return "it is damaged or cut off"
    return f"it is not a readable tar archive ({error})"


def package(program: str, archive: Archive) -> Package:
    """Return the package of a program. A file is read once per run."""
    return _package(program, archive.file, archive.url, archive.sha256, archive.version)


@cache
def _package(program: str, file: str | None, url: str | None, sha256: str | None, version: str) -> Package:
    return Package(program, Path(file).expanduser() if file is not None else None, url, sha256, version)
