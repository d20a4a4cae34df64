"""A machine in namespaces is one process: start it, find it again, end it, and everything it held is gone.

The kernel keeps a network namespace, its interfaces and private mounts while a process lives in them, so nothing here
has a name that would have to be removed later. The process is `unshare`, whose only child is pid 1 inside. It is found
by its command line, which contains its folder: that needs no record, and works after a kill at any moment and after a
reboot.
"""

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.domain.problems.hosts import LOCAL_START_FAILED, PROCESS_REMAINS
from components.domain.problems.problem import CodedError

BASE = Path("/var/lib/servicechain-ha")
"""Holds one folder for each network, which holds one for each of its hosts."""

LOG = ".log"
"""Output of the first process and its successors; a name that no host can have."""

START_SECONDS = 15.0
END_SECONDS = 15.0
POLL_SECONDS = 0.005


class LocalError(CodedError):
    """This machine lacks something that a local host needs; the message says what and where."""


@dataclass(frozen=True)
class Keeper:
    """The process outside that keeps namespaces alive."""

    pid: int
    folder: Path
    arguments: tuple[str, ...]
    """Arguments of its script after the folder."""

    def first_process(self) -> int | None:
        """Return the id, as seen from outside, of pid 1 inside; None before there is one."""
        try:
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        except OSError:
            return None
        return int(children[0]) if children else None


def keepers(folder: Path) -> Iterator[Keeper]:
    """Find the keepers of this folder and of folders below it."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            keeper = _keeper(int(entry.name))
            if keeper and keeper.folder.is_relative_to(folder):
                yield keeper


def keeper_of(folder: Path) -> Keeper | None:
    """Find the keeper of exactly this folder."""
    return next((keeper for keeper in keepers(folder) if keeper.folder == folder), None)


def start(
    folder: Path, script: Path, arguments: Sequence[str], ready: Callable[[Keeper], bool], secret: str = ""
) -> None:
    """Run the script as pid 1 of fresh namespaces and wait until it is ready.

    `secret` goes to its standard input, not into its command line. Raises LocalError with the end of the log
    if it ends or is not ready within START_SECONDS; the caller removes what is left then.
    """
    kinds = ("--net", "--mount", "--pid", "--uts", "--ipc")
    command = ["unshare", *kinds, "--fork", "--kill-child", "sh", str(script), str(folder), *arguments]
    # The keeper holds the other end of this pipe as long as it lives, and writes nothing.
    life, held = os.pipe()
    with os.fdopen(life), (folder / LOG).open("w") as log:
        # setsid: neither the end of the engine nor a Ctrl-C in its terminal may reach what runs here. The
        # environment is a new one, because the engine's holds passphrases and tokens.
        with os.fdopen(held, "w") as stdout:
            subprocess.run(
                ["setsid", "--fork", *command],
                input=secret,
                text=True,
                stdout=stdout,
                stderr=log,
                cwd="/",
                env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
                check=True,
            )
        deadline = time.monotonic() + START_SECONDS
        keeper = None
        while not (keeper and ready(keeper)):
            if _speaks(life, POLL_SECONDS) or time.monotonic() > deadline:
                raise LocalError(LOCAL_START_FAILED(_last_words(folder)))
            keeper = keeper or keeper_of(folder)


def stop(folder: Path) -> None:
    """End the keepers of this folder and below, with every process inside; return when all are gone.

    Raises LocalError if a process outlives SIGKILL by END_SECONDS.
    """
    while found := list(keepers(folder)):  # again, because one that is starting may fork meanwhile
        for keeper in found:
            # The child first: with it the whole namespace ends, and the keeper ends after it.
            for pid in (keeper.first_process(), keeper.pid):
                if pid is not None:
                    _kill(pid, keeper)


def remove_folder(folder: Path) -> None:
    """Remove the folder, and BASE when it was the last one in there."""
    if folder.exists():
        shutil.rmtree(folder)
    try:
        BASE.rmdir()
    except OSError:  # there are other networks, or it is gone already
        return


def _keeper(pid: int) -> Keeper | None:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
        # `setsid --fork unshare ...` becomes `unshare ...` within the same process: both are the keeper. Its child
        # has the same command line for a moment, but does not lead the session.
        place = next((n for n, word in enumerate(words) if word.startswith(f"{BASE}/")), None)
        if place is None or "unshare" not in words[:3] or os.getsid(pid) != pid:
            return None
    except OSError:  # it ended meanwhile
        return None
    return Keeper(pid, Path(words[place]), tuple(words[place + 1 :]))


def _kill(pid: int, keeper: Keeper) -> None:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        # Since it was read, the id may belong to another process. It cannot while the handle is open, so check again.
        if pid not in (keeper.first_process(), keeper.pid) or _keeper(keeper.pid) != keeper:
            return
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        if not _speaks(handle, END_SECONDS):
            msg = f"process {pid} of {keeper.folder} does not end"
            raise LocalError(PROCESS_REMAINS(msg))
    except ProcessLookupError:
        return
    finally:
        os.close(handle)


def _speaks(handle: int, seconds: float) -> bool:
    """Wait until the handle is readable, which for pipes and processes means that they have ended."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / LOG).read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return "; ".join(lines[-5:]) or f"not ready after {START_SECONDS:.0f} s"
