"""A program of the monitoring on a host: its commands and files, for the kind of service that the host has."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.dynamic.monitoring.monitoring_process import MonitoringProcess
from components.hosts.host import Host
from components.watch.monitor import firewall, packages, process_commands, units
from components.watch.monitor.folder import MonitoringFolder
from components.watch.monitor.programs import Watcher

Files = Mapping[str, pulumi.Input[Mapping[str, object]]]
"""By path, each as a MonitoringFile."""


def process(
    host: Host,
    watcher: Watcher,
    parent: pulumi.Resource,
    files: Files | None = None,
    *,
    secret_files: Files | None = None,
    after: Sequence[pulumi.Resource] = (),
) -> MonitoringProcess:
    """Declare that a program runs on a host. `secret_files` belong to its user, who alone reads them."""
    folder, systemd = MonitoringFolder(host.root), host.service == "systemd"
    commands = units.scripts(watcher, folder) if systemd else process_commands.scripts(watcher, folder)
    own = {path: written(text, restarts=True) for path, text in (units.files(watcher) if systemd else {}).items()}
    more: dict[str, object] = {"user": watcher.user} if watcher.user else {}
    if secret_files:
        more["secret_files"] = pulumi.Output.secret(dict(secret_files))
    return _process(host, watcher.service, parent, {**own, **(files or {})}, {**commands, **more}, after)


def installed(host: Host, programs: Sequence[str], parent: pulumi.Resource) -> MonitoringProcess:
    """Declare that the packages of some programs are on a host, which is a machine of the stack itself."""
    folder = MonitoringFolder(host.root)
    more: dict[str, object] = {**packages.scripts(programs, folder), "patience": packages.PATIENCE}
    return _process(host, packages.SERVICE, parent, {}, more)


def closed(host: Host, opened: Mapping[int, Sequence[str]], parent: pulumi.Resource) -> MonitoringProcess:
    """Declare who reaches the ports of the metrics of a host."""
    folder, systemd = MonitoringFolder(host.root), host.service == "systemd"
    files = {path: written(text, restarts=True) for path, text in firewall.unit_files(folder, systemd=systemd).items()}
    files[firewall.rules_file(folder)] = written(firewall.rules(opened))
    return _process(host, firewall.SERVICE, parent, files, firewall.scripts(folder, systemd=systemd))


def _process(
    host: Host,
    service: str,
    parent: pulumi.Resource,
    files: Files,
    more: Mapping[str, object],
    after: Sequence[pulumi.Resource] = (),
) -> MonitoringProcess:
    place = (host.root, host.service, host.instance)
    return MonitoringProcess(
        f"{host.name}-{service}",
        {
            "machine": host.name,
            "service": service,
            "login": host.ssh.login,
            "instance": host.instance,
            **({"place": pulumi.Output.format("{} {} {}", *place)} if host.outlives_stack else {}),
            "files": dict(files),
            **more,
        },
        pulumi.ResourceOptions(parent=parent, depends_on=[*host.depends_on, *after], deleted_with=host.ends_with),
    )


def written(content: str, **more: object) -> dict[str, object]:
    """Return a file with this content."""
    return {"content": content, **more}


def as_json(value: Mapping[str, Any]) -> str:
    """Return a configuration as text. JSON is YAML too, so Prometheus and Alertmanager read it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
