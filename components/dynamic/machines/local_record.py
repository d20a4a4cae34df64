"""Who made a local network: a note in its folder, so that what outlives its checkout can be found and removed.

It says where the checkout and the stack's state were when the network was last looked at, and which process did so. A
folder that is moved keeps its number in the file system, by which it is found again next to where it was.
"""

import json
import os
import pwd
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[3]
NAME = ".made-by"
"""A name that no host can have."""


@dataclass(frozen=True)
class Record:
    """One note."""

    checkout: str
    device: int
    """Of the file system that the checkout is on: a disk that is not mounted is no checkout that is gone."""
    inode: int
    backend: str
    """Where Pulumi keeps the state, as PULUMI_BACKEND_URL has it; empty where nothing said so."""
    user: str
    pid: int
    """The process that made or looked at the network, and when it began: while it lives, it may be at work."""
    began: str


def write(folder: Path) -> None:
    """Note who this is, complete or not at all; a network works without the note too."""
    with suppress(OSError):
        _write(folder)


def _write(folder: Path) -> None:
    found = CHECKOUT.stat()
    record = Record(
        checkout=str(CHECKOUT),
        device=found.st_dev,
        inode=found.st_ino,
        backend=os.environ.get("PULUMI_BACKEND_URL", ""),
        user=os.environ.get("SUDO_USER") or _user(),
        pid=os.getpid(),
        began=began(os.getpid()),
    )
    new = folder / f"{NAME}.{os.getpid()}"
    new.write_text(json.dumps(asdict(record)), encoding="utf-8")
    new.replace(folder / NAME)


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def read(folder: Path) -> Record | None:
    """Return the note in the folder of a network; None where there is none."""
    try:
        held: Any = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Record(**held)
    except (OSError, ValueError, TypeError):
        return None


def began(pid: int) -> str:
    """Return when a process began, in ticks since the boot, and which boot; empty where it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    return f"{boot} {fields[19]}"
