"""Rules between the values of a stack on machines that exist already. See rules.py."""

from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter

from components.domain.networks import CHAIN_IDS
from components.domain.ports import SSH_PORT
from components.domain.roles import PROGRAMS, VALIDATOR, en_name
from components.settings.model import scn_names
from components.settings.rules.raw import Raw, parsed, section
from components.settings.sections.existing import ROOT_USER, Existing, HostSettings
from components.settings.sections.packages import SomeArchive
from components.settings.sentences import at, nearest

HIDDEN = ("/home", "/root", "/run", "/tmp", "/var/tmp", "/dev", "/proc", "/sys")  # noqa: S108 - refused, not used
"""What the unit of a node hides from it, and what does not outlive a boot."""

NODES = {"kcn": "the validator of the parent chain", "kscn": "this SCN", "ken": "this EN"}


def problems(raw: Raw) -> Iterator[str]:
    """Return a sentence for all values that do not go together. What is wrong in itself, the model tells."""
    if raw.get("target", "local") != "existing":
        return
    if raw.get("existing") is None:
        yield at("existing", "is missing; target existing needs to know who logs in, and all hosts by name")
        return
    existing = section(raw, "existing")
    wanted, listed = _machines(raw), section(existing, "hosts")
    if wanted is not None:  # of what is wrong with the names of the machines, their own rules tell
        yield from _names(wanted, listed)
    yield from _shared(listed)
    given = parsed(TypeAdapter(Existing), {**existing, "hosts": {}})
    if given is None:
        return
    for name, value in listed.items():
        host = parsed(TypeAdapter(HostSettings), value)
        if host and not host.node:
            yield from _login(name, given, host)
            yield from _service(raw, name, wanted or {}, given, host)


def _names(wanted: Mapping[str, str], listed: Raw) -> Iterator[str]:
    for name, program in wanted.items():
        if name not in listed:
            node = NODES[program]
            yield at(f"existing.hosts.{name}", f"is missing; add address and hostKey of the machine for {node}")
    for name in listed:
        if name not in wanted:
            yield at(f"existing.hosts.{name}", f"is no machine of this stack; {nearest(name, list(wanted))}")


def _shared(listed: Raw) -> Iterator[str]:
    """Every node has a machine of its own, because nodes of one kind have the same ports."""
    hosts = {name: host for name, host in listed.items() if isinstance(host, Mapping)}
    for key, place in (("address", _address), ("SSH address", _ssh)):
        names: dict[str, list[str]] = {}
        for name, host in hosts.items():
            if where := place(host):
                names.setdefault(where, []).append(name)
        for where, sharing in names.items():
            if len(sharing) > 1:
                yield at(
                    "existing.hosts",
                    f"the {key} {where} is that of {', '.join(sharing)}; give each node a machine of its own",
                )


def _address(host: Raw) -> str | None:
    value = host.get("address")
    return value if isinstance(value, str) else None


def _ssh(host: Raw) -> str | None:
    """Return where SSH goes, host and port, which is one machine by whichever name."""
    value = host.get("sshHost") or host.get("address")
    return f"{value.lower().rstrip('.')}:{host.get('port', SSH_PORT)}" if isinstance(value, str) else None


def _login(name: str, existing: Existing, host: HostSettings) -> Iterator[str]:
    service, root = existing.service_of(host), existing.root_of(host)
    where = f"existing.hosts.{name}"
    if service == "systemd" and existing.rootless(host):
        yield at(
            f"{where}.service",
            f"a unit of systemd is made by root, which {existing.user_of(host)} does not become; write sudo: true, or "
            "service: daemon",
        )
    if service == "systemd" and any(f"{root}/".startswith(f"{folder}/") for folder in HIDDEN):
        yield at(
            f"{where}.root", f"{root} is hidden from services of systemd; write another folder, as /srv/servicechain"
        )
    if host.sudo and existing.user_of(host) == ROOT_USER:
        yield at(f"{where}.sudo", "root needs no sudo; leave this key out, or name another user")


def _service(raw: Raw, name: str, wanted: Mapping[str, str], existing: Existing, host: HostSettings) -> Iterator[str]:
    """Ask for an archive of this computer where the daemon script is used, whose conf is in there."""
    program = wanted.get(name)
    archive = parsed(TypeAdapter(SomeArchive), section(raw, "packages").get(program or ""))
    if existing.service_of(host) == "daemon" and archive and archive.url:
        yield at(
            f"packages.{program}",
            f"{name} has service: daemon, which needs the conf in the archive; name a file of this computer instead",
        )


def _machines(raw: Raw) -> dict[str, str] | None:
    """Return the program of each machine by its name, or None where the names themselves are wrong."""
    pairs = raw.get("pairs")
    try:
        scns = scn_names(section(raw, "serviceChain").get("nodes"))
    except ValueError:
        return None
    names = [pair.get("name") for pair in pairs if isinstance(pair, Mapping)] if isinstance(pairs, list) else []
    if not all(isinstance(name, str) for name in [*scns, *names]):
        return None
    parent = section(raw, "parentChain")
    ours = parent.get("network", "private") not in CHAIN_IDS and parent.get("genesis") is None
    return {
        **({VALIDATOR: PROGRAMS["validator"]} if ours else {}),
        **dict.fromkeys(scns, PROGRAMS["scn"]),
        **dict.fromkeys((en_name(str(name)) for name in names), PROGRAMS["en"]),
    }
