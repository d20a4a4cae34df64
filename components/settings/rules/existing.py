"""Rules between the values of a stack on machines that exist already."""

from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter

from components.domain.ports import SSH_PORT
from components.domain.problems.problem import Message
from components.domain.problems.settings import (
    DUPLICATE,
    FILE_NEEDED,
    MISSING_KEY,
    NO_SYSTEMD,
    UNKNOWN_NAME,
    UNNEEDED_KEY,
)
from components.domain.roles import MONITOR, PROGRAMS
from components.settings.rules.monitoring import monitored
from components.settings.rules.packages import archive_of
from components.settings.rules.raw import Raw, parsed, section
from components.settings.rules.sections import Sections, roles
from components.settings.sections.existing import ROOT_USER, Existing, HostSettings
from components.settings.sentences import at, nearest

HIDDEN = ("/home", "/root", "/run", "/tmp", "/var/tmp", "/dev", "/proc", "/sys")  # noqa: S108 - refused, not used
"""Folders that the unit of a node hides from it, or that do not survive a reboot."""

NODES = {
    "kcn": "the validator of the parent chain",
    "kscn": "this SCN",
    "ken": "this EN",
    MONITOR: "Prometheus and Alertmanager, or write monitoring: {enabled: false}",
}


def problems(raw: Raw, found: Sections) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    if found.target != "existing":
        return
    if raw.get("existing") is None:
        yield at(
            "existing", MISSING_KEY("is missing; target existing needs to know who logs in, and all hosts by name")
        )
        return
    existing = section(raw, "existing")
    wanted, listed = _machines(raw, found), section(existing, "hosts")
    if wanted is not None:  # other rules report wrong names of machines
        yield from _names(wanted, listed)
    yield from _shared(listed)
    given = parsed(TypeAdapter(Existing), {**existing, "hosts": {}})
    if given is None:
        return
    for name, value in listed.items():
        host = parsed(TypeAdapter(HostSettings), value)
        if host and not host.node:
            yield from _login(name, given, host)
            yield from _service(raw, found, name, wanted or {}, given, host)


def _names(wanted: Mapping[str, str], listed: Raw) -> Iterator[Message]:
    for name, program in wanted.items():
        if name not in listed:
            node = NODES[program]
            yield at(
                f"existing.hosts.{name}", MISSING_KEY(f"is missing; add address and hostKey of the machine for {node}")
            )
    for name in listed:
        if name not in wanted:
            yield at(
                f"existing.hosts.{name}", UNKNOWN_NAME(f"is not a machine of this stack; {nearest(name, list(wanted))}")
            )


def _shared(listed: Raw) -> Iterator[Message]:
    """Refuse two nodes on one machine: nodes of one kind have the same ports."""
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
                    DUPLICATE(f"the {key} {where} is used by {', '.join(sharing)}; give each node its own machine"),
                )


def _address(host: Raw) -> str | None:
    value = host.get("address")
    return value if isinstance(value, str) else None


def _ssh(host: Raw) -> str | None:
    """Return host and port of SSH, which are one machine whatever its name."""
    value = host.get("sshHost") or host.get("address")
    return f"{value.lower().rstrip('.')}:{host.get('port', SSH_PORT)}" if isinstance(value, str) else None


def _login(name: str, existing: Existing, host: HostSettings) -> Iterator[Message]:
    service, root = existing.service_of(host), existing.root_of(host)
    where = f"existing.hosts.{name}"
    if service == "systemd" and existing.rootless(host):
        yield at(
            f"{where}.service",
            NO_SYSTEMD(
                f"only root can make a systemd unit, and {existing.user_of(host)} cannot become root; write sudo: "
                "true, or service: daemon"
            ),
        )
    if service == "systemd" and any(f"{root}/".startswith(f"{folder}/") for folder in HIDDEN):
        yield at(
            f"{where}.root",
            NO_SYSTEMD(f"{root} is hidden from systemd services; write another folder, such as /srv/servicechain"),
        )
    if host.sudo and existing.user_of(host) == ROOT_USER:
        yield at(f"{where}.sudo", UNNEEDED_KEY("root needs no sudo; remove this key, or name another user"))


def _service(
    raw: Raw, found: Sections, name: str, wanted: Mapping[str, str], existing: Existing, host: HostSettings
) -> Iterator[Message]:
    """Require a local archive where the daemon script is used, because its conf is in the archive."""
    if (program := wanted.get(name)) is None or program == MONITOR:
        return
    where, archive = archive_of(raw, found, name, program)
    if existing.service_of(host) == "daemon" and archive and archive.url:
        yield at(
            where,
            FILE_NEEDED(
                f"{name} has service: daemon, which needs the conf in the archive; name a file on this computer instead"
            ),
        )


def _machines(raw: Raw, found: Sections) -> dict[str, str] | None:
    """Return the program of each machine by its name; None where the names themselves are wrong."""
    nodes = roles(found)
    if nodes is None:
        return None
    programs = {name: PROGRAMS[role] for name, role in nodes.items()}
    return {**programs, **({MONITOR: MONITOR} if monitored(raw, found) else {})}
