"""What a node needs on a machine that exists already, and what is missing there. Pure.

The findings are parts of one message, which has the code (see dynamic/machines/host_preflight.py).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

OLDEST_KERNEL = (4, 15)
OLDEST_SYSTEMD = 240
"""It has Type=exec, which reports whether a node could be started at all."""
CLOCK_SECONDS = 1.0
"""A block from further in the future is refused (allowedFutureBlockTime in the node's consensus/istanbul/backend)."""
KIB_A_GIB = 1024 * 1024
PACKAGES = {
    "flock": "util-linux",
    "find": "findutils",
    "setpriv": "util-linux",
    "systemd-sysusers": "systemd",
    "systemctl": "systemd",
    "userdel": "passwd",
    "ps": "procps",
    "nft": "nftables",
    "promtool": "prometheus",
    "amtool": "prometheus-alertmanager",
}
"""Packages of Debian and Ubuntu whose name differs from the program's. All of coreutils is assumed to be there."""

OR_DAEMON = "or write service: daemon"

Facts = Mapping[str, Sequence[str]]
"""What host_preflight.sh printed: the rest of each line, keyed by its first word."""


class Needs(BaseModel):
    """The needs of one node on one machine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str
    owner: str
    """Id of the network."""
    user: str
    """Login user."""
    sudo: bool
    """Whether the node's console is reached by sudo, and not through sshd."""
    folder: str
    unit: str | None = None
    """The service of systemd; None for the daemon script."""
    account: str | None = None
    """User that the service runs as."""
    number: int | None = None
    """Id of that user and its group."""
    ports: tuple[str, ...]
    """Like `tcp 32323`."""
    tools: tuple[str, ...]
    disk_gib: int
    files: bool
    """Whether files are copied there, which needs sftp in its sshd."""


def parse(text: str) -> Facts:
    """Return the facts in the output of the script."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        found.setdefault(word, []).append(rest.strip())
    return found


def lacks(needs: Needs, facts: Facts) -> Iterator[str]:
    """Return a finding for everything that is missing.

    A folder of this stack already has its node in it, and so has one that moves, so their ports are in use.
    """
    if (system := _first(facts, "system")) != "Linux":
        yield f"it runs {system or 'an unknown system'}, and nodes run on Linux: name another machine"
        return
    yield from _system(facts)
    yield from _tools(needs, facts)
    whose = (needs.owner, needs.host)
    ours = (_first(facts, "owner"), _first(facts, "host")) == whose
    moves = (_first(facts, "former-owner"), _first(facts, "former-host")) == whose
    if needs.unit:
        yield from _systemd(needs, facts, ours=ours or moves)
    if not ours:
        yield from _folder(needs, facts, moves=moves)
    if not ours and not moves:
        yield from _ports(needs, facts)
    if _first(facts, "forwarding") in ("no", "remote") and not needs.sudo:
        yield "its sshd forwards no unix sockets, which the node's console needs: set AllowStreamLocalForwarding yes"


def clock(facts: Facts, before: float, after: float) -> Iterator[str]:
    """Compare the machine's clock with this computer's, read before and after, in seconds."""
    try:
        there = float(_first(facts, "clock"))
    except ValueError:  # its `date` has no nanoseconds
        return
    ahead, behind = there - after, before - there
    if max(ahead, behind) > CLOCK_SECONDS:
        off = f"{ahead:.0f} s ahead of" if ahead > 0 else f"{behind:.0f} s behind"
        yield (
            f"its clock is {off} this computer's, and nodes refuse a block that is {CLOCK_SECONDS:.0f} s too early: "
            "run chrony or systemd-timesyncd"
        )


def _system(facts: Facts) -> Iterator[str]:
    machine, kernel = _first(facts, "machine"), _first(facts, "kernel")
    if machine != "x86_64":
        yield f"its processor is {machine}, and the node archives are for x86_64: name another machine"
    version = re.match(r"(\d+)\.(\d+)", kernel)
    if not version or (int(version[1]), int(version[2])) < OLDEST_KERNEL:
        oldest = ".".join(map(str, OLDEST_KERNEL))
        yield f"its kernel is {kernel}; {oldest} or newer is needed: upgrade the system"
    if not _first(facts, "libc").startswith("glibc"):
        yield "it has no glibc, which the nodes need: use a distribution with glibc (Alpine has none)"


def _tools(needs: Needs, facts: Facts) -> Iterator[str]:
    absent = [tool for tool in needs.tools if tool in facts.get("absent", ())]
    if absent:
        packages = sorted({PACKAGES.get(tool, tool) for tool in absent})
        yield f"it lacks {', '.join(absent)}: on Debian and Ubuntu, apt-get install {' '.join(packages)}"


def _systemd(needs: Needs, facts: Facts, *, ours: bool) -> Iterator[str]:
    version = _first(facts, "systemd")
    if "systemd" not in facts:
        yield "it does not run systemd: write service: daemon for it"
        return
    if not version.isdecimal() or int(version) < OLDEST_SYSTEMD:
        yield f"its systemd is {version or 'unknown'}; {OLDEST_SYSTEMD} or newer is needed: upgrade it, {OR_DAEMON}"
    wanted = f"{needs.number}:{needs.number}"
    account = _first(facts, "account")
    if account and account != wanted:
        yield f"its user {needs.account} has the ids {account}, not {wanted}: rename that user, {OR_DAEMON}"
    others = sorted(set(facts.get("number", ())) - {str(needs.account)})
    if others:
        yield f"the id {needs.number} is used by {', '.join(others)}: change that id, {OR_DAEMON}"
    if "unit" in facts and not ours:
        yield f"it already has a service {needs.unit} that is not this stack's: remove it first"


def _folder(needs: Needs, facts: Facts, *, moves: bool) -> Iterator[str]:
    if owner := _first(facts, "owner"):
        whose = f"{_first(facts, 'host')} in the stack {_first(facts, 'stack')}"
        where = "another machine or folder" if owner == needs.owner else "another folder, or destroy that stack first"
        yield f"the folder {needs.folder} belongs to {whose}: name {where}"
        return
    if inside := facts.get("inside"):
        what = ", ".join(inside)
        yield f"the folder {needs.folder} holds other files ({what}): empty it, or name another"
    if closed := _first(facts, "closed"):
        yield f"{needs.user} may not write to {closed}: allow it, or name another folder as root"
    free = _first(facts, "free")
    if not moves and free.isdecimal() and int(free) < needs.disk_gib * KIB_A_GIB:
        yield (
            f"{int(free) // KIB_A_GIB} GiB are free at {needs.folder}, and {needs.disk_gib} are needed: free some, or "
            "write a smaller diskGib"
        )


def _ports(needs: Needs, facts: Facts) -> Iterator[str]:
    found = (port.split() for port in facts.get("port", ()))
    used = {f"{protocol} {int(number, 16)}" for protocol, number in found}
    taken = [port for port in needs.ports if port in used]
    if taken:
        yield f"another program uses its port(s) {', '.join(taken)}: stop it, or name another machine"


def _first(facts: Facts, word: str) -> str:
    return next(iter(facts.get(word, ())), "")
