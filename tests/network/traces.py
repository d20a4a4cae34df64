"""What a network of local hosts leaves on this machine: for the proof that it leaves nothing.

Namespaces of local hosts have no names, so theirs are written down while they live and looked for afterwards in all
three places by which the kernel keeps one: processes, open files and mounts.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from components.dynamic.machines.local_namespaces import BASE, Keeper, keepers

LOOK_AGAIN = 0.5
"""Seconds. What others start and end on this machine meanwhile is not what is looked for."""

_KINDS = ("net", "mnt", "pid", "uts", "ipc")
_SPACE = re.compile(r"(?:net|mnt|pid|uts|ipc):\[\d+\]")


@dataclass(frozen=True)
class Traces:
    """What to look for."""

    network: str
    """Its id, which is in the names of its folders, interfaces and in the command lines of its hosts."""
    spaces: frozenset[str]
    """Its namespaces, as the kernel writes them: `net:[4026532001]`."""

    @classmethod
    def of(cls, network: str) -> "Traces":
        """Write down what belongs to the network now."""
        spaces: set[str] = set()
        for keeper in keepers(BASE / network):
            spaces.update(_spaces_of_keeper(keeper))
        return cls(network, frozenset(spaces))

    def remains(self) -> list[str]:
        """Return everything that is there and stays for a second look, in words."""
        first = self._look()
        time.sleep(LOOK_AGAIN)
        return sorted(first & self._look())

    def _look(self) -> set[str]:
        # The kernel gives the number of a namespace that is gone to a new one, which may be another network's: that of
        # a host there, or one that a service of systemd on that host has made for itself.
        others = [keeper for keeper in keepers(BASE) if not keeper.folder.is_relative_to(BASE / self.network)]
        elsewhere = frozenset(space for keeper in others for space in _spaces_of_keeper(keeper))
        spaces = self.spaces - elsewhere
        found = set[str]()
        if (BASE / self.network).exists():
            found.add(f"folder {BASE / self.network}")
        for interface in Path("/sys/class/net").iterdir():
            if self.network in interface.name:
                found.add(f"interface {interface.name}")
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if not elsewhere.intersection(_spaces_of(process)):
                    found.update(self._of_process(process, spaces))
            except OSError:  # it ended while we looked, or is a kernel thread
                continue
        return found

    def _of_process(self, process: Path, spaces: frozenset[str]) -> Iterator[str]:
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        if self.network in command:
            yield f"process {process.name}: {command}"
        mine = spaces.intersection(_spaces_of(process))
        # A process of a host is in all namespaces of it. One in a single one is in another that got the same number, as
        # a service of systemd with an ipc namespace of its own.
        if {"net", "pid"} <= {space.partition(":")[0] for space in mine}:
            yield from (f"process {process.name} in {space}: {command}" for space in mine)
        for mount in (process / "mountinfo").read_text(errors="replace").splitlines():
            if self.network in mount or spaces.intersection(_SPACE.findall(mount)):
                yield f"mount {mount}"
        for file in (process / "fd").iterdir():
            if str(file.readlink()) in spaces:
                yield f"open namespace in process {process.name}: {command}"


def _spaces_of_keeper(keeper: Keeper) -> set[str]:
    found = {s for pid in (keeper.pid, keeper.first_process()) for s in _spaces_of(Path(f"/proc/{pid}"))}
    return found - set(_spaces_of(Path("/proc/self")))


def _spaces_of(process: Path) -> Iterator[str]:
    for kind in _KINDS:
        try:
            yield str((process / "ns" / kind).readlink())
        except OSError:
            continue
