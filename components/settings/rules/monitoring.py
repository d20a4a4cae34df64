"""Rules between the values of the monitoring."""

from collections.abc import Iterator

from pydantic import TypeAdapter

from components.domain.problems.problem import Message
from components.domain.problems.settings import DUPLICATE, MISSING_KEY, UNNEEDED_KEY
from components.domain.roles import MONITOR
from components.settings.rules.raw import Raw, good, parsed, repeated, section
from components.settings.rules.sections import Sections
from components.settings.sections.aws import NamedCidr
from components.settings.sections.existing import ROOT_USER, Existing, HostSettings
from components.settings.sections.monitoring import Email
from components.settings.sentences import at


def problems(raw: Raw, found: Sections) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    given = section(raw, "monitoring")
    yield from _email(section(given, "receivers"))
    for network, times in repeated(good(NamedCidr, given.get("allowed"))):
        yield at("monitoring.allowed", DUPLICATE(f"{network} is listed {times} times; list it once"))
    if found.target != "existing" and given.get("textfiles") is not None:
        yield at(
            "monitoring.textfiles",
            UNNEEDED_KEY("the stack runs its own node_exporter on its machines; remove this key"),
        )
    if found.target == "local" and given.get("allowed"):
        words = "local hosts can be reached from this computer only, whatever is allowed; remove this key"
        yield at("monitoring.allowed", UNNEEDED_KEY(words))
    if not monitored(raw, found):
        return
    if found.target == "existing":
        yield from _existing(section(raw, "existing"))
    if found.child and MONITOR in found.child.nodes:
        words = f"the name {MONITOR!r} is used by the machine that reads the others; choose another, or turn it off"
        yield at("serviceChain.nodes", DUPLICATE(words))


def monitored(raw: Raw, found: Sections) -> bool:
    """Return whether there is a monitor, as `Settings.monitored` says it of right settings."""
    enabled = section(raw, "monitoring").get("enabled")
    return found.target == "local" if enabled is None else enabled is True


def _existing(existing: Raw) -> Iterator[Message]:
    """Refuse machines where the program may not do what the monitoring needs."""
    given: Existing | None = parsed(TypeAdapter(Existing), {**existing, "hosts": {}})
    for name, value in section(existing, "hosts").items():
        host: HostSettings | None = parsed(TypeAdapter(HostSettings), value)
        if host is None or given is None:
            continue
        if host.node:
            words = (
                f"{name} has a node from before the stack, and the program installs nothing beside it; write false, "
                "and read its metrics with a Prometheus of your own"
            )
            yield at("monitoring.enabled", UNNEEDED_KEY(words))
        elif given.user_of(host) != ROOT_USER and given.service_of(host) == "daemon":
            words = (
                f"on {name} everything runs as {given.user_of(host)}, and only root can close the port of the metrics "
                "to others; allow sudo and write service: systemd there, or write false"
            )
            yield at("monitoring.enabled", UNNEEDED_KEY(words))


def _email(receivers: Raw) -> Iterator[Message]:
    email: Email | None = parsed(TypeAdapter(Email), receivers.get("email"))
    if email is None:
        return
    where = "monitoring.receivers.email"
    if email.username is not None and email.password_file is None:
        yield at(f"{where}.passwordFile", MISSING_KEY("is missing; name the file with the password of that user"))
    if email.username is None and email.password_file is not None:
        yield at(f"{where}.username", MISSING_KEY("is missing; write who logs in with that password"))
