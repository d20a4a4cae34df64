"""What a node needs of a machine that exists already, and in which words the machine lacks it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

OLDEST_KERNEL = (4, 15)
OLDEST_SYSTEMD = 240
"""Has Type=exec, which tells whether a node could be started at all."""
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
}
"""Of Debian and Ubuntu, where they are not called as the program is. All of coreutils is taken to be there."""

OR_DAEMON = "or write service: daemon"

Facts = Mapping[str, Sequence[str]]
"""What host_preflight.sh said: what follows a word, by the word."""


class Needs(BaseModel):
    """Of one node on one machine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str
    owner: str
    """Id of the network."""
    user: str
    """Who logs in."""
    sudo: bool
    """Whether the node's console is reached by sudo, and not through sshd."""
    folder: str
    unit: str | None = None
    """The service of systemd; None for the daemon script."""
    account: str | None = None
    """Whom the service runs as."""
    number: int | None = None
    """Of that user and its group."""
    ports: tuple[str, ...]
    """As `tcp 32323`."""
    tools: tuple[str, ...]
    disk_gib: int
    files: bool
    """Whether files are sent there, which takes the sftp of its sshd."""


def parse(text: str) -> Facts:
    """Return the facts in what the script printed."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        found.setdefault(word, []).append(rest.strip())
    return found


def lacks(needs: Needs, facts: Facts) -> Iterator[str]:
    """Return a sentence for everything that the machine lacks.

    A folder that is ours already has its node in it, and so has one that moves: it needs no other ports.
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
    """Compare the machine's clock with this computer's, which was read before and after; both in seconds."""
    try:
        there = float(_first(facts, "clock"))
    except ValueError:  # a date that knows no nanoseconds
        return
    ahead, behind = there - after, before - there
    if max(ahead, behind) > CLOCK_SECONDS:
        off = f"{ahead:.0f} s ahead of" if ahead > 0 else f"{behind:.0f} s behind"
        yield (
            f"its clock is {off} this computer's, and nodes refuse a block that is {CLOCK_SECONDS:.0f} s too early: "
            "have it kept by chrony or systemd-timesyncd"
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
        yield "it has no glibc, with which the nodes are linked: use a distribution that has (Alpine, for one, has not)"


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
        yield f"its user {needs.account} has the numbers {account}, not {wanted}: rename that user, {OR_DAEMON}"
    others = sorted(set(facts.get("number", ())) - {str(needs.account)})
    if others:
        yield f"its number {needs.number} is that of {', '.join(others)}: give that another one, {OR_DAEMON}"
    if "unit" in facts and not ours:
        yield f"it has a service {needs.unit} already, which is not this stack's: remove that one first"


def _folder(needs: Needs, facts: Facts, *, moves: bool) -> Iterator[str]:
    if owner := _first(facts, "owner"):
        whose = f"{_first(facts, 'host')} in the stack {_first(facts, 'stack')}"
        where = "another machine or folder" if owner == needs.owner else "another folder, or destroy that stack first"
        yield f"the folder {needs.folder} is that of {whose}: name {where}"
        return
    if inside := facts.get("inside"):
        what = ", ".join(inside)
        yield f"the folder {needs.folder} holds what is not this program's ({what}): empty it, or name another"
    if closed := _first(facts, "closed"):
        yield f"{needs.user} may not write to {closed}: let it, or name another folder as root"
    free = _first(facts, "free")
    if not moves and free.isdecimal() and int(free) < needs.disk_gib * KIB_A_GIB:
        yield (
            f"{int(free) // KIB_A_GIB} GiB are free at {needs.folder}, and {needs.disk_gib} are wanted: make room, or "
            "write a smaller diskGib"
        )


def _ports(needs: Needs, facts: Facts) -> Iterator[str]:
    found = (port.split() for port in facts.get("port", ()))
    used = {f"{protocol} {int(number, 16)}" for protocol, number in found}
    taken = [port for port in needs.ports if port in used]
    if taken:
        yield f"somebody else uses its port(s) {', '.join(taken)}: stop that, or name another machine"


def _first(facts: Facts, word: str) -> str:
    return next(iter(facts.get(word, ())), "")
