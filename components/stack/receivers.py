"""The secrets of the receivers of alerts: read from files on this computer, written to files on the monitor."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from components.domain.ports import HTTP_PORT, HTTPS_PORT
from components.domain.problems.problem import Message
from components.domain.problems.settings import OUT_OF_RANGE, UNREADABLE_FILE
from components.settings.sections.monitoring import Monitoring, Receivers
from components.settings.sentences import at
from components.stack import seedless
from components.user_input import user_file
from components.user_input.user_file import KEY_BYTES, UnusableFile
from components.watch.alerts.routing import PAGERDUTY, PASSWORD, SLACK, WEBHOOK


@dataclass(frozen=True)
class SecretFile:
    """A file that the settings name."""

    where: str
    """The key of the setting."""
    path: str


def secret_files(receivers: Receivers) -> Mapping[str, SecretFile]:
    """Return the files with secrets, by their names on the monitor."""
    given = {
        WEBHOOK: ("webhook.urlFile", receivers.webhook and receivers.webhook.url_file),
        SLACK: ("slack.urlFile", receivers.slack and receivers.slack.url_file),
        PAGERDUTY: ("pagerduty.keyFile", receivers.pagerduty and receivers.pagerduty.key_file),
        PASSWORD: ("email.passwordFile", receivers.email and receivers.email.password_file),
    }
    return {name: SecretFile(f"monitoring.receivers.{where}", path) for name, (where, path) in given.items() if path}


def secrets(monitoring: Monitoring) -> dict[str, str]:
    """Return the secrets by their names on the monitor. Raises UnusableFile for one that `problems` reports."""
    files = secret_files(monitoring.receivers)
    if known := seedless.known():
        return {name: known.receivers.get(name, seedless.UNKNOWN) for name in files}
    return {name: _read(file) for name, file in files.items()}


def problems(monitoring: Monitoring, *, ports: bool = False) -> Iterable[Message]:
    """Return a message for each file that cannot be used.

    `ports`: whether a firewall of the stack lets the monitor out by the port of the settings only.
    """
    for name, file in {} if seedless.known() else secret_files(monitoring.receivers).items():
        try:
            secret = _read(file)
        except UnusableFile as error:
            shown = user_file.shown(file.path)
            yield UNREADABLE_FILE(f"{file.where}: {shown} cannot be read ({error}); write the path of the file")
            continue
        if name in (WEBHOOK, SLACK) and not _is_url(secret):
            words = f"{file.where}: there is no URL in {user_file.shown(file.path)}"
            yield UNREADABLE_FILE(f"{words}; write https://, a host and a path into it")
            continue
        webhook = monitoring.receivers.webhook
        if ports and webhook and name == WEBHOOK and (port := _port(secret)) != webhook.port:
            words = f"is {webhook.port}, and the URL in webhook.urlFile has {port}: the firewall of the monitor"
            yield at(
                "monitoring.receivers.webhook.port",
                OUT_OF_RANGE(f"{words} lets it out by this port only; write that one"),
            )


def _is_url(text: str) -> bool:
    """Tell whether Alertmanager takes a text as a URL."""
    try:
        found = urlsplit(text)
        is_port = found.port != 0
    except ValueError:
        return False
    escaped = re.fullmatch(r"(?:[^\s%]|%[0-9A-Fa-f]{2})+", text)
    return bool(is_port and escaped and found.scheme in ("http", "https") and found.hostname)


def _port(url: str) -> int:
    found = urlsplit(url)
    return found.port or {"http": HTTP_PORT, "https": HTTPS_PORT}[found.scheme]


def _read(file: SecretFile) -> str:
    """Return one line. Raises UnusableFile."""
    found = user_file.text(file.path, KEY_BYTES).strip()
    if not found.isprintable() or not found:
        msg = "it is not one line of text"
        raise UnusableFile(msg)
    return found
