"""A node package: an archive in the layout of the official ones, `<top>/bin/` and `<top>/conf/`."""

import hashlib
import tarfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path


class PackageError(Exception):
    """The archive is missing or has another layout. The message says which file was looked for."""


@dataclass(frozen=True)
class Package:
    """The archive of one kind of node: `ken`, `kscn` or `kcn`."""

    program: str
    archive: Path

    @property
    def daemon(self) -> str:
        """Return the name of the script that starts and stops the node."""
        return f"{self.program}d"

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the archive. Raises PackageError."""
        try:
            with self.archive.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise PackageError(self._missing(str(error.strerror))) from error

    @cached_property
    def conf(self) -> str:
        """Return the packaged conf. Raises PackageError."""
        wanted = f"{self.folder}/conf/{self.daemon}.conf"
        try:
            # As a stream, up to the file: unpacking all of an archive would cost a preview most of its time.
            with tarfile.open(self.archive, "r|*") as archive:
                for member in archive:
                    if member.name.removeprefix("./") == wanted and (file := archive.extractfile(member)):
                        return file.read().decode()
        except (OSError, tarfile.TarError) as error:
            raise PackageError(self._missing(str(error))) from error
        raise PackageError(self._missing(f"no {wanted} in it"))

    @property
    def folder(self) -> str:
        """Return the top folder in the archive."""
        return f"{self.program}-linux-amd64"

    def _missing(self, why: str) -> str:
        return f"node package {self.archive}: {why}; run `make setup`, or name an archive in servicechain-ha:packages"


@cache
def package(program: str, archive: str) -> Package:
    """Return the package of a program; its archive is read once."""
    return Package(program, Path(archive))
