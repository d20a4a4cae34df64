"""What each node of a stack needs on a machine that exists already: ports, tools, disk, a folder and a service."""

from collections.abc import Iterator

from components.domain.ports import (
    ALERTMANAGER_PORT,
    EN_PORT,
    MACHINE_METRICS_PORT,
    MAIN_BRIDGE_PORT,
    METRICS_PORT,
    PROMETHEUS_PORT,
    RPC_PORT,
    SCN_PORT,
    SUB_BRIDGE_PORT,
    peer_ports,
)
from components.domain.roles import MONITOR, MONITORING_UNITS, PROGRAMS, daemon_of
from components.kaia.layout import SERVICE_ID, SERVICE_USER
from components.settings.model import Settings
from components.settings.sections.existing import ROOT_USER, Existing
from components.topology.checks.host import Needs
from components.topology.flows import exposure
from components.topology.machine import Machine
from components.topology.machines import machines

TOOLS = ("tar", "gzip", "find", "flock")
DAEMON_TOOLS = ("bash", "ps")
"""Needed by the package's script."""
SYSTEMD_TOOLS = ("sha256sum", "setpriv", "systemd-sysusers", "userdel")
MONITORED_TOOLS = ("nft", "python3", "setpriv")
"""Needed on every machine that is monitored, besides a node_exporter."""
NODE_EXPORTER = "prometheus-node-exporter"
MONITOR_TOOLS = ("prometheus", "promtool", "prometheus-alertmanager", "amtool", NODE_EXPORTER, "nft", "setpriv")
MONITOR_UNIT = f"{MONITORING_UNITS}prometheus.service"


def needs(settings: Settings, existing: Existing, network: str) -> dict[str, Needs]:
    """Return the needs of all new nodes and of the monitor, keyed by machine.

    `network`: the id of the stack's network.
    """
    places = [one for one in machines(settings) if not settings.adopts(one.name)]
    return {
        one.name: _of_monitor(one, existing, network) if one.role == MONITOR else _of(one, settings, existing, network)
        for one in places
    }


def _of_monitor(machine: Machine, existing: Existing, network: str) -> Needs:
    given = existing.hosts[machine.name]
    user, systemd = existing.user_of(given), existing.service_of(given) == "systemd"
    return Needs(
        host=machine.name,
        owner=network,
        user=user,
        sudo=user != ROOT_USER,
        folder=existing.root_of(given),
        unit=MONITOR_UNIT if systemd else None,
        ports=tuple(f"tcp {port}" for port in (PROMETHEUS_PORT, ALERTMANAGER_PORT, MACHINE_METRICS_PORT)),
        tools=("find", *MONITOR_TOOLS),
        disk_gib=given.disk_gib or existing.disk_gib or machine.size.data_gib,
        files=False,
    )


def _of(machine: Machine, settings: Settings, existing: Existing, network: str) -> Needs:
    given, program = existing.hosts[machine.name], PROGRAMS[machine.role]
    user, systemd = existing.user_of(given), existing.service_of(given) == "systemd"
    archive = settings.archive_of(machine.name).archive
    relayed = systemd and user != ROOT_USER
    tools = [
        *TOOLS,
        *(SYSTEMD_TOOLS if systemd else DAEMON_TOOLS),
        *(["curl"] if archive.url else []),
        *(["python3"] if relayed else []),
        *(MONITORED_TOOLS if settings.monitored else []),
        *([NODE_EXPORTER] if _has_node_exporter(settings) else []),
    ]
    return Needs(
        host=machine.name,
        owner=network,
        user=user,
        sudo=relayed,
        folder=existing.root_of(given),
        unit=f"{daemon_of(program)}.service" if systemd else None,
        account=SERVICE_USER if systemd else None,
        number=SERVICE_ID if systemd else None,
        ports=tuple(_ports(machine, settings)),
        tools=tuple(dict.fromkeys(tools)),
        disk_gib=given.disk_gib or existing.disk_gib or machine.size.data_gib,
        files=archive.file is not None,
    )


def _ports(machine: Machine, settings: Settings) -> Iterator[str]:
    own = SCN_PORT if machine.role == "scn" else EN_PORT
    yield f"tcp {own}"
    if machine.role == "en":
        yield f"tcp {MAIN_BRIDGE_PORT}"
        if settings.parent_chain.public:  # two channels, and discovery
            yield f"tcp {peer_ports(own)[1]}"
            yield f"udp {own}"
    if machine.name in {pair.scn for pair in settings.pairs}:
        yield f"tcp {SUB_BRIDGE_PORT}"
    yield f"tcp {RPC_PORT}"
    if exposure(settings).metrics:
        yield f"tcp {METRICS_PORT}"
    if _has_node_exporter(settings):
        yield f"tcp {MACHINE_METRICS_PORT}"


def _has_node_exporter(settings: Settings) -> bool:
    """Return whether the stack runs a node_exporter on each machine; if not, one was there before."""
    return settings.monitored and settings.monitoring.textfiles is None
