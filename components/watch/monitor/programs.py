"""The programs of the monitoring: their command lines, users, ports and folders, the same with and without systemd."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from components.domain.ports import ALERTMANAGER_PORT, MACHINE_METRICS_PORT, PROMETHEUS_PORT
from components.domain.units import DAY
from components.watch.monitor.folder import MonitoringFolder

Service = Literal["node-exporter", "exporter", "prometheus", "alertmanager"]
PROMETHEUS_USER = "prometheus"
"""Debian's packages make this user. Where it is missing the programs run as the user who logs in."""
ANY = "0.0.0.0"  # noqa: S104 - a namespace, a security group or our nftables table says who reaches it


@dataclass(frozen=True)
class Watcher:
    """A program of the monitoring on one machine."""

    service: Service
    about: str
    """What it is, for the unit."""
    command: tuple[str, ...]
    """Its command line; the first word is an absolute path."""
    user: str | None
    """Who runs it, where that user exists; None for the user who logs in."""
    data: str
    """The folder that it writes to."""
    port: int | None = None
    """Where it listens."""
    check: tuple[str, ...] = ()
    """Command that fails if its configuration is wrong."""
    every: int | None = None
    """Seconds between two runs, of a program that ends after each; None for one that stays."""
    link: str = ""
    """Link to what it writes, in a folder of somebody else."""
    reloads: bool = False
    """Whether SIGHUP has it read its configuration again."""


def node_exporter(folder: MonitoringFolder, *, address: str = ANY) -> Watcher:
    """Return the node_exporter of a machine, which also serves what the exporter wrote."""
    command = (
        "/usr/bin/prometheus-node-exporter",
        f"--web.listen-address={address}:{MACHINE_METRICS_PORT}",
        f"--collector.textfile.directory={folder.textfiles}",
        "--log.level=warn",
    )
    about = "metrics of this machine and its node"
    data = folder.data("node-exporter")
    return Watcher("node-exporter", about, command, PROMETHEUS_USER, data, MACHINE_METRICS_PORT)


def exporter(
    folder: MonitoringFolder, *, node: str, user: str | None, every: int, textfiles: str | None = None
) -> Watcher:
    """Return the exporter of a node, which runs as the node's user.

    `textfiles`: the folder that a node_exporter reads which was there before.
    """
    script, config = exporter_files(folder)
    command = ("/usr/bin/python3", script, config)
    about = "what only the console of this node says"
    link = f"{textfiles}/servicechain-{node}.prom" if textfiles else ""
    return Watcher("exporter", about, command, user, folder.textfiles, every=every, link=link)


def exporter_files(folder: MonitoringFolder) -> tuple[str, str]:
    """Return the paths of the exporter's script and configuration."""
    return f"{folder.of('exporter')}/exporter.py", f"{folder.of('exporter')}/exporter.json"


def prometheus(folder: MonitoringFolder, *, address: str, retention_days: int) -> Watcher:
    """Return Prometheus. `address`: where it listens."""
    config = f"{folder.of('prometheus')}/prometheus.yml"
    command = (
        "/usr/bin/prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder.data('prometheus')}",
        f"--storage.tsdb.retention.time={retention_days}d",
        f"--web.listen-address={address}:{PROMETHEUS_PORT}",
        "--log.level=warn",
    )
    return Watcher(
        "prometheus",
        "reads all machines and nodes of the stack",
        command,
        PROMETHEUS_USER,
        folder.data("prometheus"),
        PROMETHEUS_PORT,
        check=("promtool", "check", "config", config),
        reloads=True,
    )


def alertmanager(folder: MonitoringFolder, *, address: str, retention_days: int) -> Watcher:
    """Return Alertmanager, without its gossip: there is only one."""
    config = f"{folder.of('alertmanager')}/alertmanager.yml"
    command = (
        "/usr/bin/prometheus-alertmanager",
        f"--config.file={config}",
        f"--storage.path={folder.data('alertmanager')}",
        f"--data.retention={retention_days * DAY // 3600}h",
        f"--web.listen-address={address}:{ALERTMANAGER_PORT}",
        "--cluster.listen-address=",
        "--log.level=warn",
    )
    return Watcher(
        "alertmanager",
        "notifies people of alerts",
        command,
        PROMETHEUS_USER,
        folder.data("alertmanager"),
        ALERTMANAGER_PORT,
        check=("amtool", "check-config", config),
        reloads=True,
    )


def url(port: int, host: str) -> str:
    """Return where a program of the monitor is opened."""
    return f"http://{host}:{port}"


def looped(watcher: Watcher) -> Sequence[str]:
    """Return the command line of the exporter where there is no timer."""
    return [*watcher.command, *(["--loop", str(watcher.every)] if watcher.every else [])]
