"""Archives of the node that setup built, under another version and with other programs: what an upgrade needs."""

import io
import tarfile
from pathlib import Path

from tests.archives import archive_of

ENDS_AT_ONCE = """#!/bin/sh
[ "$1" = version ] && exec "$0.real" version
echo 'this release ends at once' >&2
exit 1
"""
"""A program that prints its version, and does not run as a node."""
HANGS = """#!/bin/sh
[ "$1" = version ] && exec "$0.real" version
echo 'this release waits'
exec sleep 1000
"""
"""The same, and runs without opening its console."""
SAYS_V2 = """#!/bin/sh
[ "$1" = version ] && echo 'Version: v2.0.0' && exit
exec "$0.real" "$@"
"""
"""The node as it is, but on its disk it says that it has a newer major version."""


def repackaged(folder: Path, program: str, version: str, script: str | None = None) -> dict[str, str]:
    """Write an archive of the program under another version, and so with another digest; return its settings.

    `script`: takes the place of the program, which is beside it as `PROGRAM.real`.
    """
    file = folder / f"{program}-{version}-linux-amd64.tar.gz"
    top = f"{program}-linux-amd64"
    with tarfile.open(archive_of(program)) as source, tarfile.open(file, "w:gz", compresslevel=1) as target:
        for member in source:
            is_program = member.name.removeprefix("./") == f"{top}/bin/{program}"
            content = source.extractfile(member) if member.isfile() else None
            if is_program and script is not None:
                member.name += ".real"
            target.addfile(member, content)
        if script is not None:
            _add(target, f"{top}/bin/{program}", script)
        _add(target, f"{top}/release", version)
    return {"file": str(file), "version": version}


def cut_off(settings: dict[str, str]) -> dict[str, str]:
    """Take the second half of an archive away."""
    file = Path(settings["file"])
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return settings


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(text), 0o755
    archive.addfile(member, io.BytesIO(text.encode()))
