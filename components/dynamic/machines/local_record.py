"""A note in the folder of a local network about who made it, so that a network without its checkout can be removed.

It holds where the checkout and the stack's state were at the last read, and which process read it. A folder that is
moved keeps its inode number, by which it is found again beside its former place.
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
    """Of the checkout's file system: a checkout on a disk that is not mounted is not deleted."""
    inode: int
    backend: str
    """Where Pulumi keeps the state: the value of PULUMI_BACKEND_URL, empty if that is not set."""
    user: str
    pid: int
    """The process that made or read the network, and its start time: while it lives, it may be working on it."""
    began: str


def write(folder: Path) -> None:
    """Write the note, completely or not at all; a network works without it too."""
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
    """Return the start of a process in ticks since the boot, and the boot's id; empty if it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    return f"{boot} {fields[19]}"
