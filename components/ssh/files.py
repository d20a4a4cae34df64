"""Files on a machine, and how they differ from what was written: content, mode, owner, or missing.

Contents are not transferred: they are compared by their SHA-256 on the machine.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from components.ssh.errors import CommandFailed
from components.ssh.login import Login

TIMEOUT = 20.0
"""Seconds for checking all files of one machine."""

_FIELDS = 4


class WrittenFile(BaseModel):
    """A file as it was written. `digest` may be that of a secret and is never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    path: str
    digest: str = Field(repr=False)
    """SHA-256 of its content, 64 hex digits."""
    mode: str
    """Octal, such as `0644`."""
    owner: str
    restarts: bool
    """It is read only when the node starts, so a change needs a restart."""


@dataclass(frozen=True)
class FoundFile:
    """A file as it is."""

    digest: str
    mode: str
    owner: str
    newer: bool
    """It was written after the start of the program that reads it."""


def find(login: Login, paths: Sequence[str], since: str) -> list[FoundFile | None]:
    """Return what is at these paths, None where there is no regular file.

    `since` is the path of what a program makes when it starts, such as its socket. Raises SshError.
    """
    from components.ssh import connection as ssh  # its library takes half a second, and a preview has no use for it

    answer = ssh.run(login, look(paths, since), timeout=TIMEOUT, step="looking at the files of the node")
    found = parse(answer)
    if len(found) != len(paths):
        raise CommandFailed(login.place, f"reported {len(found)} files instead of {len(paths)}")
    return found


def look(paths: Sequence[str], since: str) -> str:
    """Return the command that prints one line per path. Anything but a regular file counts as missing, also a link."""
    return f"""\
look() {{
    if [ -f "$1" ] && ! [ -L "$1" ]; then
        newer=-
        [ "$1" -nt {shlex.quote(since)} ] && [ -e {shlex.quote(since)} ] && newer=newer
        echo "$(sha256sum <"$1" | cut -c1-64) $(stat -c '%a %U' "$1") $newer"
    else
        echo missing
    fi
}}
""" + "".join(f"look {shlex.quote(path)}\n" for path in paths)


def parse(answer: str) -> list[FoundFile | None]:
    """Return what the command printed."""
    return [_file(line.split()) for line in answer.splitlines()]


def _file(line: Sequence[str]) -> FoundFile | None:
    return FoundFile(line[0], line[1], line[2], newer=line[3] == "newer") if len(line) == _FIELDS else None


def difference(written: WrittenFile, found: FoundFile | None) -> str | None:
    """Return how a file differs from what was written, as a verb phrase, or None."""
    if found is None:
        return "is missing"
    if found.digest != written.digest:
        return "was edited: its content is not what was written"
    said = []
    if int(found.mode, 8) != int(written.mode, 8):
        said.append(f"has the mode {found.mode}, not {written.mode.lstrip('0')}")
    if found.owner != written.owner:
        said.append(f"belongs to {found.owner}, not to {written.owner}")
    if not said and written.restarts and found.newer:
        said.append("was written again after the node had started, which may run something older")
    return " and ".join(said) or None


def differences(written: Mapping[str, WrittenFile], found: Sequence[FoundFile | None]) -> dict[str, str]:
    """Return a sentence per file that differs from what was written, sorted by name."""
    compared = {
        name: (one.path, difference(one, there)) for (name, one), there in zip(written.items(), found, strict=True)
    }
    return {name: f"{path} {words}" for name, (path, words) in sorted(compared.items()) if words}
