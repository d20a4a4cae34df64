"""Network flows: which machine may reach which. Everything that a bridge needs, and nothing else.

A main bridge has no authentication and a single slot, so only the paired SCN may reach it. A sub bridge only dials, so
nobody may reach it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network
from urllib.parse import urlsplit

from components.domain.addresses import ANYWHERE
from components.domain.kni import place
from components.domain.ports import (
    ALERTMANAGER_PORT,
    EN_PORT,
    HTTP_PORT,
    HTTPS_PORT,
    MACHINE_METRICS_PORT,
    MAIN_BRIDGE_PORT,
    METRICS_PORT,
    PROMETHEUS_PORT,
    RPC_PORT,
    SCN_PORT,
    SSH_PORT,
    peer_ports,
)
from components.domain.roles import BASTION as BASTION_NAME
from components.kaia.conf import Exposure
from components.settings.model import Settings
from components.settings.sections.aws import Aws
from components.settings.sections.monitoring import Receivers
from components.settings.sections.packages import ArchiveSettings, ChainDataSettings
from components.topology.machine import Flow, Group, Machine, Outside, Ports, tcp, udp
from components.topology.machines import ENS, MONITORS, NODES, SCNS, VALIDATORS, en_group, scn_group
from components.topology.sizes import size

BASTION = Group(BASTION_NAME)
WORLD = Outside(ANYWHERE)


def flows(settings: Settings, aws: Aws) -> list[Flow]:
    """Return all allowed flows."""
    wanted = [
        *_management(settings, aws),
        *_parent(settings),
        *_downloads(settings),
        Flow(SCNS, SCNS, tcp(SCN_PORT), "consensus of the child chain"),
        *(
            Flow(scn_group(pair), en_group(pair), tcp(MAIN_BRIDGE_PORT), "main bridge of this pair")
            for pair in settings.pairs
        ),
        *(_monitoring(settings) if settings.monitored else []),
        *(_sessions(settings, aws) if aws.session_manager else []),
    ]
    return list(_once(wanted))


def _management(settings: Settings, aws: Aws) -> Iterator[Flow]:
    entered = [NODES, *([MONITORS] if settings.monitored else [])]
    for cidr in aws.ssh.allowed:
        for group in [BASTION] if aws.own_bastion else entered:
            yield Flow(Outside(cidr), group, tcp(SSH_PORT), "SSH")
    if aws.own_bastion:
        for group in entered:
            yield Flow(BASTION, group, tcp(SSH_PORT), "SSH through the bastion")
    for cidr in aws.rpc.allowed:
        yield Flow(Outside(cidr), NODES, tcp(RPC_PORT), "HTTP RPC")
    for cidr in aws.metrics.allowed:
        yield Flow(Outside(cidr), NODES, tcp(METRICS_PORT), "metrics")


def _sessions(settings: Settings, aws: Aws) -> Iterator[Flow]:
    for group in [NODES, *([MONITORS] if settings.monitored else []), *([BASTION] if aws.own_bastion else [])]:
        yield Flow(group, WORLD, tcp(HTTPS_PORT), "Session Manager")


def _once(wanted: Iterable[Flow]) -> Iterable[Flow]:
    """Return each flow with the first of its reasons: AWS refuses a second rule for the same."""
    found: dict[tuple[Group | Outside, Group | Outside, Ports], Flow] = {}
    for flow in wanted:
        found.setdefault((flow.source, flow.target, flow.ports), flow)
    return found.values()


def _monitoring(settings: Settings) -> Iterator[Flow]:
    """Let the monitor read the nodes, people open it, and it notify them; and let all machines install the programs."""
    yield Flow(MONITORS, NODES, tcp(METRICS_PORT), "metrics of the nodes")
    yield Flow(MONITORS, NODES, tcp(MACHINE_METRICS_PORT), "metrics of their machines")
    for cidr in settings.monitoring.allowed:
        yield Flow(Outside(cidr), MONITORS, tcp(PROMETHEUS_PORT), "Prometheus")
        yield Flow(Outside(cidr), MONITORS, tcp(ALERTMANAGER_PORT), "Alertmanager")
    # Mirrors of Ubuntu are on the first of these ports, those of Debian's images for AWS on the second.
    for group in (NODES, MONITORS):
        for port in (HTTP_PORT, HTTPS_PORT):
            yield Flow(group, WORLD, tcp(port), "packages of the monitoring")
    for target, ports in _receivers(settings.monitoring.receivers):
        yield Flow(MONITORS, target, ports, "receivers of alerts")


def _receivers(receivers: Receivers) -> Iterator[tuple[Outside, Ports]]:
    """Return where alerts are sent. The URL of a webhook is a secret, so its host may be any."""
    if receivers.slack or receivers.pagerduty:
        yield WORLD, tcp(HTTPS_PORT)
    if receivers.webhook:
        yield WORLD, tcp(receivers.webhook.port)
    if receivers.email:
        host, _, port = receivers.email.smarthost.rpartition(":")
        yield _network(host), tcp(int(port))


def _parent(settings: Settings) -> Iterator[Flow]:
    if settings.parent_chain.ours:
        yield Flow(ENS, VALIDATORS, tcp(EN_PORT), "nodes of the parent chain")
        return
    if not settings.parent_chain.public:
        for host, port in sorted({place(kni) for kni in settings.parent_chain.static_nodes}):
            yield Flow(ENS, _network(host), tcp(port), "nodes of the parent chain")
        return
    # An EN dials its peers, on one port or, with two channels, on two; discovery is UDP.
    for ports in (tcp(*peer_ports(EN_PORT)), udp(EN_PORT)):
        yield Flow(ENS, WORLD, ports, "peers of the public parent chain")
        for pair in settings.pairs:
            if size(settings, "en", pair.en, pair.machines.en).public_address:
                yield Flow(WORLD, en_group(pair), ports, "peers of the public parent chain")


def _network(host: str) -> Outside:
    """Return the network of one machine outside; a host name may be any address."""
    return Outside(f"{host}/32") if re.fullmatch(r"[0-9.]+", host) else WORLD


def _downloads(settings: Settings) -> Iterator[Flow]:
    """Let nodes download their archives. Names are resolved inside the VPC, which needs no flow."""
    packages, pairs = settings.packages, settings.pairs
    ens = _port_of(packages.ken) if any(pair.packages.ken is None for pair in pairs) else None
    unpaired = len(settings.service_chain.nodes) > len(pairs)
    scns = _port_of(packages.kscn) if unpaired or any(pair.packages.kscn is None for pair in pairs) else None
    validators = _port_of(packages.kcn) if settings.parent_chain.ours else None
    used = [(ENS, ens), (SCNS, scns), (VALIDATORS, validators)]
    for pair in pairs:
        own = (en_group(pair), _port_of(pair.packages.ken), ens), (scn_group(pair), _port_of(pair.packages.kscn), scns)
        used += [(group, port) for group, port, everybody in own if port != everybody]
    for group, port in used:
        if port:
            yield Flow(group, WORLD, port, "archive of the node")
    if (data := _port_of(packages.chaindata)) and data != ens:
        yield Flow(ENS, WORLD, data, "archive of chain data")


def _port_of(archive: ArchiveSettings | ChainDataSettings | None) -> Ports | None:
    """Return the port from which an archive is downloaded, if it is."""
    return tcp(urlsplit(archive.url).port or HTTPS_PORT) if archive and archive.url else None


def exposure(settings: Settings) -> Exposure:
    """Return which ports the nodes open to other machines: only those that somebody reads or may reach."""
    aws = settings.aws if settings.target == "aws" else None
    metrics = settings.monitored or bool(aws and aws.metrics.allowed)
    return Exposure(rpc=bool(aws and aws.rpc.allowed), metrics=metrics)


def way_out(machines: Sequence[Machine], found: Sequence[Flow]) -> bool:
    """Return whether a machine without a public address opens connections to the internet."""
    outgoing = {flow.source for flow in found if _on_the_internet(flow.target)}
    return any(not machine.size.public_address and outgoing.intersection(machine.groups) for machine in machines)


def _on_the_internet(end: Group | Outside) -> bool:
    return isinstance(end, Outside) and (end == WORLD or IPv4Network(end.cidr).is_global)
