"""List the local networks of this machine, and remove those whose checkout or state is gone.

usage: python -m toolchain.ops.networks [NETWORK]     YES=1 removes without asking

NETWORK is the id of one of them: it is removed whatever is known about it, unless a stack uses it.
"""

import gzip
import json
import os
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from components.domain.problems.operations.networks import NETWORK_IN_USE, NO_SUCH_NETWORK
from components.dynamic.machines import local_namespaces as namespaces
from components.dynamic.machines import local_record
from components.dynamic.machines.local_namespaces import LocalError
from components.dynamic.machines.local_network import SCRIPT, LocalNetworkProvider, folder_of
from components.dynamic.machines.local_record import Record
from components.topology.local_addresses import default_subnet

LIVES, GONE, UNKNOWN = "in use", "gone", "unknown"
PLACE = SCRIPT.resolve().relative_to(local_record.CHECKOUT)
"""Of the switch's script in a checkout."""


@dataclass(frozen=True)
class Finding:
    """What is known about a network."""

    state: str
    """One of the three above."""
    reason: str


@dataclass(frozen=True)
class Network:
    """One network of this machine."""

    id: str
    record: Record | None
    checkout: str | None
    """From the record, else from the path of the running switch's script."""
    hosts: int
    """Number of running hosts."""

    @classmethod
    def of(cls, id_: str) -> "Network":
        """Read one."""
        folder = folder_of(id_)
        record = local_record.read(folder)
        running = list(namespaces.keepers(folder))
        return cls(id_, record, record.checkout if record else _checkout_of(running), max(0, len(running) - 1))

    @property
    def line(self) -> str:
        """Return the line for a user."""
        who = f", by {self.record.user}" if self.record else ""
        return f"{self.id}: {self.hosts} host(s), created from {self.checkout or 'an unknown checkout'}{who}"


def networks() -> list[Network]:
    """Return all networks of this machine: those with a folder, and running ones."""
    found = {path.name for path in namespaces.BASE.iterdir() if path.is_dir()} if namespaces.BASE.is_dir() else set()
    found |= {keeper.folder.relative_to(namespaces.BASE).parts[0] for keeper in namespaces.keepers(namespaces.BASE)}
    return [Network.of(id_) for id_ in sorted(found)]


def judge(network: Network, own_state: Path | None) -> Finding:
    """Judge whether a stack uses the network. `own_state`: the folder of this checkout's states."""
    record = network.record
    if own_state and _in_states(own_state, network.id):
        return Finding(LIVES, "a stack of this checkout uses it; make down removes it")
    if record and record.began and local_record.began(record.pid) == record.began:
        return Finding(LIVES, f"process {record.pid} is working on it")
    if network.checkout is None:
        return Finding(UNKNOWN, "it has no record of its checkout, and nothing of it runs")
    checkout = Path(network.checkout)
    state = _state_of(record) if record else checkout / ".state"
    if state and _in_states(state, network.id):
        return Finding(LIVES, f"a stack in {state} uses it; make down in a checkout with that state removes it")
    if checkout.is_dir():
        if record is None or state is None:
            return Finding(UNKNOWN, f"{checkout} exists, but the place of its stack's state is not known")
        return Finding(GONE, f"no stack of {checkout} uses it: its state is gone")
    if record and (moved := _moved(record)):
        return Finding(LIVES, f"its checkout was moved to {moved}; make refresh there records it, make down removes it")
    if record and not _mounted(record):
        return Finding(UNKNOWN, f"the disk of {checkout} is not mounted")
    return Finding(GONE, f"{checkout} is gone")


def _checkout_of(running: list[namespaces.Keeper]) -> str | None:
    """Return the checkout of the running switch's script, from its command line."""
    for keeper in running:
        words = Path(f"/proc/{keeper.pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        for word in words:
            if word.endswith(f"/{PLACE}"):
                return word.removesuffix(f"/{PLACE}")
    return None


def _state_of(record: Record) -> Path | None:
    """Return the folder of a state on this machine; None if it is elsewhere or unknown."""
    return _folder_of_state(record.backend)


def _folder_of_state(backend: str) -> Path | None:
    place = Path(unquote(backend.removeprefix("file://"))).expanduser() if backend.startswith("file://") else None
    return place if place and place.is_absolute() else None


def _in_states(place: Path, network: str) -> bool:
    """Return whether a state in that folder contains the network's id, which is plaintext; True if unreadable."""
    stacks = place / ".pulumi" / "stacks"
    found = [*stacks.rglob("*.json"), *stacks.rglob("*.json.gz")] if stacks.is_dir() else []
    return any(_contains(path, network) for path in found)


def _contains(path: Path, network: str) -> bool:
    try:
        content = path.read_bytes()
        return f'"{network}'.encode() in (gzip.decompress(content) if path.suffix == ".gz" else content)
    except (OSError, EOFError, zlib.error):
        return True


def _moved(record: Record) -> Path | None:
    """Return where a moved checkout is now, if that is beside, above or below its old place."""
    old = Path(record.checkout)
    for above in (old.parent, old.parent.parent):
        for place in [*_folders(above), *(inner for folder in _folders(above) for inner in _folders(folder))]:
            try:
                found = place.stat()
            except OSError:
                continue
            if (found.st_dev, found.st_ino) == (record.device, record.inode) and (place / "Pulumi.yaml").is_file():
                return place
    return None


def _folders(place: Path) -> list[Path]:
    try:
        return [path for path in place.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []


def _mounted(record: Record) -> bool:
    """Return whether the nearest existing parent folder is on the file system that the checkout was on."""
    place = Path(record.checkout)
    while not place.exists():
        place = place.parent
    return place.stat().st_dev == record.device


def _agreed(question: str) -> bool:
    if os.environ.get("YES") == "1":
        return True
    if not sys.stdin.isatty():
        print(f"{question} Nothing was removed; YES=1 removes without asking.")
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        print()
        return False


def _remove(network: Network, own: Path | None) -> bool:
    """Remove a network that no run has begun to use meanwhile; return whether nothing failed."""
    if judge(Network.of(network.id), own).state == LIVES:
        print(NETWORK_IN_USE(f"{network.id}: not removed, it is in use now"))
        return True
    try:
        LocalNetworkProvider().delete("", {"network": network.id, "subnet": str(default_subnet(network.id))})
    except LocalError as error:
        print(f"error: {network.id}: {error}", file=sys.stderr)
        return False
    print(f"{network.id}: removed")
    return True


def main(named: str = "") -> int:
    """List, ask, and remove."""
    own = _folder_of_state(os.environ.get("PULUMI_BACKEND_URL", ""))
    found = [(network, judge(network, own)) for network in networks()]
    for network, verdict in found:
        print(f"{network.line}; {verdict.state}: {verdict.reason}")
    if not found:
        print("no local networks on this machine")
    if named and named not in {network.id for network, _ in found}:
        words = NO_SUCH_NETWORK(f"there is no local network {json.dumps(named)} on this machine")
        print(f"error: {words}", file=sys.stderr)
        return 1
    due = [network for network, verdict in found if verdict.state == GONE and not named]
    for network, verdict in found:
        if network.id == named and verdict.state == LIVES:
            words = NETWORK_IN_USE(f"{named} is not removed: {verdict.reason}")
            print(f"error: {words}", file=sys.stderr)
            return 1
        if network.id == named:
            due.append(network)
    if due and _agreed(f"Remove {', '.join(network.id for network in due)} and all data on their hosts?"):
        stayed = [network for network in due if not _remove(network, own)]
        return int(bool(stayed))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
